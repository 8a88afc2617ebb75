"""Accounts: opened under the till's own numbers, put right, and found again however they are asked for."""

import pytest

from common.account import details
from common.admission import AccountIsFrozen, AccountUnknown
from common.entries import NumbersAllotted
from tests.till.branch import freeze
from till.operations.accounts import amend_account, find_accounts, open_account
from till.operations.refusals import AccountExists, BadField, MeterInUse, NoNumberLeft
from till.store.rebuild import rebuild


def opened(desk, number=None, name="李四", meter="M1", **more):
    members = {"tariff_class": "residential", "limit": 3_000_000} | more
    return open_account(desk, number=number, name=name, meter=meter, **members)


def found(desk, words):
    return [row.number for row in find_accounts(desk, words, 50)]


def test_two_offline_tills_never_give_out_the_same_number(branch, counter):
    other = branch.new_till("till-0002")
    numbers = []
    for place, till in enumerate((counter, other)):
        with till.desk() as desk:
            numbers += [opened(desk, meter=f"M{place}{turn}").account for turn in range(3)]
    assert numbers == ["0000100000", "0000100001", "0000100002", "0000200000", "0000200001", "0000200002"]


def test_a_used_up_block_is_followed_by_the_next(branch, counter):
    with counter.desk() as desk:
        opened(desk, number="0000100999")
        with pytest.raises(NoNumberLeft):
            opened(desk, meter="M2")
    branch.office.say(NumbersAllotted(till="till-0001", first=5_000_000_000, count=10))
    counter.hear()
    with counter.desk() as desk:
        assert opened(desk, meter="M2").account == "5000000000"
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def test_an_account_is_found_by_all_that_people_know_of_it(branch, counter):
    card = branch.customer("0431-77", card=3)
    with counter.desk() as desk:
        opened(desk, "0431-78", "王小明 Wang", "M2", phone="138 0013 8000")
        opened(desk, "0431-79", "单田芳", "M3", note="dog")
        for words in ("0431-77", "李", "ls", "LS", card.stem, card.stem[:12]):
            assert found(desk, words) == ["0431-77"]
        for words in ("小明", "wxm", "wang", "8000", "M2", "0431-78"):
            assert found(desk, words) == ["0431-78"]
        for words in ("stf", "dtf"):  # both readings of the first character
            assert found(desk, words) == ["0431-79"]
        assert found(desk, "0431") == found(desk, "") == ["0431-77", "0431-78", "0431-79"]
        for words in ("%", "_", "!", "nobody"):
            assert found(desk, words) == []


def test_what_is_put_right_is_found_and_the_latest_word_holds(branch, counter):
    branch.customer()
    other = branch.new_till("till-0002")
    with counter.desk() as desk:
        amend_account(desk, "A1", name="李思", phone="1")
        journal = list(desk.store.entries("till-0001", 1))
    other.hear(*journal)
    with other.desk() as desk:
        amend_account(desk, "A1", phone="2", limit=9_000)
        later = [*desk.store.entries("till-0002", 1)]
    counter.hear(*later)
    for till in (counter, other):
        with till.desk() as desk:
            known = details(desk.store.account("A1"))
            assert (known.name, known.phone, known.limit, known.tariff_class) == ("李思", "2", 9_000, "residential")
            assert found(desk, "ls") == ["A1"]
            assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def test_what_cannot_be(branch, counter):
    branch.customer()
    with counter.desk() as desk:
        with pytest.raises(AccountExists):
            opened(desk, "A1", meter="M2")
        with pytest.raises(MeterInUse) as caught:
            opened(desk, "A2", meter="M1")
        assert caught.value.account == "A1"
        for wrong in ({"phone": "\n"}, {"note": "x" * 201}, {"limit": 0}, {"tariff_class": "farm"}, {"name": " "}):
            with pytest.raises(BadField):
                amend_account(desk, "A1", **wrong)
        with pytest.raises(BadField):
            amend_account(desk, "A1")
        with pytest.raises(AccountUnknown):
            amend_account(desk, "A9", note="x")
        head = desk.journal.head
        freeze(desk, "A1", "gone")
        with pytest.raises(AccountIsFrozen):
            amend_account(desk, "A1", note="x")
        assert desk.journal.head.seq == head.seq + 1
        assert found(desk, "A1") == ["A1"]
        opened(desk, "A2", meter="M1")
