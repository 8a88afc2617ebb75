"""What waits to go to the office: as a person would count it."""

from tests.till.branch import freeze
from till.operations.accounts import open_account
from till.operations.unsent import unsent
from till.operations.vend import Amount, vend


def waiting(counter):
    with counter.desk() as desk:
        found = unsent(desk)
        return dict(found.kinds), found.money


def test_what_waits_is_counted_by_kind(branch, counter):
    assert waiting(counter) == ({}, 0)
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=10_000))
        sold = desk.store.totals().money
        freeze(desk, "A1", "moved")
        open_account(desk, number="A2", name="x", meter="M2", tariff_class="residential", limit=1000)
    kinds, money = waiting(counter)
    assert kinds == {"vend": 1, "issue": 1, "account": 3}
    assert money == sold > 0


def test_what_the_office_has_waits_no_more(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=10_000))
        desk.store.set_acked(desk.journal.head, desk.now())
    assert waiting(counter) == ({}, 0)
