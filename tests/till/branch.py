"""A branch without a network: an office's voice, tills that hear it, cards and a meter. All parts are the real ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.card.keys import derive_card_key
from common.chain import Head, SignedEntry, append, public_hex
from common.clerks import Role
from common.clock import Hlc, SteadyMark, wall_ms
from common.entries import (
    AccountFrozen,
    AnyBody,
    CardsAllotted,
    JournalOpened,
    KeysSealed,
    LeaseGranted,
    NumbersAllotted,
    TariffPublished,
    TillEnrolled,
    UtilitySet,
)
from common.lease import Lease
from common.sealing import box_hex, seal_card_keys
from common.tariff import Tariff, Tier
from common.units import CreditUnit
from common.wire import FeedItem
from till.cards.channel import Channel
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.journal.keys import create_keys, load_keys
from till.journal.mirror import Mirror
from till.journal.seat import seat_of
from till.journal.writer import Journal
from till.operations.accounts import open_account
from till.operations.cards import issue_card
from till.operations.desk import Desk
from till.operations.steps import Observer, unobserved
from till.simulator.card_file import load_card, make_blank
from till.simulator.channel import ChipChannel
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter
from till.store import Store

MASTER = bytes(range(32))
SERIALS = [f"62010000000000{n:02d}" for n in range(20)]
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

ZHEJIANG = Tariff(
    tariff="zhejiang-2026",
    since=START - timedelta(days=300),
    digits=2,
    classes={
        "residential": [
            Tier(price=538_000, up_to=2_760_000),
            Tier(price=588_000, up_to=4_800_000),
            Tier(price=838_000),
        ]
    },
)


class Clock:
    """A wall clock that the test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class OfficeVoice:
    """What the office says, as the feed brings it."""

    clock: Clock
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    spoken: list[SignedEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.say(JournalOpened(kind="office", key=public_hex(self.key), branch="", version="test"))
        self.say(UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai"))
        self.say(TariffPublished(tariff=ZHEJIANG))

    def say(self, body: AnyBody) -> SignedEntry:
        head = self.spoken[-1].head if self.spoken else Head.empty("office", 1)
        now = self.clock()
        signed = append(self.key, head, body, at=now, hlc=Hlc(wall_ms(now), 0))
        self.spoken.append(signed)
        return signed

    def enrol(self, counter: "Counter") -> None:
        keys = load_keys(counter.keys_folder)
        self.say(
            TillEnrolled(
                till=counter.till,
                branch="B1",
                name=counter.till,
                epoch=1,
                key=public_hex(keys.signing),
                box=box_hex(keys.box),
            )
        )
        lease = Lease(until=self.clock.now + timedelta(days=7), money=5_000_000)
        self.say(LeaseGranted(till=counter.till, lease=lease))
        self.say(NumbersAllotted(till=counter.till, first=int(counter.till[-4:]) * 100_000, count=1_000))
        self.say(CardsAllotted(branch="B1", serials=SERIALS))
        card_keys = {serial: derive_card_key(MASTER, serial) for serial in SERIALS}
        sealed = seal_card_keys(box_hex(keys.box), card_keys)
        self.say(KeysSealed(till=counter.till, serials=SERIALS, sealed=sealed))


@dataclass
class Counter:
    """A till's data folder, and the ways to work with it."""

    till: str
    folder: Path
    office: OfficeVoice
    mirror: Path | None = None
    watch: Callable[[Channel], Channel] = lambda channel: channel
    steady: Callable[[datetime], SteadyMark | None] = lambda _: None

    def __post_init__(self) -> None:
        create_keys(self.keys_folder)
        self.office.enrol(self)
        with self.desk() as desk:
            desk.store.trust("office", 1, public_hex(self.office.key))
            desk.journal.open_first("B1", "test")
        self.hear()

    @property
    def keys_folder(self) -> Path:
        return self.folder / "keys"

    @property
    def database(self) -> Path:
        return self.folder / "till.db"

    @contextmanager
    def desk(self, observe: Observer = unobserved) -> Iterator[Desk]:
        store = Store.open(self.database)
        try:
            keys = load_keys(self.keys_folder)
            seat = seat_of(self.folder)
            generation = None if seat is None else seat.generation
            mirror = self.mirror and Mirror(self.mirror / f"{self.till}-1.journal", generation=generation)
            journal = Journal(store, keys, self.till, 1, self.office.clock, mirror, self.steady)
            journal.start()
            yield Desk(
                till=self.till,
                clerk="wang",
                roles=[Role.CLERK],
                store=store,
                journal=journal,
                keys=keys,
                now=self.office.clock,
                observe=observe,
            )
        finally:
            store.close()

    def hear(self, *more: SignedEntry) -> None:
        """Take all that the office has said, and `more`."""
        with self.desk() as desk:
            everything = [*self.office.spoken, *more]
            items = [FeedItem(place, signed) for place, signed in enumerate(everything, 1)]
            desk.journal.accept(items, len(items))

    @contextmanager
    def card(self, path: Path) -> Iterator[CardDriver]:
        channel = ChipChannel(load_card(path))
        try:
            yield open_card(self.watch(channel))
        finally:
            channel.close()


@dataclass
class Branch:
    """Where a test plays: the office, one till, its cards, a meter."""

    folder: Path
    clock: Clock
    office: OfficeVoice
    counter: Counter
    chip: str = "cpu"

    def new_till(self, till: str, mirror: Path | None = None) -> Counter:
        return Counter(till, self.folder / till, self.office, mirror)

    def blank(self, number: int = 0, chip: str | None = None) -> Path:
        """A blank card from the stock."""
        path = self.folder / f"{SERIALS[number]}.card"
        if not path.exists():
            make_blank(path, chip or self.chip, SERIALS[number], derive_card_key(MASTER, SERIALS[number]))
        return path

    def meter(self, number: str = "M1", unit: CreditUnit = CreditUnit.ENERGY) -> SimulatedMeter:
        path = self.folder / f"{number}.meter"
        if path.exists():
            return SimulatedMeter.load(path)
        return SimulatedMeter(MeterState(number=number, master=MASTER.hex(), unit=unit), path)

    def insert(self, card: Path, number: str = "M1") -> MeterOutcome:
        """Put a card in the meter and take it out."""
        channel = ChipChannel(load_card(card))
        try:
            return self.meter(number).insert(channel)
        finally:
            channel.close()

    @staticmethod
    def open(desk: Desk, account: str, meter: str, model: str = "") -> None:
        """An account without a card."""
        open_account(
            desk, number=account, name="李四", meter=meter, tariff_class="residential", limit=3_000_000, model=model
        )

    def customer(self, account: str = "A1", card: int = 0, model: str = "") -> Path:
        """An account with its first card."""
        path = self.blank(card)
        with self.counter.desk() as desk:
            self.open(desk, account, "M1", model)
            with self.counter.card(path) as driver:
                issue_card(desk, driver, account)
        return path


def freeze(desk: Desk, account: str, reason: str) -> None:
    """Enter that an account is closed, without the steps that come before."""
    desk.journal.commit(AccountFrozen(account=account, reason=reason, clerk=desk.clerk))
