"""A run: one seed, virtual time, tills, cards, meters, an office and a network, and what goes wrong with them."""

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from common.account import standing
from common.admission import Refused
from common.chain import SignedEntry, read_line
from common.entries import BadEntry
from common.sealing import SealBroken
from common.wire import EnrolReply, EnrolRequest, JournalReply, Problem
from syncserver.office import grants
from tests.simulation.central import Central, Network
from tests.simulation.chance import Chance
from tests.simulation.machine import Machine, drive
from tests.simulation.quick import SCRATCH, PowerCut
from tests.simulation.template import (
    METERS,
    copied,
    enrolment_of,
    request_of,
    template,
)
from tests.till.branch import MASTER, SERIALS
from till.cards.connect import open_card
from till.cards.errors import CardError
from till.journal.errors import FeedRefused, MirrorAbsent, MirrorDiverged
from till.journal.fork import FORK, Fork
from till.journal.writer import Journal
from till.operations.desk import Desk
from till.operations.reenrol import begin_epoch
from till.operations.refusals import LeftInDoubt, NothingWritten, TillIsForked
from till.operations.steps import Step
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter
from till.store import StoreError
from till.sync.client import sync
from till.sync.errors import BundleSaysForked, JournalForked, SyncError
from till.sync.handover import hand_over_all
from till.sync.transport import Answer

RATES: Mapping[str, float] = {
    "a till is killed before a commit": 0.01,
    "a till is killed after a commit": 0.01,
    "a till is killed within a job": 0.08,
    "a card is pulled out": 0.12,
    "a card write is torn": 0.06,
    "the office is killed before a commit": 0.03,
    "the office is killed after a commit": 0.03,
    "the office's disk is full": 0.03,
    "the line is cut before the request arrives": 0.05,
    "a request arrives late": 0.04,
    "a request arrives twice": 0.05,
    "bytes of a request are changed": 0.03,
    "the answer is lost": 0.06,
    "bytes of the feed are changed": 0.04,
    "a till's disk is full": 0.5,
    "a till's disk is put back": 0.6,
    "a till is copied": 0.4,
    "a mirror is taken out": 0.5,
    "a clock is set": 0.6,
    "the office's database is put back": 0.5,
    "an entry is changed on a disk": 0.7,
    "a stick is brought twice": 0.3,
    "a stick is lost": 0.2,
    "bytes of a stick are changed": 0.1,
}
"""By kind, how probable a fault is each time that it may happen. Each run has about half of the kinds."""

EXPECTED = (
    Refused,
    CardError,
    NothingWritten,
    LeftInDoubt,
    SyncError,
    FeedRefused,
    MirrorAbsent,
    MirrorDiverged,
    StoreError,
    SealBroken,
)
"""What the till may say to a person when things go wrong. Anything else ends the run: a fault of ours."""


MOST_MACHINES = 5


