"""Any card is explained: each field in words, what is wrong, and what to do next."""

from datetime import timedelta

import msgspec
import pytest
from argon2 import PasswordHasher

from common.account import CardState, JobState, Where, latest_purchases, standing
from common.account.purchases import SHOWN
from common.card.image import ReturnStatus
from common.card.keys import derive_card_key
from common.clerks import Role
from common.entries import ClerkSet, MakeupOwed, MeterModelSet, Purpose
from common.units import CreditUnit
from tests.till.branch import MASTER, SERIALS
from till.cards.errors import CardRemoved
from till.messages import Figures, Words, languages
from till.messages.words import texts
from till.operations.accounts import open_account
from till.operations.arrears import enter_arrears
from till.operations.cards import issue_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import wipe_card
from till.operations.examine import examine_card
from till.operations.meters import change_meter, clear_meter
from till.operations.refusals import LeftInDoubt
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend
from till.presenting.card import explain_card
from till.simulator.card_file import load_card, make_blank
from till.simulator.channel import ChipChannel
from till.store.move_history import move_history

LI = Supervisor(clerk="li", pin="194673", reason="seen it")
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
FIELDS = {
    "image": {"account", "meter", "issue", "count", "credit", "unit", "kind", "written_by"},
    "returned": {"meter", "status", "remaining", "use", "meter_count", "meter_issue", "card_count"},
}


@pytest.fixture
def staffed(branch, counter):
    branch.office.say(
        ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=HASHER.hash(LI.pin), active=True)
    )
    for model, unit in (("DDZY-M", CreditUnit.MONEY), ("DDZY-E", CreditUnit.ENERGY)):
        branch.office.say(MeterModelSet(model=model, unit=unit, limit=50_000, chip="cpu", layout="cpu-v1"))
    counter.hear()
    return counter


def at(counter, card, job, *arguments):
    with counter.desk() as desk, counter.card(card) as driver:
        return job(desk, driver, *arguments)


def explained(counter, card, language="en"):
    words = Words(language, "terms", "card")
    with counter.desk() as desk, counter.card(card) as driver:
        return explain_card(examine_card(desk, driver), Figures.of(words, desk.store.utility()))


def tell(counter, other):
    """Let another till hear all that this one has written."""
    with counter.desk() as desk:
        entries = list(desk.store.entries(counter.till, 1))
    other.hear(*entries)


def money_customer(branch, counter):
    """An account whose meter counts money, and its card."""
    with counter.desk() as desk:
        open_account(desk, number="A1", name="李四", meter="M1", tariff_class="residential", model="DDZY-M")
    branch.meter("M1", CreditUnit.MONEY)
    card = branch.blank(0)
    at(counter, card, issue_card, "A1")
    return card


def values(found, part):
    return {row.key: row.value for row in found.part(part).rows}


def wrong(found):
    return {row.key: row.wrong for part in found.parts for row in part.rows if row.wrong}


def test_every_field_of_a_good_card_is_said(branch, counter):
    card = branch.customer()
    sold = at(counter, card, vend, Amount(energy=50_000))
    branch.insert(card)
    branch.meter().consume(8_000)
    branch.insert(card)
    found = explained(counter, card)
    for part, fields in FIELDS.items():
        assert set(values(found, part)) == fields
    image, returned = values(found, "image"), values(found, "returned")
    assert (image["account"], image["meter"], image["issue"], image["count"]) == ("A1  李四", "M1", "1", "1")
    assert image["credit"] == "50.000 kWh, taken by the meter"
    assert image["written_by"].startswith("sale of 50.000 kWh, 2026-11-23 09:00, till-0001, wang")
    assert image["written_by"].endswith(f"receipt {sold.receipt}")
    assert (returned["remaining"], returned["use"], returned["meter_count"]) == ("42.000 kWh", "8.000 kWh", "1")
    assert returned["status"] == "took the credit of purchase count 1"
    assert values(found, "card")["chip"] == "CPU card, layout cpu-v1"
    assert values(found, "card")["state"] == "in use"
    assert (found.good, wrong(found)) == (True, {})


