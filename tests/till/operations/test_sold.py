"""What a clerk sold since a time is read back from the journal: each movement once, what was undone taken off."""

from tests.gui.counter import SUPERVISORS_PIN, Shop
from till.operations.clerks import Supervisor
from till.operations.decided import decided
from till.operations.reversal import reverse
from till.operations.sold import sold_since
from till.operations.vend import Amount, vend


def test_sales_and_what_was_undone(tmp_path):
    shop = Shop(tmp_path)
    card = shop.customer()
    shop.buys(card, 5_000)
    since = shop.branch.clock()
    with shop.counter.desk() as desk, shop.counter.card(card) as driver:
        vend(desk, driver, Amount(money=3_000), payment="transfer")
    with shop.counter.desk() as desk, shop.counter.card(card) as driver:
        reverse(desk, driver, Supervisor(clerk="li", pin=SUPERVISORS_PIN, reason="wrong sum"))
        moved = sold_since(desk, since)
        assert [(found.kind, found.money) for found in moved] == [("reversal", -3_000), ("vend", 3_000)]
        assert sum(found.credit for found in moved) == 0
        everything = sold_since(desk, shop.branch.clock.now.replace(year=2000))
        assert sum(found.money for found in everything) == desk.store.totals().money == 5_000
        assert sold_since(desk, since, clerk="somebody") == []


def test_what_the_office_decided_and_withdrew(tmp_path):
    from common.entries import CardBlocked, DecisionWithdrawn

    shop = Shop(tmp_path)
    office = shop.branch.office
    for key in ("a", "b"):
        office.say(CardBlocked(key=key, rule="both_replaced", account=f"A{key}", card="6201000000000001"))
    office.say(DecisionWithdrawn(key="a", account="Aa"))
    shop.counter.hear()
    with shop.counter.desk() as desk:
        assert [(made.kind, made.account) for made in decided(desk, 10)] == [("card.blocked", "Ab")]
