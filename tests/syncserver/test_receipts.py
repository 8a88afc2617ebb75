"""A paper receipt at the office: genuine, undone since, not arrived, altered, or no such; by code and by number."""

from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from common.chain import append
from common.clerks import Approval, Role
from common.clock import Hlc, wall_ms
from common.entries import ClerkSet, Purpose, ReceiptVoided, ReversalStarted, SettledBy, completed_as
from common.receipt_code import BadReceiptCode, ReceiptCode
from syncserver.audit.rebuild import rebuild
from syncserver.office.receipts import Verdict, check_receipt
from syncserver.store import ForkRow, MasterStore
from tests.syncserver.questions import questions
from tests.syncserver.test_settling import master, take
from tests.till.branch import Branch, Clock, Counter, OfficeVoice
from till.journal.keys import load_keys
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend

pytestmark = pytest.mark.usefixtures("each_store")

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="the wrong amount")
SALES = 25


@pytest.fixture(scope="module")
def branch(tmp_path_factory):
    """A till with some sales, the last of them reversed, and arrears paid."""
    folder, clock = tmp_path_factory.mktemp("branch"), Clock()
    office = OfficeVoice(clock)
    made = Branch(folder, clock, office, Counter("till-0001", folder / "till-0001", office))
    office.say(
        ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=HASHER.hash(LI.pin), active=True)
    )
    made.counter.hear()
    card = made.customer()
    for number in range(SALES):
        with made.counter.desk() as desk, made.counter.card(card) as driver:
            vend(desk, driver, Amount(money=1_000 + number))
        if number < SALES - 1:
            made.insert(card)
    with made.counter.desk() as desk, made.counter.card(card) as driver:
        reverse(desk, driver, LI)
        enter_arrears(desk, "A1", name="2025", amount=1_000, share=0, fixed=500, supervisor=LI)
        pay_arrears(desk, "A1", 700, payment="cash")
    return made


@pytest.fixture(scope="module")
def journal(branch):
    with branch.counter.desk() as desk:
        return list(desk.store.entries("till-0001", 1))


@contextmanager
def office_with(branch, entries):
    keys = {"till-0001": load_keys(branch.counter.keys_folder).signing}
    with master(["till-0001", "till-0002"], keys) as store:
        take(store, [entries])
        yield store


def named(journal, number):
    """The entry that names a receipt."""
    text = f"till-0001-{number:08d}"
    return next(signed for signed in journal if getattr(signed.entry.body, "receipt", None) == text)


def asked(store: MasterStore, text: str):
    with store.read() as reading:
        return check_receipt(reading, text)


def test_every_receipt_is_found_by_its_code_and_by_its_number(branch, journal):
    with office_with(branch, journal) as store:
        for number in range(1, SALES + 3):
            entry = named(journal, number)
            by_code = asked(store, ReceiptCode.of(entry).text)
            by_number = asked(store, f"till-0001-{number:08d}")
            assert by_code == by_number
            [held] = by_code.held
            assert (held.code.hash, held.beside, held.account) == (entry.hash, False, "A1")
            assert by_code.last == f"till-0001-{SALES + 2:08d}"
        assert asked(store, "TILL-0001-00000003").held[0].amount == 1_002
        assert asked(store, "till-0001-00000003").verdict is Verdict.GENUINE
        assert asked(store, f"till-0001-{SALES + 2:08d}").held[0].kind == "arrears"


def test_a_receipt_of_a_long_life_asks_no_more_than_one_of_a_short(branch, journal):
    counts = []
    for sales in (3, SALES):
        with office_with(branch, journal[: named(journal, sales).entry.seq]) as store, questions() as said:
            assert asked(store, "till-0001-00000002").verdict is Verdict.GENUINE
        counts.append(len(said))
    assert counts[0] == counts[1] > 0


def test_what_was_undone_since_says_by_what(branch, journal):
    with office_with(branch, journal) as store:
        found = asked(store, f"till-0001-{SALES:08d}")
        assert found.verdict is Verdict.UNDONE
        [undone] = found.held[0].undone
        assert (undone.kind, undone.receipt, undone.till) == ("reversal", f"till-0001-{SALES + 1:08d}", "till-0001")
        assert asked(store, undone.receipt).verdict is Verdict.GENUINE


def test_what_has_not_arrived_is_told_from_what_there_is_not(branch, journal):
    last = named(journal, SALES - 1).entry.seq
    with office_with(branch, journal[: last - 1]) as store:
        for text in (f"till-0001-{SALES:08d}", ReceiptCode.of(named(journal, SALES - 1)).text):
            found = asked(store, text)
            assert (found.verdict, found.held) == (Verdict.NOT_ARRIVED, [])
            assert found.last == f"till-0001-{SALES - 2:08d}"
        assert asked(store, "till-0002-00000001").verdict is Verdict.NOT_ARRIVED
        assert asked(store, "till-0009-00000001").verdict is Verdict.NO_SUCH
        assert asked(store, "office-00000001").verdict is Verdict.NO_SUCH


