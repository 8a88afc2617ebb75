"""Whatever is torn, and in whatever order: a card says the old image or the new, and no credit is loaded twice."""

from contextlib import suppress
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from common.card.image import CardImage, ReturnStatus
from tests.till.simulator.cards import MASTER, NEW, OLD, card, give_tries_back, image, read, unlocked
from till.cards.errors import CardRemoved
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

ISSUES = {OLD: 1, NEW: 2}


class Step(NamedTuple):
    """A card goes into a till that writes an image, or into the meter, and is interrupted, or not.

    Attributes:
        tear_after: EEPROM bytes that are still written; None: no end.
        pull_at: the command before which it is pulled out; None: it stays.
    """

    serial: str
    write: tuple[int, int] | None
    tear_after: int | None
    pull_at: int | None


STEPS = st.lists(
    st.builds(
        Step,
        serial=st.sampled_from([OLD, OLD, NEW]),
        write=st.none() | st.tuples(st.integers(0, 4), st.integers(0, 9_000)),
        tear_after=st.none() | st.integers(0, 60),
        pull_at=st.none() | st.integers(0, 16),
    ),
    max_size=14,
)


class Trial:
    """Two cards of an account, its meter, and what was loaded so far."""

    def __init__(self, kind: str) -> None:
        self.meter = SimulatedMeter(MeterState(number="M1", master=MASTER.hex()))
        self.cards = {serial: card(serial, kind) for serial in ISSUES}
        self.said: dict[str, CardImage | None] = dict.fromkeys(ISSUES)
        self.loaded: dict[int, int] = {}

    def take(self, step: Step) -> None:
        chip = self.cards[step.serial]
        chip.tear_after, chip.pull_at = step.tear_after, step.pull_at
        if step.write is None:
            self._meter(step.serial, chip)
        else:
            count, credit = step.write
            self._till(chip, image(step.serial, issue=ISSUES[step.serial], count=count, credit=credit))
        assert self.meter.total_loaded == sum(self.loaded.values())
        assert list(self.loaded) == list(range(1, self.meter.state.count + 1))

    def _till(self, chip: Chip, wanted: CardImage) -> None:
        allowed: list[CardImage | None] = [wanted]
        try:
            unlocked(chip, wanted.serial).write(wanted)
        except CardRemoved:
            allowed.append(self.said[wanted.serial])
        said = self._look(chip, wanted.serial)
        assert said in allowed
        self.said[wanted.serial] = said

    def _meter(self, serial: str, chip: Chip) -> None:
        before, offered = self.meter.state, self.said[serial]
        with suppress(CardRemoved):
            self.meter.insert(ChipChannel(chip))
        assert self._look(chip, serial) == offered, "a meter never changes the image"
        told = read(chip, serial).returned
        assert told is None or told.count <= self.meter.state.count, "a card never says more than the meter keeps"
        if self.meter.state.count != before.count:
            assert offered is not None
            assert self.meter.state.count == offered.count == before.count + 1
            assert self.meter.state.count not in self.loaded
            self.loaded[offered.count] = offered.credit
        assert self.meter.state.issue >= before.issue

    def _look(self, chip: Chip, serial: str) -> CardImage | None:
        """What the card says, undisturbed."""
        chip.tear_after = chip.pull_at = None
        give_tries_back(chip)
        return read(chip, serial).image


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["cpu", "sle4442"]), steps=STEPS)
def test_old_or_new_and_no_count_twice(kind: str, steps: list[Step]) -> None:
    trial = Trial(kind)
    for step in steps:
        trial.take(step)


@settings(max_examples=80, deadline=None)
@given(kind=st.sampled_from(["cpu", "sle4442"]), tears=st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_inserted_until_it_is_whole_the_credit_arrives_once(kind: str, tears: list[int]) -> None:
    trial = Trial(kind)
    trial.take(Step(OLD, (1, 500), None, None))
    for tear_after in tears:
        trial.take(Step(OLD, None, tear_after, None))
    outcome = trial.meter.insert(ChipChannel(trial.cards[OLD]))
    assert outcome in (MeterOutcome.LOADED, MeterOutcome.ALREADY_LOADED)
    assert trial.meter.total_loaded == 500
    contents = read(trial.cards[OLD], OLD)
    assert contents.returned is not None
    assert (contents.returned.status, contents.returned.count) == (ReturnStatus.LOADED, 1)
    assert not contents.return_torn