def test_the_same_is_said_in_every_language_and_nothing_is_left_over(branch, counter):
    card = branch.customer()
    at(counter, card, vend, Amount(energy=50_000))
    keys = set()
    for language in languages():
        found = explained(counter, card, language)
        shown = [text for part in found.parts for row in part.rows for text in (row.label, row.value, row.wrong)]
        assert not any("{" in text for text in shown)
        keys.add(tuple(row.key for part in found.parts for row in part.rows))
        assert found.verdict.error == "CreditNotTaken"
    assert len(keys) == 1
    chinese = explained(counter, card, "zh")
    assert chinese.part("image").row("credit").value == "50.000 kWh，电能表尚未读取"


def test_a_memory_card_is_explained_alike(branch, counter):
    branch.chip = "sle4442"
    found = explained(counter, branch.customer())
    assert values(found, "card")["chip"] == "memory card (SLE4442), layout sle4442-v1"


def test_a_superseded_card_says_by_which_card_who_when_and_where(branch, counter):
    old, new = branch.customer(), branch.blank(1)
    at(counter, new, replace_card, "A1", "lost")
    found = explained(counter, old)
    assert found.part("card").row("state").wrong == (
        f"replaced (lost) by {SERIALS[1]}, 2026-11-23 09:00, till-0001, wang"
    )
    assert (found.good, found.verdict.error) == (False, "CardIsSuperseded")


def test_a_card_that_was_wiped_and_is_not_blank_is_said_to_be(branch, staffed):
    card = branch.customer()
    copy = card.read_bytes()
    at(staffed, card, wipe_card)
    card.write_bytes(copy)
    found = explained(staffed, card)
    assert found.part("card").row("state").value == "TAKEN BACK"
    assert "card taken back, 2026-11-23 09:00, till-0001, wang" in found.part("card").row("state").wrong
    assert found.verdict.error == "CardWasReturned"


def test_an_older_copy_of_the_card_has_the_wrong_count(branch, counter):
    card = branch.customer()
    copy = card.read_bytes()
    at(counter, card, vend, Amount(energy=50_000))
    card.write_bytes(copy)
    found = explained(counter, card)
    assert wrong(found) == {"count": "by the books it should be 1"}
    assert found.verdict.error == "CountDoesNotFollow"


def test_what_another_till_wrote_is_said_to_be_unknown_here(branch, counter):
    card, other = branch.customer(), branch.new_till("till-0002")
    tell(counter, other)
    at(other, card, vend, Amount(energy=5_000))
    found = explained(counter, card)
    assert set(wrong(found)) == {"count", "written_by"}
    assert found.part("image").row("written_by").wrong == "a job that this till has not heard of"


def test_a_blank_card_of_the_stock_can_be_given_out_and_another_cannot(branch, counter):
    found = explained(counter, branch.blank(3))
    assert values(found, "image") == {"contents": "blank: no account, no credit"}
    assert (found.good, found.verdict.error) == (True, "blank")
    branch.customer()
    at(counter, branch.blank(1), replace_card, "A1", "lost")
    copy = branch.folder / "copy.card"
    make_blank(copy, "cpu", SERIALS[1], derive_card_key(MASTER, SERIALS[1]))
    found = explained(counter, copy)
    assert (found.good, found.verdict.error) == (False, "NotInStock")


def test_a_card_of_an_account_that_this_till_does_not_know(branch, counter):
    card = branch.customer()
    at(counter, card, vend, Amount(energy=50_000))
    branch.insert(card)
    found = explained(branch.new_till("till-0002"), card)
    assert values(found, "image")["account"] == "A1"
    assert values(found, "image")["credit"] == "50.000 kWh, taken by the meter"
    assert set(wrong(found)) == {"account", "written_by"}
    assert (found.good, found.verdict.error) == (False, "AccountUnknown")


