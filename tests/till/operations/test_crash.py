"""`kill -9` at every step and at every APDU of a card job: then it is there once or not at all, and the card agrees.

The till is a process of its own (a fork) that kills itself; what it leaves is on disk only.
"""

import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from common.account import Where, standing
from till.cards.channel import Channel, Response
from till.cards.errors import CardCounterLow, CardError
from till.operations.cards import read_card
from till.operations.receipts import print_queued
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.operations.steps import Observer, Step, unobserved
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.simulator.meter import MeterOutcome
from till.store import SheetState

ENERGY = 50_000


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process_of_its_own(work: Callable[[], None]) -> int:
    """Run it in a fork. Returns the signal that ended it; 0 when it came to its end."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the till failed before it was killed"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


class KillAt:
    """A channel in which the till dies at an APDU, before the card hears it or after it has answered."""

    def __init__(self, inner: Channel, number: int, *, after: bool) -> None:
        self._inner, self._left, self._after = inner, number, after
        self.atr = inner.atr

    def transmit(self, apdu: bytes) -> Response:
        if self._left == 0 and not self._after:
            die()
        response = self._inner.transmit(apdu)
        if self._left == 0:
            die()
        self._left -= 1
        return response

    def close(self) -> None:
        self._inner.close()


class Counting:
    """A channel that counts."""

    def __init__(self, inner: Channel) -> None:
        self._inner = inner
        self.atr = inner.atr
        self.count = 0

    def transmit(self, apdu: bytes) -> Response:
        self.count += 1
        return self._inner.transmit(apdu)

    def close(self) -> None:
        self._inner.close()


def sell(counter, card: Path, paper: Path, observe: Observer = unobserved) -> None:
    with counter.desk(observe) as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=ENERGY))
        print_queued(desk, FilePrinter(paper))


def settle_and_check(branch, counter, card: Path, paper: Path, *, must_be_sold: bool | None = None) -> bool:
    """Present the card again: till, card, receipt and meter must agree. Returns whether it is sold."""
    with counter.desk() as desk, counter.card(card) as driver:
        presented = read_card(desk, driver)
        view = standing(presented.facts)
        print_queued(desk, FilePrinter(paper))
        totals = desk.store.totals()
        assert desk.store.open_jobs() == []
        assert desk.store.spool.sheets(*SheetState) == []
    sold = totals.vends == 1
    image = presented.contents.image
    assert (image.count, image.credit) == ((1, ENERGY) if sold else (0, 0))
    assert totals.energy == (ENERGY if sold else 0)
    assert len(list(paper.glob("*.txt"))) == (1 if sold else 0)
    assert [credit.where for credit in view.credits] == ([Where.CARD] if sold else [])
    assert view.books.conserved
    if must_be_sold is not None:
        assert sold is must_be_sold
    assert branch.insert(card) is (MeterOutcome.LOADED if sold else MeterOutcome.NOTHING)
    if not sold:
        sell(counter, card, paper)
        assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == ENERGY
    with counter.desk() as desk:
        assert desk.journal.verify(lambda _: None) == desk.journal.head
    return sold


@pytest.mark.parametrize("chip", ["cpu", "sle4442"])
@pytest.mark.parametrize("step", list(Step))
def test_killed_at_every_step(branch, counter, tmp_path, step, chip):
    branch.chip = chip
    card, paper = branch.customer(), tmp_path / "paper"

    def observe(now: Step) -> None:
        if now is step:
            die()

    assert in_a_process_of_its_own(lambda: sell(counter, card, paper, observe)) == signal.SIGKILL
    sold = step in (Step.WRITTEN, Step.COMPLETED, Step.PRINTED)
    settle_and_check(branch, counter, card, paper, must_be_sold=sold)


@pytest.mark.parametrize("chip", ["cpu", "sle4442"])
@pytest.mark.parametrize("after", [False, True], ids=["unheard", "unanswered"])
def test_killed_at_every_apdu(branch, counter, tmp_path, chip, after):
    branch.chip = chip
    card = branch.customer()
    apdus = count_apdus(branch, counter, card, tmp_path)
    assert apdus > 5
    outcomes = set()
    for number in range(apdus):
        folder = tmp_path / f"at-{number}"
        copy_world(branch, folder)
        counter.folder, branch.folder = folder / "till", folder
        counter.watch = lambda channel, number=number: KillAt(channel, number, after=after)
        killed = in_a_process_of_its_own(partial(sell, counter, folder / card.name, folder / "paper"))
        assert killed == signal.SIGKILL
        counter.watch = lambda channel: channel
        outcomes.add(settle_and_check(branch, counter, folder / card.name, folder / "paper"))
    assert outcomes == {True, False}


@pytest.mark.parametrize("chip", ["cpu", "sle4442"])
def test_card_pulled_out_at_every_apdu(branch, counter, tmp_path, chip):
    branch.chip = chip
    card = branch.customer()
    apdus = count_apdus(branch, counter, card, tmp_path)
    outcomes = set()
    for number in range(apdus):
        folder = tmp_path / f"at-{number}"
        copy_world(branch, folder)
        counter.folder, branch.folder = folder / "till", folder
        with counter.desk() as desk, counter.card(folder / card.name) as driver:
            driver._channel._chip.pull_at = number
            try:
                vend(desk, driver, Amount(energy=ENERGY))
            except (NothingWritten, LeftInDoubt) as error:
                outcomes.add(type(error))
            except CardError as error:
                outcomes.add(type(error))
                assert desk.store.open_jobs() == []
        settle_and_check(branch, counter, folder / card.name, folder / "paper")
    assert LeftInDoubt in outcomes


@pytest.mark.parametrize("chip", ["cpu", "sle4442"])
def test_write_torn_at_every_byte(branch, counter, tmp_path, chip):
    branch.chip = chip
    card = branch.customer()
    sold, seen = [], set()
    for byte in range(200):
        folder = tmp_path / f"at-{byte}"
        copy_world(branch, folder)
        counter.folder, branch.folder = folder / "till", folder
        with counter.desk() as desk, counter.card(folder / card.name) as driver:
            chip_under_test = driver._channel._chip
            chip_under_test.tear_after = byte
            try:
                vend(desk, driver, Amount(energy=ENERGY))
            except (NothingWritten, LeftInDoubt, CardError) as error:
                seen.add(type(error))
            untorn = chip_under_test.tear_after is not None
        if torn_in_the_code(counter, folder / card.name):
            continue
        sold.append(settle_and_check(branch, counter, folder / card.name, folder / "paper"))
        if untorn:
            break
    assert untorn, "the write has more bytes than were torn"
    assert set(sold) == {True, False}
    assert LeftInDoubt in seen


def torn_in_the_code(counter, card: Path) -> bool:
    """Whether power went while a memory card counted a try: the till does not risk the others. Nothing was sold."""
    with counter.desk() as desk, counter.card(card) as driver:
        try:
            read_card(desk, driver)
        except CardCounterLow:
            nothing = (desk.store.open_jobs(), desk.store.totals().vends)
        else:
            return False
    assert nothing == ([], 0)
    return True


def count_apdus(branch, counter, card: Path, tmp_path: Path) -> int:
    copy_world(branch, tmp_path / "count")
    home, counter.folder = counter.folder, tmp_path / "count" / "till"
    channels: list[Counting] = []

    def watch(channel: Channel) -> Channel:
        channels.append(Counting(channel))
        return channels[-1]

    counter.watch = watch
    sell(counter, tmp_path / "count" / card.name, tmp_path / "count" / "paper")
    counter.folder, counter.watch = home, lambda channel: channel
    return channels[0].count


def copy_world(branch, folder: Path) -> None:
    """The till's data and the cards as they are now, in a folder of their own."""
    folder.mkdir()
    home = folder.parent
    shutil.copytree(home / "till-0001", folder / "till")
    for path in home.glob("*.card"):
        shutil.copy(path, folder)
