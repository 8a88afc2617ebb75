"""What the office's rules and people decided, carried out at the till that hears of it: once, and on the books."""

import pytest
from argon2 import PasswordHasher

from common.account import open_debts, standing
from common.admission import AccountIsFrozen, CardIsBlocked, NothingToRefund, Refused
from common.clerks import Role
from common.entries import (
    About,
    ArrearsOwed,
    CardBlocked,
    CaseDecided,
    CaseOpened,
    ClerkSet,
    DecisionWithdrawn,
    Option,
    RefundOwed,
)
from tests.till.branch import freeze
from till.operations.clerks import Supervisor
from till.operations.closing import freeze_account, refund
from till.operations.receipts import print_queued
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.store.rebuild import rebuild

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="decided")


@pytest.fixture
def staffed(branch, counter):
    for name, role, pin in (("li", Role.SUPERVISOR, LI.pin), ("wang", Role.CLERK, "380512")):
        branch.office.say(ClerkSet(clerk=name, name=name, branch="B1", roles=[role], pin=HASHER.hash(pin), active=True))
    counter.hear()
    return counter


def at(counter, card, job, *arguments):
    with counter.desk() as desk, counter.card(card) as driver:
        return job(desk, driver, *arguments)


def facts_of(counter):
    with counter.desk() as desk:
        facts = desk.store.account("A1")
        assert standing(facts).books.conserved
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        return facts


def money(counter):
    with counter.desk() as desk:
        return desk.store.totals().money


def decided(option, amount=0, case="made_up_twice/x", subject="x"):
    return CaseDecided(
        case=case, account="A1", option=option, subject=subject, amount=amount, by="chen", reason="客户有理 he is right"
    )


def test_arrears_that_a_rule_asks_for_are_paid_by_the_next_purchase_and_by_no_other(branch, staffed):
    card = branch.customer()
    owed = ArrearsOwed(
        key="made_up_twice/arrears/x",
        rule="made_up_twice",
        account="A1",
        for_job="x",
        name="补电重复 twice",
        amount=1_614,
    )
    branch.office.say(owed)
    staffed.hear()
    at(staffed, card, vend, Amount(money=5_000))
    branch.insert(card)
    assert money(staffed) == 5_000
    assert facts_of(staffed).jobs.popitem()[1].recovered == {owed.key: 1_614}
    assert open_debts(facts_of(staffed)) == []
    sold = at(staffed, card, vend, Amount(money=5_000))
    with staffed.desk() as desk:
        assert desk.store.job(sold.job).recovered == {}


def test_arrears_that_are_withdrawn_before_anybody_paid_are_not_asked_for(branch, staffed):
    card = branch.customer()
    owed = ArrearsOwed(key="made_up_twice/arrears/x", rule="r", account="A1", for_job="x", name="n", amount=1_614)
    branch.office.say(owed)
    branch.office.say(DecisionWithdrawn(key=owed.key, account="A1"))
    staffed.hear()
    sold = at(staffed, card, vend, Amount(money=5_000))
    with staffed.desk() as desk:
        assert desk.store.job(sold.job).recovered == {}


def test_a_refund_that_a_person_decided_on_is_paid_once_with_a_receipt(branch, staffed, tmp_path):
    card = branch.customer()
    at(staffed, card, vend, Amount(money=5_000))
    branch.insert(card)
    branch.office.say(decided(Option.REFUND, 1_200))
    staffed.hear()
    with staffed.desk() as desk:
        paid = refund(desk, "A1", payment="cash", supervisor=LI)
        assert (paid.amount, paid.credit, paid.decision) == (1_200, 0, "made_up_twice/x")
        assert print_queued(desk, FilePrinter(tmp_path / "receipts"))[-1] == paid.receipt
        printed = (tmp_path / "receipts" / f"{paid.receipt}.txt").read_text(encoding="utf-8")
        assert "总部 Office" in printed
        assert "kWh" not in printed
        with pytest.raises(NothingToRefund):
            refund(desk, "A1", payment="cash", supervisor=LI)
    assert money(staffed) == 3_800
    assert facts_of(staffed).refunds[paid.refund].decision == "made_up_twice/x"