def test_a_card_that_does_not_take_its_key_is_shown_by_the_books(branch, counter):
    branch.customer()
    copy = branch.folder / "copy.card"
    make_blank(copy, "cpu", SERIALS[0], bytes(16))
    found = explained(counter, copy)
    assert [part.key for part in found.parts] == ["card"]
    assert values(found, "card")["account"] == "A1  李四"
    assert values(found, "card")["state"] == "in use"
    assert found.verdict.error == "WrongKey"
    assert "None" not in found.verdict.text


def test_a_card_of_another_branch_is_shown_without_a_key(branch, counter):
    foreign = branch.folder / "foreign.card"
    make_blank(foreign, "cpu", "7" * 16, bytes(16))
    found = explained(counter, foreign)
    assert values(found, "card") == {"serial": "7" * 16, "chip": "CPU card, layout cpu-v1"}
    assert found.verdict.error == "NoCardKey"


def test_return_data_that_was_torn_is_said_to_be_repaired_by_the_meter(branch, counter):
    card = branch.customer()
    at(counter, card, vend, Amount(energy=50_000))
    chip = load_card(card)
    chip.tear_after = 5
    with pytest.raises(CardRemoved):
        branch.meter().insert(ChipChannel(chip))
    found = explained(counter, card)
    assert set(wrong(found)) == {"return_torn"}
    assert found.verdict.error == "ReturnDataTorn"


def test_an_interrupted_write_is_settled_and_said(branch, counter):
    card = branch.customer()

    def vend_and_tear(desk, driver):
        chip.tear_after = 10
        vend(desk, driver, Amount(energy=50_000))

    chip = load_card(card)
    watch = counter.watch
    counter.watch = lambda _: ChipChannel(chip)
    with pytest.raises(LeftInDoubt):
        at(counter, card, vend_and_tear)
    counter.watch = watch
    found = explained(counter, card)
    assert found.part("image").row("torn").value.startswith("a write was interrupted")
    assert "void, nothing to pay" in found.part("card").row("settled").value
    assert found.good


def test_what_waits_and_what_is_owed_here_and_as_money(branch, staffed):
    card = branch.customer()
    sold = at(staffed, card, vend, Amount(energy=50_000))
    found = explained(staffed, card)
    assert found.part("open").row("waits").value.startswith("sale of 50.000 kWh")
    new = branch.blank(1)
    at(staffed, new, replace_card, "A1", "lost")
    branch.insert(new)
    found = explained(staffed, new)
    assert found.part("open").row("owed_here").value == "50.000 kWh to be made up, free of charge: till card makeup"
    assert found.verdict.error == "MakeupIsOwed"
    assert sold.job


def test_credit_of_another_unit_is_to_be_given_back_as_money(branch, staffed):
    """The meter was changed for one that counts energy; only then the office finds money that never arrived."""
    card, new = money_customer(branch, staffed), branch.blank(1)
    other = branch.new_till("till-0002")
    tell(staffed, other)
    sold = at(other, card, vend, Amount(money=12_345))
    at(staffed, new, replace_card, "A1", "lost")
    branch.insert(new)
    at(staffed, new, clear_meter)
    branch.insert(new)
    at(staffed, new, lambda desk, driver: change_meter(desk, driver, "M2", None, model="DDZY-E"))
    branch.insert(new, "M2")
    tell(other, staffed)
    branch.office.say(
        MakeupOwed(
            key="k",
            rule="sold_to_superseded",
            account="A1",
            for_job=sold.job,
            credit=12_345,
            unit=CreditUnit.MONEY,
            stranded_on=SERIALS[0],
        )
    )
    staffed.hear()
    found = explained(staffed, new)
    assert found.part("open").row("owed_elsewhere").value == (
        f"123.45 yuan that this meter cannot take; give it back as money: till account refund A1 --job {sold.job}"
    )
    assert found.good


