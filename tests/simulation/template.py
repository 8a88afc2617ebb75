"""How every run begins, made once: an office, tills of a branch that know each other, customers with cards."""

import atexit
import copy
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.card.keys import derive_card_key
from common.chain import public_hex
from common.clerks import Role
from common.enrolment import make_code
from common.entries import ClerkSet, UtilitySet
from common.sealing import box_hex
from common.wire import EnrolReply, EnrolRequest
from syncserver.api.exchange import Exchange
from syncserver.office import grants
from syncserver.office.folder import OfficeKeys
from syncserver.office.office import Office
from tests.simulation.central import Central, Network, folder_with
from tests.simulation.chance import Chance, only_chance
from tests.simulation.machine import Machine, drive
from tests.simulation.quick import SCRATCH, Wallet
from tests.till.branch import MASTER, SERIALS, START, ZHEJIANG
from till.cards.connect import open_card
from till.journal.keys import TillKeys
from till.journal.writer import Journal
from till.operations.accounts import open_account
from till.operations.cards import issue_card
from till.operations.clerks import Supervisor
from till.operations.opening import Enrolment
from till.simulator.chip import Chip
from till.simulator.factory import new_chip
from till.sync.client import sync

BRANCH, TILLS = "hill", 3
BRANCHES = {BRANCH: 8, "vale": 3}
"""How many blank cards each has. Tills of the second come later, as do accounts after the second."""

STOCK = sum(BRANCHES.values())
METERS = {"A1": "M1", "A2": "M2", "A3": "M3"}
OPENED = 2
LI = Supervisor(clerk="li", pin="194673", reason="seen it")
CERTIFICATE = b"the office's certificate"
UTILITY = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")


@dataclass
class Template:
    """A folder to copy, and what stands beside it."""

    folder: Path
    now: datetime
    keys: OfficeKeys
    drawer: dict[str, TillKeys]
    chips: dict[str, Chip]


def quiet(_: str) -> bool:
    """Nothing goes wrong."""
    return False


@cache
def template(chip: str) -> Template:
    """Everything as it is before anything goes wrong, with cards of this kind."""
    folder = Path(tempfile.mkdtemp(dir=SCRATCH, prefix="kilotill-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    chance = Chance(f"template {chip}")
    with only_chance(chance):
        return _Maker(folder, chance, chip).make()


def copied(made: Template, folder: Path) -> Wallet:
    """A run's own copy in this folder. Returns its cards."""
    shutil.copytree(made.folder, folder)
    return Wallet({folder / serial: copy.deepcopy(card) for serial, card in made.chips.items()})


def enrolment_of(reply: EnrolReply, keys: str) -> Enrolment:
    return Enrolment(
        till=reply.till,
        branch=reply.branch,
        name=reply.name,
        epoch=reply.epoch,
        office=reply.office,
        office_key=reply.office_key,
        url="memory",
        pin="",
        keys=keys,
    )


def request_of(secret: bytes, keys: TillKeys) -> EnrolRequest:
    code = make_code(secret, CERTIFICATE)
    return EnrolRequest(code=code.text, key=public_hex(keys.signing), box=box_hex(keys.box), version="simulated")


class _Maker:
    def __init__(self, folder: Path, chance: Chance, chip: str) -> None:
        self._folder, self._chance, self._chip = folder, chance, chip
        self._now = START
        signing = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        self._keys = OfficeKeys(signing, MASTER, CERTIFICATE, X25519PrivateKey.from_private_bytes(chance.randbytes(32)))
        self._drawer: dict[str, TillKeys] = {}

    def _clock(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def make(self) -> Template:
        place = folder_with(self._folder / "office", self._keys)
        Office.create(place, UTILITY, [], self._clock).close()
        central = Central(place.path, self._keys, self._clock, quiet, lambda: "first")
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        with central.office.change() as intake:
            grants.publish_tariff(intake, ZHEJIANG)
            serials = iter(SERIALS)
            for branch, cards in BRANCHES.items():
                grants.allot_cards(intake, MASTER, branch, list(islice(serials, cards)))
            pin = hasher.hash(LI.pin, salt=b"a salt of a test")
            intake.say(ClerkSet(clerk="li", name="li", branch=BRANCH, roles=[Role.SUPERVISOR], pin=pin, active=True))
        machines = [self._machine(central, f"m{number}") for number in range(1, TILLS + 1)]
        chips = {serial: new_chip(self._chip, serial, derive_card_key(MASTER, serial)) for serial in SERIALS[:STOCK]}
        wallet = Wallet({self._folder / serial: made for serial, made in chips.items()})
        self._sync(central, machines)
        for machine, serial, (account, meter) in zip(machines[:OPENED], SERIALS, METERS.items(), strict=False):
            with machine.desk() as desk, wallet.channel(self._folder / serial) as channel:
                open_account(
                    desk, number=account, name="李四", meter=meter, tariff_class="residential", limit=3_000_000
                )
                issue_card(desk, open_card(channel), account)
        for _ in range(2):
            self._sync(central, machines)
        for machine in machines:
            machine.stop()
        central.stop()
        for path in self._folder.rglob("*.db-*"):
            path.unlink()
        return Template(self._folder, self._now, self._keys, self._drawer, chips)

    def _sync(self, central: Central, machines: list[Machine]) -> None:
        for machine in machines:
            with machine.desk() as desk:
                client = machine.client(machine.enrolment(desk.store), lambda: Network(central, quiet, lambda _: 0))
                drive(sync(desk.store, desk.journal, client))

    def _machine(self, central: Central, name: str) -> Machine:
        keys, secret = self._chance.keys(), self._chance.randbytes(10)
        self._drawer[name] = keys
        with central.office.store.write() as writing:
            expires = self._now + timedelta(days=1)
            grants.add_code(writing, secret, branch=BRANCH, name=name, expires=expires)
        reply = Exchange(central.office).enrol(msgspec.json.encode(request_of(secret, keys)))
        folder = self._folder / name
        (folder / "stick").mkdir(parents=True)
        machine = Machine(name, folder, self._clock, quiet, self._drawer)
        store = machine.store()
        enrolment = enrolment_of(reply, name)
        journal = Journal(store, keys, reply.till, reply.epoch, self._clock, None)
        with store.transaction():
            store.set_setting("enrolment", enrolment)
            store.trust(reply.office, 1, reply.office_key)
            journal.open_first(reply.branch, "simulated")
        store.close()
        return machine
