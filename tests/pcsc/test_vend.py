"""The till's own work through pyscard and the real daemon, on both chips: issue, vend, replace, make up, settle."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from common.account import Where, standing
from common.admission import CardIsSuperseded, MakeupIsOwed
from common.card.keys import derive_card_key
from common.entries import MakeupOwed
from common.units import CreditUnit
from tests.pcsc.daemon import CARD_SECONDS, Daemon
from tests.till.branch import MASTER, SERIALS, Branch, Clock, Counter, OfficeVoice
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.cards.pcsc import open_reader
from till.operations.accounts import open_account
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.desk import Desk
from till.operations.makeup import make_up
from till.operations.receipts import print_queued
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.operations.steps import Observer, Step, unobserved
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.simulator.card_file import load_card, make_blank
from till.simulator.meter import MeterOutcome
from till.simulator.vpcd import VirtualCard

pytestmark = pytest.mark.xdist_group("pcsc")

OLD, NEW = 0, 1
ENERGY = 20_000


class Shop:
    """A branch whose reader is the daemon's."""

    def __init__(self, folder: Path, family: str, daemon: Daemon) -> None:
        clock = Clock()
        office = OfficeVoice(clock)
        self.branch = Branch(folder, clock, office, Counter("till-0001", folder / "till-0001", office), family)
        self.daemon = daemon
        for place in (OLD, NEW):
            make_blank(self.path(place), family, SERIALS[place], derive_card_key(MASTER, SERIALS[place]))

    def path(self, place: int) -> Path:
        return self.branch.folder / f"{SERIALS[place]}.card"

    @contextmanager
    def serving(self, place: int, observe: Observer = unobserved) -> Iterator[tuple[Desk, CardDriver, VirtualCard]]:
        """The desk, with a card in the reader."""
        with (
            self.branch.counter.desk(observe) as desk,
            self.daemon.insert(load_card(self.path(place))) as card,
            open_reader(self.daemon.reader, CARD_SECONDS) as channel,
        ):
            yield desk, open_card(channel), card

    def meter(self, place: int) -> MeterOutcome:
        return self.branch.insert(self.path(place))


@pytest.fixture(params=["cpu", "sle4442"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, daemon: Daemon) -> Shop:
    opened = Shop(tmp_path, request.param, daemon)
    with opened.serving(OLD) as (desk, driver, _):
        open_account(desk, number="A1", name="李四", meter="M1", tariff_class="residential", limit=3_000_000)
        issue_card(desk, driver, "A1")
    return opened


def test_a_card_is_issued_sold_to_taken_by_its_meter_and_sold_to_again(shop: Shop) -> None:
    printer = FilePrinter(shop.branch.folder / "receipts")
    assert shop.meter(OLD) is MeterOutcome.NOTHING
    for time in (1, 2, 3):
        with shop.serving(OLD) as (desk, driver, _):
            done = vend(desk, driver, Amount(energy=ENERGY))
            assert print_queued(desk, printer) == [done.receipt]
        assert shop.meter(OLD) is MeterOutcome.LOADED
        assert shop.branch.meter().total_loaded == time * ENERGY
    with shop.serving(OLD) as (desk, driver, _):
        presented = read_card(desk, driver)
        assert presented.facts is not None
        books = standing(presented.facts).books
        assert (books.energy.sold, books.energy.taken, books.conserved) == (3 * ENERGY, 3 * ENERGY, True)


def test_a_replaced_card_is_refused_and_the_new_one_gets_what_is_owed(shop: Shop) -> None:
    shop.meter(OLD)
    with shop.serving(OLD) as (desk, driver, _):
        sold = vend(desk, driver, Amount(energy=ENERGY))
    with shop.serving(NEW) as (desk, driver, _):
        replace_card(desk, driver, "A1", "lost")
    with shop.serving(OLD) as (desk, driver, _), pytest.raises(CardIsSuperseded) as refused:
        vend(desk, driver, Amount(energy=ENERGY))
    assert refused.value.use == SERIALS[NEW]
    owed = shop.branch.office.say(
        MakeupOwed(
            key="k",
            rule="test",
            account="A1",
            for_job=sold.job,
            credit=ENERGY,
            unit=CreditUnit.ENERGY,
            stranded_on=SERIALS[OLD],
        )
    )
    assert owed.entry.seq
    shop.branch.counter.hear()
    with shop.serving(NEW) as (desk, driver, _):
        with pytest.raises(MakeupIsOwed):
            vend(desk, driver, Amount(energy=ENERGY))
        make_up(desk, driver)
    assert shop.meter(NEW) is MeterOutcome.LOADED
    assert shop.branch.meter().total_loaded == ENERGY


@pytest.mark.parametrize("step", [Step.JUDGED, Step.STARTED, Step.WRITTEN])
def test_a_card_pulled_out_is_settled_when_it_comes_back(shop: Shop, step: Step) -> None:
    shop.meter(OLD)
    inserted: list[VirtualCard] = []

    def pull(now: Step) -> None:
        if now is step:
            inserted[0].remove()

    with shop.serving(OLD, pull) as (desk, driver, card):
        inserted.append(card)
        with suppress(CardError, NothingWritten, LeftInDoubt):
            vend(desk, driver, Amount(energy=ENERGY))
    with shop.serving(OLD) as (desk, driver, _):
        presented = read_card(desk, driver)
        assert presented.facts is not None
        assert standing(presented.facts).in_doubt == []
        there = [credit for credit in standing(presented.facts).credits if credit.where is Where.CARD]
        sold = desk.store.totals().energy
    took = shop.meter(OLD)
    assert (took is MeterOutcome.LOADED) == bool(there)
    assert shop.branch.meter().total_loaded == sold == (ENERGY if step is Step.WRITTEN else 0)