def test_it_is_paid_though_the_account_is_closed(branch, staffed):
    branch.customer()
    branch.office.say(decided(Option.REFUND, 1_200, "sold_to_frozen/x"))
    staffed.hear()
    with staffed.desk() as desk:
        freeze(desk, "A1", "moved away")
        assert refund(desk, "A1", payment="cash", supervisor=LI).amount == 1_200
        with pytest.raises(AccountIsFrozen):
            refund(desk, "A1", payment="cash", supervisor=LI)


def test_what_a_person_decided_to_recover_is_recovered_under_his_words(branch, staffed):
    card = branch.customer()
    branch.office.say(decided(Option.RECOVER, 700))
    staffed.hear()
    sold = at(staffed, card, vend, Amount(energy=10_000))
    with staffed.desk() as desk:
        assert desk.store.job(sold.job).recovered == {"made_up_twice/x": 700}
    assert open_debts(facts_of(staffed)) == []


def test_the_refund_of_a_sale_to_a_closed_account_is_paid_where_the_card_is_and_only_there(branch, staffed):
    card = branch.customer()
    sold = at(staffed, card, vend, Amount(money=5_000))
    with staffed.desk() as desk:
        freeze(desk, "A1", "moved away")
    with pytest.raises(AccountIsFrozen):
        at(staffed, card, reverse, LI)
    branch.office.say(
        RefundOwed(key="sold_to_frozen/refund/x", rule="sold_to_frozen", account="A1", for_job=sold.job, amount=5_000)
    )
    staffed.hear()
    at(staffed, card, reverse, LI)
    assert money(staffed) == 0
    with pytest.raises(Refused):
        at(staffed, card, reverse, LI)
    assert money(staffed) == 0
    branch.insert(card)
    assert branch.meter().state.count == 0, "the meter gets nothing"


def test_a_card_that_the_meter_has_emptied_brings_no_refund(branch, staffed):
    card = branch.customer()
    sold = at(staffed, card, vend, Amount(money=5_000))
    branch.insert(card)
    with staffed.desk() as desk:
        freeze(desk, "A1", "moved away")
    branch.office.say(
        RefundOwed(key="sold_to_frozen/refund/x", rule="sold_to_frozen", account="A1", for_job=sold.job, amount=5_000)
    )
    staffed.hear()
    with pytest.raises(AccountIsFrozen):
        at(staffed, card, reverse, LI)
    assert money(staffed) == 5_000


def test_a_blocked_card_says_which_rule_blocked_it_until_the_block_is_withdrawn(branch, staffed):
    card = branch.customer()
    serial = card.stem
    branch.office.say(CardBlocked(key=f"s/card/{serial}", rule="same_count_twice", account="A1", card=serial))
    branch.office.say(
        CaseOpened(
            key="same_count_twice/x", rule="same_count_twice", account="A1", about=About.CARD, subject=serial, credit=1
        )
    )
    staffed.hear()
    with pytest.raises(CardIsBlocked) as refused:
        at(staffed, card, vend, Amount(money=5_000))
    assert refused.value.rule == "same_count_twice"
    branch.office.say(decided(Option.UNBLOCK, case="same_count_twice/x", subject=serial))
    branch.office.say(DecisionWithdrawn(key=f"s/card/{serial}", account="A1"))
    staffed.hear()
    at(staffed, card, vend, Amount(money=5_000))


def test_closing_notes_the_highest_count_that_the_till_knew(branch, staffed):
    with staffed.desk() as desk:
        branch.open(desk, "A1", "M1")
        frozen = freeze_account(desk, "A1", LI)
    assert (frozen.meter, frozen.known_count) == ("M1", 0)