class World:
    """One run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = Chance(seed)
        self.folder = Path(tempfile.mkdtemp(dir=SCRATCH, prefix="kilotill-run-"))
        made = template(self.chance.choice(["cpu", "sle4442"]))
        place = self.folder / "run"
        self.wallet = copied(made, place)
        self.now = made.now
        self.began = self.now
        self.calm = False
        self.kinds = {kind for kind in RATES if self.chance.happens(0.55)}
        self.counted: Counter[str] = Counter()
        self.log: list[str] = []
        self.acked: set[str] = set()
        self.gone: set[str] = set()
        self.must: set[str] = set()
        self.unheard: set[str] = set()
        self.news: dict[str, int] = {}
        self.shown: set[Path] = set()
        self.to_office: list[tuple[Machine, bytes]] = []
        self.to_tills: list[tuple[Machine, bytes]] = []
        self.drawer = dict(made.drawer)
        self.central = Central(place / "office", made.keys, self.clock, self.fault, self._run)
        self.machines = [
            Machine(name, place / name, self.clock, self.fault, self.drawer, mirrored=self.chance.happens(0.5))
            for name in list(made.drawer)[: self.chance.choice([2, 2, 3])]
        ]
        self.wall: dict[str, str] = {}
        self.meters: dict[str, SimulatedMeter] = {}
        for account in METERS:
            self.fit(account)

    @property
    def quiet(self) -> bool:
        """Whether nobody had anything new at the last sync."""
        return not any(self.news.values())

    # --- time and chance ---

    def clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def fault(self, kind: str) -> bool:
        if self.calm or kind not in self.kinds or not self.chance.happens(RATES[kind]):
            return False
        self.counted[kind] += 1
        self.note(kind)
        return True

    def note(self, *what: object) -> None:
        self.log.append(" ".join(map(str, what)))

    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()

    def close(self) -> None:
        for machine in self.machines:
            machine.stop()
        self.central.stop()
        shutil.rmtree(self.folder)

    def fit(self, account: str) -> None:
        """Another meter on an account's wall."""
        before = self.wall.get(account)
        number = METERS[account] if before is None else f"{METERS[account]}-{len(self.meters)}"
        self.meters[number] = SimulatedMeter(MeterState(number=number, master=MASTER.hex()))
        self.wall[account] = number

    def meters_of(self, account: str) -> list[SimulatedMeter]:
        """All that ever hung there."""
        first = METERS[account]
        return [meter for number, meter in self.meters.items() if number == first or number.startswith(f"{first}-")]

    # --- people at the counter ---

    def card_of(self, desk: Desk, account: str) -> Path:
        """The card that whoever knows what this till knows would bring."""
        facts = desk.store.account(account)
        active = None if facts is None else standing(facts).active
        return self.path(active or SERIALS[0])

    def path(self, serial: str) -> Path:
        return self.folder / "run" / serial

    def at(self, machine: Machine, work, account: str | None = None, card: Path | None = None) -> bool:
        """Work at a till, with a card in its reader if there is one. Whether it came to its end."""
        step = self.chance.choice(list(Step)) if self.fault("a till is killed within a job") else None

        def observe(now: Step) -> None:
            if now is step:
                raise PowerCut

        def counter(desk: Desk) -> None:
            if account is None and card is None:
                work(desk)
                return
            place = card or self.card_of(desk, account or "")
            self.shown.add(place)
            with self.wallet.channel(place) as channel:
                chip = self.wallet.chips[place]
                if self.fault("a card is pulled out"):
                    chip.pull_at = self.chance.randrange(30)
                elif self.fault("a card write is torn"):
                    chip.tear_after = self.chance.randrange(60)
                work(desk, open_card(channel))

        return self.open(machine, counter, observe)

    def open(
        self, machine: Machine, work: Callable[[Desk], None], observe: Callable[[Step], None] = lambda _: None
    ) -> bool:
        """Work at a till, which may die when it is started already. Whether it came to its end."""
        try:
            with machine.desk(observe) as desk:
                work(desk)
            return True
        except PowerCut:
            self.note(machine.name, "died")
        except EXPECTED as error:
            self.note(machine.name, type(error).__name__)
            self._judge(machine, error)
        return False

    def insert(self, account: str, card: Path) -> None:
        """A card is put in the meter on an account's wall, and electricity is used."""
        meter = self.meters[self.wall[account]]
        with self.wallet.channel(card) as channel:
            outcome = meter.insert(channel)
        assert outcome in MeterOutcome
        meter.consume(self.chance.randint(0, self.chance.choice([0, 1_000, 40_000])))
        self.note("insert", account, card.name, outcome.value)

    def _judge(self, machine: Machine, error: Exception) -> None:
        if isinstance(error, JournalForked | MirrorDiverged | TillIsForked | BundleSaysForked):
            machine.forked = True

    # --- the line ---

    def network(self, machine: Machine) -> "Watched":
        return Watched(self, machine)

    def sync(self, machine: Machine) -> bool:
        """A sync, as far as it comes."""

        def work(desk: Desk) -> None:
            client = machine.client(machine.enrolment(desk.store), lambda: self.network(machine))
            report = drive(sync(desk.store, desk.journal, client))
            self.news[machine.name] = report.sent + report.received
            self.note(machine.name, "sent", report.sent, "received", report.received)

        return self.at(machine, work)

    def deliver_late(self) -> None:
        """A request that was under way arrives now; nobody waits for the answer any more."""
        if self.central.late:
            request = self.central.late.pop(self.chance.randrange(len(self.central.late)))
            with suppress(SyncError):
                answer = self.central.answer(request)
                self.note("late", request.path, answer.status)

    def bring_back(self, machine: Machine) -> bool:
        """A till that forked is enrolled again: one command on each side."""
        machine.stop()
        store = machine.store()
        try:
            before = machine.enrolment(store)
            journal = Journal(
                store, self.drawer[before.keys], before.till, before.epoch, machine.clock, None, machine.steady
            )
            journal.start()
            client = machine.client(before, lambda: self.network(machine))
            drive(hand_over_all(store, journal, client, machine.mirror(before)))
            fork = store.setting(FORK, Fork)
            reply = self._enrol(machine, before.till, before.branch)
            if reply is None:
                return False
            after = enrolment_of(reply, machine.new_keys)
            keys = self.drawer[after.keys]
            begin_epoch(store, before, after, keys, machine.clock, machine.mirror(after), reply.enrolled)
            self.note(machine.name, "is", reply.till, reply.epoch, "after", fork)
            machine.code, machine.forked = None, False
            return True
        except PowerCut:
            self.note(machine.name, "died")
        except EXPECTED as error:
            self.note(machine.name, type(error).__name__)
        finally:
            store.close()
        return False

    def _enrol(self, machine: Machine, till: str, branch: str) -> EnrolReply | None:
        """The code stays the same until it has worked, and so do the keys."""
        if self.unheard:
            return None  # an operator waits until each till has said what the office may lack
        if machine.code is None:
            machine.code, machine.new_keys = self.chance.randbytes(10), f"{machine.name}-{len(self.drawer)}"
            self.drawer[machine.new_keys] = self.chance.keys()
            self.calmly(lambda: self._make_code(machine, till, branch))
        request = request_of(machine.code, self.drawer[machine.new_keys])
        answer = drive(self.network(machine).ask("POST", "/v1/enrol", body=msgspec.json.encode(request)))
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=EnrolReply)
        self.note(machine.name, "not enrolled", answer.status)
        if msgspec.json.decode(answer.body, type=Problem).error in ("unknown_code", "code_used"):
            machine.code = None  # the office was restored since: the operator makes another
        return None

    def enrol_new(self, code: bytes, branch: str, name: str, request: EnrolRequest) -> EnrolReply:
        """A new till, over a line that holds."""
        with self.central.office.store.write() as writing:
            grants.add_code(writing, code, branch=branch, name=name, expires=self.now + timedelta(days=30))
        return self.central.enrol(msgspec.json.encode(request))

    def _make_code(self, machine: Machine, till: str, branch: str) -> None:
        assert machine.code is not None
        with self.central.office.store.write() as writing:
            expires = self.now + timedelta(days=30)
            if till == machine.copied_from:  # also when its disk was put back to what it was as a copy
                grants.add_code(writing, machine.code, branch=branch, name=machine.name, expires=expires)
            else:
                grants.add_code_again(writing, machine.code, till, expires)

    def calmly(self, work) -> None:
        before, self.calm = self.calm, True
        try:
            work()
        finally:
            self.calm = before

    # --- within ---

    def _run(self) -> str:
        return self.chance.randbytes(4).hex()


class Watched(Network):
    """A line that remembers what the office said it has."""

    def __init__(self, world: World, machine: Machine) -> None:
        super().__init__(world.central, world.fault, world.chance.randrange)
        self._world, self._machine = world, machine

    async def ask(self, method: str, path: str, **request) -> Answer:
        answer = await super().ask(method, path, **request)
        if path == "/v1/journal":
            self._world.unheard.discard(self._machine.name)  # it has handed back before
            self._remember(request.get("body", b""), answer)
        return answer

    def _remember(self, body: bytes, answer: Answer) -> None:
        if answer.status == 200:
            head = msgspec.json.decode(answer.body, type=JournalReply).head
            if head.seq:
                self._world.acked.add(head.hash)
        elif answer.status == 409 and msgspec.json.decode(answer.body, type=Problem).error == "fork":
            self._world.acked.update(signed.hash for signed in lines(body))


def lines(body: bytes) -> list[SignedEntry]:
    """The entries of a body that are whole."""
    found: list[SignedEntry] = []
    for line in body.splitlines():
        with suppress(BadEntry):
            found.append(read_line(line))
    return found
