"""An account that came from an old system, at the counter: its first sale goes on where the old system ended."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.account import Where, standing, year_energy
from common.admission import CardIsSuperseded, MeterFirst, NoActiveCard
from common.card.image import CardImage
from common.card.keys import derive_card_key
from common.chain import Head, append, public_hex
from common.clock import Hlc, wall_ms
from common.entries import (
    AccountImported,
    AccountOpened,
    AnyBody,
    ImportedCard,
    ImportedPurchase,
    JournalOpened,
    PurchasesImported,
    TillEnrolled,
    TillRevoked,
)
from common.units import CreditUnit
from tests.till.branch import MASTER, SERIALS, Branch, Counter
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.vend import Amount, vend
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

OLD_CARD, WRITER = SERIALS[9], "import-old-1"
BEFORE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def bought(count: int, credit: int = 100_000) -> ImportedPurchase:
    amount = credit * 54 // 1_000
    return ImportedPurchase(BEFORE, count, credit, amount, 2026, "wang", "cash", "residential", f"R{count}")


def imported(**changed: object) -> AccountImported:
    made = AccountImported(
        account="A1", source="old", number="1", since="2016-01-02", meter="M1", unit=CreditUnit.ENERGY, count=40,
        taken=40, through=4_000_000, issue=2, cards=[ImportedCard(serial=OLD_CARD, issue=2)], waiting=None,
        waiting_number=0,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changed)


def take_over(branch: Branch, *bodies: AnyBody, meter_count: int = 40) -> None:
    """The till hears of an account from an import; its meter has loaded so much."""
    key = Ed25519PrivateKey.generate()
    branch.office.say(TillEnrolled(till=WRITER, branch="B1", name="old", epoch=1, key=public_hex(key), box="0" * 64))
    branch.office.say(TillRevoked(till=WRITER, reason="over"))
    opened = AccountOpened(
        account="A1", name="李四", meter="M1", tariff_class="residential", limit=3_000_000, clerk="boss"
    )
    head, signed = Head.empty(WRITER, 1), []
    for body in (JournalOpened(kind="import", key=public_hex(key), branch="B1", version="test"), opened, *bodies):
        now = branch.clock()
        signed.append(append(key, head, body, at=now, hlc=Hlc(wall_ms(now), 0)))
        head = signed[-1].head
    branch.counter.hear(*signed)
    state = MeterState(
        number="M1", master=MASTER.hex(), issue=2, card=OLD_CARD, count=meter_count, loaded_from=OLD_CARD,
        remaining=30_000, use=meter_count * 100_000 - 30_000,
    )  # fmt: skip
    SimulatedMeter(state, branch.folder / "M1.meter")


def parts(purchases: Sequence[ImportedPurchase]) -> PurchasesImported:
    return PurchasesImported(account="A1", meter="M1", unit=CreditUnit.ENERGY, first=1, purchases=list(purchases))


SETTLED = parts([bought(count) for count in range(1, 41)])


def test_a_new_card_takes_the_old_ones_place_and_buys_at_once(branch: Branch, counter: Counter) -> None:
    take_over(branch, SETTLED, imported())
    card = branch.blank(0)
    with counter.desk() as desk, counter.card(card) as driver:
        replace_card(desk, driver, "A1", "the old system's")
        done = vend(desk, driver, Amount(energy=50_000))
        facts = desk.store.account("A1")
        assert facts is not None
        assert year_energy(facts, 2026) == 4_050_000, "tiers go on from what was bought in the old system this year"
        assert desk.store.job(done.job).amount == 2_940, "so that this is 50 kWh at the second tier, 0.588"
        image = driver.read().image
        assert image is not None
        assert (image.issue, image.count) == (3, 41)
    assert branch.insert(card) is MeterOutcome.LOADED
    with counter.desk() as desk, counter.card(card) as driver:
        view = standing(read_card(desk, driver).facts)
        assert view.books.conserved
        assert view.books.energy.sold == view.books.energy.taken == 4_050_000
        assert view.meter_count == 41


def test_an_old_card_that_the_till_can_read_buys_as_it_is(branch: Branch, counter: Counter) -> None:
    take_over(branch, SETTLED, imported())
    card = branch.blank(9)
    image = CardImage(serial=OLD_CARD, account="A1", meter="M1", issue=2, count=40, credit=100_000)
    with counter.card(card) as driver:
        driver.unlock(derive_card_key(MASTER, OLD_CARD))
        driver.write(image)
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=50_000))
    assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().state.count == 41


@pytest.mark.parametrize(("meter_count", "outcome"), [(40, 0), (39, 100_000)])
def test_a_credit_that_nobody_knows_to_be_taken_is_settled_by_the_meter(
    branch: Branch, counter: Counter, meter_count: int, outcome: int
) -> None:
    """The last one was on the old card. The new card asks the meter first; what it did not take is made up."""
    settled = parts([bought(count) for count in range(1, 40)])
    waiting = imported(taken=39, through=3_900_000, waiting=bought(40), waiting_number=40)
    take_over(branch, settled, waiting, meter_count=meter_count)
    card = branch.blank(0)
    with counter.desk() as desk, counter.card(card) as driver:
        replace_card(desk, driver, "A1", "the old system's")
        with pytest.raises(MeterFirst):
            vend(desk, driver, Amount(energy=50_000))
    branch.insert(card)
    with counter.desk() as desk, counter.card(card) as driver:
        view = standing(read_card(desk, driver).facts)
        assert sum(debt.credit for debt in view.owed) == outcome
        assert [placed.where for placed in view.credits] == [Where.OWED if outcome else Where.METER]
        assert view.books.conserved
        if not outcome:
            assert desk.store.job(vend(desk, driver, Amount(energy=50_000)).job).count == 41


def test_an_account_whose_last_card_was_lost_is_given_one_of_the_next_issue(branch: Branch, counter: Counter) -> None:
    take_over(branch, SETTLED, imported(cards=[]))
    with counter.desk() as desk, counter.card(branch.blank(0)) as driver:
        with pytest.raises(NoActiveCard):
            replace_card(desk, driver, "A1", "lost")
        issue_card(desk, driver, "A1")
        vend(desk, driver, Amount(energy=50_000))
    assert branch.insert(branch.blank(0)) is MeterOutcome.LOADED


def test_a_card_that_the_old_system_had_replaced_is_refused(branch: Branch, counter: Counter) -> None:
    older = ImportedCard(serial=SERIALS[8], issue=1)
    take_over(branch, SETTLED, imported(cards=[older, ImportedCard(serial=OLD_CARD, issue=2)]))
    card = branch.blank(8)
    with counter.card(card) as driver:
        driver.unlock(derive_card_key(MASTER, SERIALS[8]))
        driver.write(CardImage(serial=SERIALS[8], account="A1", meter="M1", issue=1, count=12, credit=0))
    with counter.desk() as desk, counter.card(card) as driver, pytest.raises(CardIsSuperseded):
        vend(desk, driver, Amount(energy=50_000))


@pytest.mark.parametrize(("through", "conserved"), [(4_000_000, True), (3_999_000, False), (None, True)])
def test_a_meter_that_counted_something_else_than_it_was_sold_is_found(
    branch: Branch, counter: Counter, through: int | None, conserved: bool
) -> None:
    """Unless the old system did not know what it had counted: then there is nothing to hold it against."""
    take_over(branch, SETTLED, imported(through=through))
    card = branch.blank(0)
    with counter.desk() as desk, counter.card(card) as driver:
        replace_card(desk, driver, "A1", "the old system's")
    branch.insert(card)
    with counter.desk() as desk, counter.card(card) as driver:
        assert standing(read_card(desk, driver).facts).books.conserved is conserved