def test_credit_of_which_nobody_knows_needs_a_supervisor(branch, staffed):
    card, new = branch.customer(), branch.blank(1)
    at(staffed, card, vend, Amount(energy=50_000))
    at(staffed, new, replace_card, "A1", "lost")
    found = explained(staffed, new)
    assert "50.000 kWh" in found.part("open").row("unproved").value
    assert "--by" in found.part("open").row("unproved").value
    assert found.verdict.error == "MeterFirst"


def test_an_order_to_clear_and_what_the_meter_gave_up(branch, staffed):
    card = branch.customer()
    at(staffed, card, vend, Amount(energy=50_000))
    branch.insert(card)
    at(staffed, card, clear_meter)
    found = explained(staffed, card)
    assert found.part("image").row("kind").value.startswith("GIVE UP")
    assert found.part("open").row("waits").value.startswith("order to clear the meter")
    branch.insert(card)
    found = explained(staffed, card)
    assert found.part("returned").row("status").value == "gave up its credit for purchase count 2: 50.000 kWh"
    assert found.part("returned").row("remaining").label == "gave up"


def test_money_is_said_with_its_currency_and_a_reversal_is_named(branch, staffed):
    card = money_customer(branch, staffed)
    at(staffed, card, vend, Amount(money=12_345))
    assert explained(staffed, card).part("image").row("credit").value == "123.45 yuan, not taken by the meter yet"
    assert explained(staffed, card, "zh").part("image").row("credit").value == "123.45 元，电能表尚未读取"
    at(staffed, card, reverse, LI)
    assert explained(staffed, card).part("image").row("written_by").value.startswith("reversal")


def test_arrears_are_said_when_the_card_is_read(branch, staffed):
    card = branch.customer()
    with staffed.desk() as desk:
        enter_arrears(desk, "A1", name="2025", amount=5_000, share=300_000, fixed=0, supervisor=LI)
    found = explained(staffed, card)
    assert found.part("open").row("arrears").value == "50.00 yuan for 2025, recovered from purchases"


def test_a_card_of_long_ago_names_the_purchase_in_history(branch, counter):
    old, new = branch.customer(), branch.blank(1)
    for _ in range(SHOWN + 1):
        sold = at(counter, old, vend, Amount(energy=1_000))
        branch.insert(old)
    explained(counter, old)
    at(counter, new, replace_card, "A1", "lost")
    for _ in range(SHOWN + 1):
        at(counter, new, vend, Amount(energy=1_000))
        branch.insert(new)
        explained(counter, new)
    with counter.desk() as desk:
        move_history(desk.store, branch.clock.now + timedelta(days=1), lambda *_: None)
        facts = desk.store.account("A1")
        assert sold.job not in facts.jobs
        assert sold.job not in {bought.job for bought in latest_purchases(facts)}
    found = explained(counter, old)
    assert found.part("image").row("written_by").value == (
        f"sale of 1.000 kWh, 2026-11-23 09:00, receipt {sold.receipt}"
    )


def test_every_state_status_and_purpose_has_its_word_in_every_language():
    sections = {
        "card_state": CardState,
        "job_state": JobState,
        "where": Where,
        "purpose": Purpose,
        "unit": CreditUnit,
        "role": Role,
    }
    for language in languages():
        words = {**texts("terms", language), **texts("card", language)}
        for section, names in (sections | {"return_status": ReturnStatus}).items():
            for name in names:
                assert words[f"{section}.{name.value}"]


def test_reading_twice_says_the_same(branch, counter):
    card = branch.customer()
    at(counter, card, vend, Amount(energy=50_000))
    branch.insert(card)
    first, second = explained(counter, card), explained(counter, card)
    assert msgspec.json.encode(first.verdict) == msgspec.json.encode(second.verdict)
    assert first.parts == second.parts
    with counter.desk() as desk:
        assert standing(desk.store.account("A1")).books.conserved
