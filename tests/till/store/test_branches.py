"""Entries come in any order, twice, carried, and under numbers that others have; the tables say the same in the end."""

import pytest

from common.chain import append, carried
from common.clerks import Approval
from common.clock import Hlc, SteadyMark, wall_ms
from common.entries import CaseOpened, ClockCompared, DecisionWithdrawn, EntryCarried, account_of
from common.resolution import due
from common.wire import FeedItem
from tests.till.branch import freeze
from till.journal.errors import FeedRefused
from till.journal.writer import Journal
from till.operations.clerks import Supervisor
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend
from till.store import Owner, StoreConflict
from till.store.rebuild import rebuild

NOBODY = Supervisor(clerk="li", pin="194673", reason="seen it")


@pytest.fixture
def other(branch):
    """Another till of the branch."""
    made = branch.new_till("till-0002")
    branch.counter.hear()
    return made


def journal(counter):
    with counter.desk() as desk:
        return list(desk.store.entries(counter.till, 1))


def carry(office, signed):
    """The office's entry that carries this one."""
    line = signed.line.removesuffix(b"\n").decode()
    return office.say(EntryCarried(account=account_of(signed.entry.body), line=line, fork=True))


def hear(counter, *entries):
    with counter.desk() as desk:
        position = desk.store.feed_position()
        items = [FeedItem(position + place, signed) for place, signed in enumerate(entries, 1)]
        desk.journal.accept(items, position + len(items))


def consistent(counter):
    with counter.desk() as desk:
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        desk.journal.verify(lambda _: None)
        return desk.store.totals()


def sold(branch, counter, energy=1_000):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=energy))
    return card


def test_a_reversal_of_anothers_sale_counts_alike_whichever_is_folded_first(branch, counter, other, monkeypatch):
    card = sold(branch, counter)
    hear(other, *journal(counter))
    monkeypatch.setattr("till.operations.reversal.approve", lambda *_: approval())
    with other.desk() as desk, other.card(card) as driver:
        reverse(desk, driver, NOBODY)
        assert (desk.store.totals().energy, desk.store.totals().reversals) == (-1_000, 1)
    assert consistent(other).energy == -1_000


def approval():
    return Approval(by="li", reason="seen it")


def test_an_own_reversal_that_is_heard_before_what_it_undid_counts_alike(branch, counter, other, monkeypatch):
    """The office carries the reversal of a disk that is no more; what it undid comes later."""
    card = sold(branch, counter)
    monkeypatch.setattr("till.operations.reversal.approve", lambda *_: approval())
    with counter.desk() as desk, counter.card(card) as driver:
        reverse(desk, driver, NOBODY)
    *before, vended, _, started, completed = journal(counter)
    with other.desk() as desk:
        desk.store.begin_epoch(Owner(till="till-0001", branch="B1", epoch=2))
    hear(other, carry(branch.office, started), carry(branch.office, completed), *before, vended)
    with other.desk() as desk:
        assert desk.store.totals().energy == -1_000


def test_an_own_job_that_another_branch_ended_is_told_alike_whichever_is_folded_first(branch, counter, other):
    """The tables are folded afresh with the office's journal first, and the end with it (seed 4564)."""
    sold(branch, counter)
    opening, opened, _, _, started, completed = journal(counter)
    with other.desk() as desk:
        desk.store.begin_epoch(Owner(till="till-0001", branch="B1", epoch=2))
        rebuild(desk.store, check=False, progress=lambda _: None)
    hear(other, opening, opened, started)
    with other.desk() as desk:
        assert len(desk.store.open_jobs()) == 1
    hear(other, carry(branch.office, completed))
    with other.desk() as desk:
        assert desk.store.open_jobs() == []
    consistent(other)


def test_an_entry_that_came_carried_may_come_in_its_journal_too(branch, counter, other):
    card = sold(branch, counter)
    own = journal(counter)
    hear(other, *(carry(branch.office, signed) for signed in own), *own)
    consistent(other)
    with other.desk() as desk:
        facts = desk.store.account("A1")
        assert facts is not None
        assert sorted(facts.forked.values()) == ["till-0001-00000001"]
        cases = [case for case in due(facts).values() if case.rule == "sold_on_a_fork"]
        assert [(case.receipt, case.writer, case.options) for case in cases] == [
            ("till-0001-00000001", "till-0001", [])
        ]
    assert card.exists()


