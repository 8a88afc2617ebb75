"""A small world in memory: tills that know what they have synced, an office, cards, a meter (design, section 6).

Tills judge with common.admission, the office settles with common.resolution, so that histories are what real ones are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from common.account import AccountFacts, Verdict, judge_doubt, read_meter, see, standing
from common.admission import (
    CardIsBlank,
    check_reading,
    given_up,
    held_to_refund,
    owed_to_refund,
    plan_clear,
    plan_issue,
    plan_makeup,
    plan_replacement,
    plan_reversal,
    plan_transfer,
    plan_vend,
    plan_wipe,
)
from common.card.image import CardImage
from common.chain import SignedEntry, public_hex
from common.clerks import Approval
from common.entries import (
    AccountOpened,
    AnyBody,
    CardSeen,
    ClearStarted,
    IssueStarted,
    JournalOpened,
    MakeupStarted,
    MeterRead,
    Purpose,
    RefundPaid,
    ReplacementStarted,
    ReversalStarted,
    SettledBy,
    StartedJob,
    TransferStarted,
    VendStarted,
    WipeStarted,
    completed_as,
    voided_as,
)
from common.resolution import settle
from common.tariff import Quote, Tariff
from common.units import CreditUnit
from tests.common.pieces import ACCOUNT, METER, START, Card, Meter, Writer

APPROVAL = Approval(by="li", reason="seen it")
LIMIT = 9_000_000


@dataclass
class World:
    """One account, some tills, one office."""

    tills: list[Writer]
    office: Writer = field(default_factory=lambda: Writer("office"))
    meter: Meter = field(default_factory=Meter)
    removed: list[Meter] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    feed: list[SignedEntry] = field(default_factory=list)
    tariffs: list[Tariff] = field(default_factory=list)
    now: datetime = START
    jobs: int = 0

    @classmethod
    def new(cls, tills: int = 2, clock_errors: tuple[int, ...] = (), unit: CreditUnit = CreditUnit.ENERGY) -> Self:
        """An account with its first card, known to all."""
        errors = [timedelta(minutes=minutes) for minutes in clock_errors] + [timedelta()] * tills
        world = cls([Writer(f"till-{number + 1:04d}", errors[number]) for number in range(tills)])
        world.meter.unit = unit
        if not tills:
            return world
        for writer in world.tills:
            opened = JournalOpened(kind="till", key=public_hex(writer.key), branch="hill", version="test")
            writer.write(opened, world.now)
        world.tills[0].write(
            AccountOpened(
                account=ACCOUNT,
                name="李四",
                meter=METER,
                tariff_class="residential",
                limit=LIMIT,
                clerk="wang",
                unit=unit,
            ),
            world.now,
        )
        world.issue(0)
        for till in range(tills):
            world.sync(till)
        for till in range(tills):
            world.sync(till)
        return world

    # --- what people do ---

    def issue(self, till: int) -> None:
        card = self._new_card()
        image = plan_issue(self.tills[till].facts, card.contents, self._next_job(till))
        self._run(till, card, image, lambda common: IssueStarted(**common, before=None, seen=None))

    def vend(self, till: int, card: int, credit: int, fate: str = "done") -> None:
        """Sell. `fate`: `done`, `written` (the till dies after the write) or `lost` (it dies before)."""
        chosen = self._present(till, card)
        facts = self._facts(till, chosen)
        quote = self._quote(self.tills[till], facts, credit)
        image = plan_vend(facts, chosen.contents, quote.energy + quote.money_credit, self._next_job(till))
        self._run(
            till,
            chosen,
            image,
            lambda common: VendStarted(
                **common,
                **_found(chosen),
                quote=quote,
                payment="cash",
            ),
            fate,
        )

    def reverse(self, till: int, card: int, fate: str = "done") -> None:
        chosen = self._present(till, card)
        image, undone = plan_reversal(self._facts(till, chosen), chosen.contents, self._next_job(till))
        self._run(
            till,
            chosen,
            image,
            lambda common: ReversalStarted(
                **common, **_found(chosen), for_job=undone.job, money=undone.amount, approval=APPROVAL
            ),
            fate,
        )

    def clear(self, till: int, card: int, fate: str = "done") -> None:
        chosen = self._present(till, card)
        image = plan_clear(self._facts(till, chosen), chosen.contents, self._next_job(till))
        self._run(till, chosen, image, lambda common: ClearStarted(**common, **_found(chosen)), fate)

    def change_meter(
        self, till: int, card: int, fate: str = "done", *, swap: bool = True, unit: CreditUnit = CreditUnit.ENERGY
    ) -> None:
        """Somebody takes the meter from the wall, whatever the till says then; reads the old one unless it has given
        up its credit; and the card follows."""
        chosen, writer = self._present(till, card), self.tills[till]
        facts = self._facts(till, chosen)
        view = standing(facts)
        if swap and view.meter == self.meter.number:
            self.removed.append(self.meter)
            self.meter = Meter(f"M{len(self.removed) + 1}", unit)
        bodies: list[AnyBody] = []
        if view.meter != self.meter.number and not given_up(view):
            old = next(found for found in self.removed if found.number == view.meter)
            read = _read(facts, old)
            bodies.append(read)
            facts = read_meter(facts, read)
        image, left = plan_transfer(facts, chosen.contents, self.meter.number, self._next_job(till), self.meter.unit)
        for body in bodies:
            writer.write(body, self.now)
            old.shown, old.total = read.remaining, 0
        self._run(
            till,
            chosen,
            image,
            lambda common: TransferStarted(**common, **_found(chosen), from_meter=left, limit=LIMIT),
            fate,
        )

    def wipe(self, till: int, card: int, fate: str = "done") -> None:
        chosen = self._present(till, card)
        image = plan_wipe(self._facts(till, chosen), chosen.contents)
        self._run(till, chosen, image, lambda common: WipeStarted(**common, **_found(chosen)), fate)

    def read_meter(self, till: int) -> None:
        """A meter that was taken from the wall is read for good, and its card does not follow yet."""
        writer = self.tills[till]
        view = standing(writer.facts)
        old = next((found for found in self.removed if found.number == view.meter), None)
        if old is not None:
            read = _read(writer.facts, old)
            writer.write(read, self.now)
            old.shown, old.total = read.remaining, 0

    def refund(self, till: int) -> None:
        """Pay back all that meters gave up."""
        held = held_to_refund(self.tills[till].facts)
        self._pay_back(till, held.amount, held.unit)

    def refund_owed(self, till: int) -> None:
        """Pay back a credit that is owed, instead of making it up."""
        facts = self.tills[till].facts
        owed = standing(facts).owed
        job = owed_to_refund(facts, owed[0].for_job if owed else "")
        self._pay_back(till, job.credit, job.unit, job.job)

    def _pay_back(self, till: int, credit: int, unit: CreditUnit, for_job: str = "") -> None:
        writer = self.tills[till]
        body = RefundPaid(
            refund=self._next_job(till),
            account=ACCOUNT,
            credit=credit,
            unit=unit,
            for_job=for_job,
            amount=credit,
            payment="cash",
            receipt="",
            reason="moved away",
            clerk="wang",
            approval=APPROVAL,
        )
        self.jobs += 1
        writer.write(body, self.now)

    def replace(self, till: int, fate: str = "done") -> None:
        card = self._new_card()
        image, old, known = plan_replacement(self.tills[till].facts, card.contents, self._next_job(till))
        self._run(
            till,
            card,
            image,
            lambda common: ReplacementStarted(
                **common, before=None, seen=None, replaces=old.serial, known_count=known, reason="lost"
            ),
            fate,
        )

    def make_up(self, till: int, card: int, fate: str = "done") -> None:
        chosen = self._present(till, card)
        image, owed = plan_makeup(self._facts(till, chosen), chosen.contents, self._next_job(till))
        self._run(
            till,
            chosen,
            image,
            lambda common: MakeupStarted(
                **common,
                **_found(chosen),
                for_job=owed.for_job,
                decision=owed.decision,
            ),
            fate,
        )

    def read(self, till: int, card: int) -> None:
        chosen, writer = self._present(till, card), self.tills[till]
        if chosen.returned is not None and self._facts(till, chosen) != writer.facts:
            writer.write(CardSeen(account=ACCOUNT, card=chosen.serial, seen=chosen.returned), self.now)

    def insert(self, card: int) -> None:
        self.meter.insert(self.cards[card % len(self.cards)])

    def sync(self, till: int) -> None:
        """Send, let the office settle, take the feed."""
        writer = self.tills[till]
        self.arrive(writer.journal[writer.sent :])
        writer.sent = len(writer.journal)
        writer.hear(self.feed[writer.heard :])
        writer.heard = len(self.feed)

    # --- what the office does ---

    def arrive(self, entries: list[SignedEntry]) -> None:
        """The office takes entries in, and settles."""
        self.feed.extend(entries)
        self.office.hear(entries)
        for _ in range(5):
            bodies = settle(self.office.facts, self.tariffs)
            if not bodies:
                return
            self.feed.extend(self.office.write(body, self.now) for body in bodies)
        raise AssertionError("the rules do not come to rest")

    @property
    def entries(self) -> list[list[SignedEntry]]:
        """Every till's journal."""
        return [till.journal for till in self.tills]

    # --- within ---

    def _quote(self, writer: Writer, facts: AccountFacts, credit: int) -> Quote:
        """Every unit of credit costs one of money."""
        assert writer.facts.account == facts.account
        energy = credit if standing(facts).unit is CreditUnit.ENERGY else 0
        return Quote(
            job="", tariff="t", tariff_class="residential", year=2026, used=0, energy=energy, amount=credit,
            lines=[], at=self.now, money_credit=credit - energy,
        )  # fmt: skip

    def _new_card(self) -> Card:
        self.cards.append(Card(f"62010000{len(self.cards):08d}"))
        return self.cards[-1]

    def _present(self, till: int, number: int) -> Card:
        """Put a card on the desk; a job left in doubt on it is settled."""
        self.now += timedelta(minutes=1)
        card, writer = self.cards[number % len(self.cards)], self.tills[till]
        for job, (purpose, serial) in list(writer.doubts.items()):
            if serial == card.serial:
                verdict = judge_doubt(writer.facts, writer.facts.jobs[job], card.image)
                if verdict is Verdict.OPEN:
                    continue
                body = (
                    completed_as(purpose)(job=job, account=ACCOUNT, receipt=None, by=SettledBy.CARD)
                    if verdict is Verdict.WRITTEN
                    else voided_as(purpose)(job=job, account=ACCOUNT, reason="not on the card", by=SettledBy.CARD)
                )
                writer.write(body, self.now)
                del writer.doubts[job]
        if card.image is None and not writer.doubts:
            raise CardIsBlank(card.serial)
        return card

    def _facts(self, till: int, card: Card) -> AccountFacts:
        facts = self.tills[till].facts
        return facts if card.returned is None else see(facts, card.serial, card.returned)

    def _next_job(self, till: int) -> str:
        return f"{self.tills[till].name}/{self.jobs + 1:04d}"

    def _run(
        self,
        till: int,
        card: Card,
        image: CardImage,
        started: Callable[[dict[str, Any]], StartedJob],
        fate: str = "done",
    ) -> None:
        self.now += timedelta(minutes=1)
        writer = self.tills[till]
        job = self._next_job(till)
        self.jobs += 1
        body = started({"job": job, "account": ACCOUNT, "image": image, "clerk": "wang"})
        entry = writer.write(body, self.now).entry
        purpose = writer.facts.jobs[job].purpose
        assert entry.body == body
        if fate != "lost":
            card.image = image if purpose is not Purpose.WIPE else None
            card.returned = card.returned if purpose is not Purpose.WIPE else None
        if fate == "done":
            writer.write(completed_as(purpose)(job=job, account=ACCOUNT, receipt=None, by=SettledBy.TILL), self.now)
        else:
            writer.doubts[job] = (purpose, card.serial)


def _read(facts: AccountFacts, meter: Meter) -> MeterRead:
    check_reading(facts, meter.number, meter.count, 0)
    return MeterRead(
        account=ACCOUNT,
        meter=meter.number,
        count=meter.count,
        remaining=meter.total if meter.shown is None else meter.shown,
        use=0,
        clerk="wang",
        approval=APPROVAL,
    )


def _found(card: Card) -> dict[str, Any]:
    """What stood on the card before a job."""
    image = card.image
    return {
        "before": None if image is None else image.count,
        "before_mark": 0 if image is None else image.job_mark,
        "seen": card.returned,
    }


def active_card(world: World) -> int | None:
    """The number of the account's active card, by the office's facts."""
    serial = standing(world.office.facts).active
    return next((place for place, card in enumerate(world.cards) if card.serial == serial), None)