def test_an_altered_paper_is_seen(branch, journal):
    entry = named(journal, 4)
    code = ReceiptCode.of(entry)
    with office_with(branch, journal) as store:
        for change in ({"hash": "0" * 64}, {"seq": code.seq + 1}):
            altered = ReceiptCode(
                till=code.till, epoch=1, seq=change.get("seq", code.seq), hash=change.get("hash", code.hash)
            )
            assert asked(store, altered.text).verdict is Verdict.ANOTHER
        start = journal[entry.entry.seq - 2]
        assert asked(store, ReceiptCode.of(start).text).verdict is Verdict.NO_SUCH
        elsewhere = ReceiptCode(till="till-0001", epoch=2, seq=1, hash=code.hash)
        assert asked(store, elsewhere.text).verdict is Verdict.NO_SUCH


def test_a_number_that_a_copied_disk_gave_a_second_time_shows_both(branch, journal):
    """The other branch of a fork stands beside the journal: both papers are what the tills printed."""
    entry = named(journal, 5)
    key = load_keys(branch.counter.keys_folder).signing
    before = journal[entry.entry.seq - 2]
    at = entry.entry.at
    other = append(key, before.head, entry.entry.body, at=at, hlc=Hlc(wall_ms(at) + 9, 0))
    with office_with(branch, journal) as store:
        with store.write() as writing:
            row = ForkRow("till-0001", 1, other.entry.seq, other.hash, other.signature, other.raw)
            writing.keep_fork([row])
        found = asked(store, "till-0001-00000005")
        assert [held.beside for held in found.held] == [False, True]
        [held] = asked(store, ReceiptCode.of(other).text).held
        assert held.beside


@pytest.mark.parametrize("text", ["", "hello", "KT1:x", "till-0001-", "-5"])
def test_what_is_neither_code_nor_number_is_refused(branch, journal, text):
    with office_with(branch, journal) as store, pytest.raises(BadReceiptCode):
        asked(store, text)


def test_a_reversal_that_did_not_complete_undoes_nothing(branch, journal):
    key = load_keys(branch.counter.keys_folder).signing
    vend_start = next(s for s in journal if getattr(s.entry.body, "job", "") == named(journal, 2).entry.body.job)
    body = vend_start.entry.body
    started = ReversalStarted(
        job="till-0001/r",
        account="A1",
        before=body.before,
        image=body.image,
        seen=None,
        clerk="wang",
        for_job=body.job,
        money=5,
        approval=Approval(by="li", reason="x"),
    )
    at = journal[-1].entry.at
    first = append(key, journal[-1].head, started, at=at, hlc=Hlc(wall_ms(at) + 1, 0))
    done = completed_as(Purpose.REVERSAL)(
        job="till-0001/r", account="A1", receipt="till-0001-00000099", by=SettledBy.TILL
    )
    second = append(key, first.head, done, at=at, hlc=Hlc(wall_ms(at) + 2, 0))
    with office_with(branch, [*journal, first]) as store:
        assert asked(store, "till-0001-00000002").verdict is Verdict.GENUINE
        take(store, [[second]])
        assert asked(store, "till-0001-00000002").verdict is Verdict.UNDONE


def test_a_void_number_is_accounted_for(branch, journal):
    key = load_keys(branch.counter.keys_folder).signing
    first, last = named(journal, 3), f"till-0001-{SALES + 3:08d}"
    body = ReceiptVoided(
        receipt="till-0001-00000003",
        instead=last,
        job=first.entry.body.job,
        account="A1",
        clerk="wang",
        approval=Approval(by="li", reason="torn"),
    )
    at = journal[-1].entry.at
    voided = append(key, journal[-1].head, body, at=at, hlc=Hlc(wall_ms(at) + 1, 0))
    with office_with(branch, [*journal, voided]) as store:
        for text in ("till-0001-00000003", ReceiptCode.of(first).text):
            found = asked(store, text)
            assert (found.verdict, found.held[0].instead) == (Verdict.VOID, last)
        for text in (last, ReceiptCode.of(voided).text):
            found = asked(store, text)
            assert (found.verdict, found.held[0].in_place_of) == (Verdict.GENUINE, "till-0001-00000003")
            assert (found.held[0].kind, found.held[0].amount) == ("vend", 1_002)
        assert rebuild(store, check=True, progress=lambda _: None) == []
