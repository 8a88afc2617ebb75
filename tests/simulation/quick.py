"""The branch of tests/till/branch.py kept in memory: one process that nobody kills needs no file a card and a step.

A till's store stays open until the power is cut; then it is opened again, as after a crash.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from common.card.keys import derive_card_key
from common.units import CreditUnit
from tests.till.branch import MASTER, SERIALS, Branch, Counter
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.operations.desk import Desk
from till.operations.steps import Observer, unobserved
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.factory import new_chip
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

SHM = Path("/dev/shm")
SCRATCH = SHM if SHM.is_dir() else None
"""Where stores lie that need not outlive the machine: the system's own choice where it has no such folder."""


class PowerCut(BaseException):
    """The till is gone at once: nothing of it catches this."""


@dataclass
class Wallet:
    """Everybody's cards, by the path that their file would have."""

    chips: dict[Path, Chip] = field(default_factory=dict)

    @contextmanager
    def channel(self, path: Path) -> Iterator[ChipChannel]:
        chip = self.chips[path]
        chip.pull_at = chip.tear_after = None
        channel = ChipChannel(chip)
        try:
            yield channel
        finally:
            channel.close()


@dataclass
class QuickCounter(Counter):
    """A till whose store is opened once."""

    wallet: Wallet = field(default_factory=Wallet)

    def __post_init__(self) -> None:
        self._opened = ExitStack()
        self._desk: Desk | None = None
        self.heard = 0
        super().__post_init__()

    @contextmanager
    def desk(self, observe: Observer = unobserved) -> Iterator[Desk]:
        if self._desk is None:
            self._desk = self._opened.enter_context(super().desk())
        self._desk.observe = observe
        try:
            yield self._desk
        except PowerCut:
            self.close()
            raise

    def close(self) -> None:
        self._opened.close()
        self._desk = None

    @contextmanager
    def card(self, path: Path) -> Iterator[CardDriver]:
        with self.wallet.channel(path) as channel:
            yield open_card(self.watch(channel))


@dataclass
class QuickBranch(Branch):
    """Cards and meters as objects."""

    wallet: Wallet = field(default_factory=Wallet)
    meters: dict[str, SimulatedMeter] = field(default_factory=dict)

    def blank(self, number: int = 0, chip: str | None = None) -> Path:
        path = self.folder / f"{SERIALS[number]}.card"
        if path not in self.wallet.chips:
            key = derive_card_key(MASTER, SERIALS[number])
            self.wallet.chips[path] = new_chip(chip or self.chip, SERIALS[number], key)
        return path

    def meter(self, number: str = "M1", unit: CreditUnit = CreditUnit.ENERGY) -> SimulatedMeter:
        if number not in self.meters:
            self.meters[number] = SimulatedMeter(MeterState(number=number, master=MASTER.hex(), unit=unit))
        return self.meters[number]

    def insert(self, card: Path, number: str = "M1") -> MeterOutcome:
        with self.wallet.channel(card) as channel:
            return self.meter(number).insert(channel)