def test_another_entry_under_a_number_that_is_here_sets_the_branch_aside(branch, counter, other):
    sold(branch, counter)
    own = journal(counter)
    hear(other, *own)
    with counter.desk() as desk:
        keys, head = desk.keys, own[3].head
    at = counter.office.clock.now
    rival = append(keys.signing, head, ClockCompared(offset_ms=1), at=at, hlc=Hlc(own[-1].entry.hlc.ms + 1, 0))
    hear(other, rival)
    with other.desk() as desk:
        assert [signed.hash for signed in desk.store.entries("till-0001", 1)][-1] == rival.hash
        aside = [signed.hash for signed in desk.store.entries_aside("till-0001", 1)]
        assert aside == [signed.hash for signed in own[4:]]
        assert desk.store.account("A1") is not None
    consistent(other)


def test_what_the_office_lost_and_carries_is_not_folded_after_what_it_said_since(branch, counter, other):
    """It goes on under lower numbers, and none of them comes to this till in the lost one's place (seed 104300)."""
    sold(branch, counter)
    hear(other, *journal(counter))
    office = branch.office
    head, at = office.spoken[-1].head, office.clock()
    for body in (case("A7"), case("A8"), case("A9"), case("A1")):
        lost = append(office.key, head, body, at=at, hlc=Hlc(wall_ms(at), head.seq))
        head = lost.head
    hear(other, lost)
    hear(other, carry(office, lost), office.say(DecisionWithdrawn(key=case("A1").key, account="A1")))
    with other.desk() as desk:
        facts = desk.store.account("A1")
        assert facts is not None
        assert facts.decisions == {}
        assert [signed.hash for signed in desk.store.entries_aside("office", 1)] == [lost.hash]
    consistent(other)


def case(account):
    key = f"not_conserved/{account}/M1/1"
    return CaseOpened(key=key, rule="not_conserved", account=account, subject="M1", credit=1, about="meter")


def test_receipt_numbers_go_on_after_the_highest_of_both_branches(branch, counter):
    """One job, started once, is completed on both disks, each with a number of its own."""
    sold(branch, counter)
    *_, completed = journal(counter)
    body = completed.entry.body
    with counter.desk() as desk:
        other_body = type(body)(job=body.job, account=body.account, receipt="till-0001-00000007", by=body.by)
        head = journal(counter)[-2].head
        rival = append(desk.keys.signing, head, other_body, at=completed.entry.at, hlc=completed.entry.hlc)
    hear(counter, carry(branch.office, rival))
    assert consistent(counter).receipts == 7


def test_a_journal_begins_with_its_opening_even_when_the_clock_was_set(counter):
    with counter.desk() as desk:
        desk.journal.commit(ClockCompared(offset_ms=1))
        far = counter.office.clock.now.replace(year=2027)
        desk.store.set_setting("steady", SteadyMark("boot", 0, 0))
        steady = SteadyMark("boot", 10, wall_ms(far))
        journal = Journal(desk.store, desk.keys, "till-0001", 2, lambda: far, None, lambda _: steady)
        journal.open_first("B1", "test")
        first, second = desk.store.entries("till-0001", 2)
    assert type(first.entry.body).__name__ == "JournalOpened"
    assert type(second.entry.body).__name__ == "ClockStepped"


def test_the_same_job_is_never_started_twice_by_the_till_itself(branch, counter):
    sold(branch, counter)
    started = journal(counter)[-2].entry.body
    with counter.desk() as desk, pytest.raises(StoreConflict):
        desk.journal.commit(started)


def test_what_is_carried_must_be_what_it_says(branch, counter, other):
    with counter.desk() as desk:
        freeze(desk, "A9", "test")
    entry = journal(counter)[-1]
    good = carry(branch.office, entry)
    assert carried(good).hash == entry.hash
    wrong = branch.office.say(EntryCarried(account="A8", line=good.entry.body.line, fork=False))
    with pytest.raises(FeedRefused):
        hear(other, wrong)
