"""What stands beside the journals: forks, disks from before, and what tills hand back to a restored office."""

import pytest

from common.account import unpack
from common.chain import ChainError, carried
from common.entries import EntryCarried, LeaseGranted
from common.sealing import box_hex
from syncserver.api.exchange import Exchange
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.ingest.batch import BatchRefused, read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.leases import grant_lease
from syncserver.office.office import Office
from syncserver.office.runs import begin_run, same_feed
from syncserver.store import WriterState
from tests.postgresql import hand
from tests.syncserver.test_journal import restored, row_of
from tests.syncserver.voice import Voice


def silent(_: int) -> None: ...


def facts(office, account):
    with office.store.read() as reading:
        row = reading.accounts([account]).get(account)
    return None if row is None else unpack(row.facts)


def carried_lines(office):
    with office.store.read() as reading:
        found = [stored.signed for stored in reading.of_type("office", "entry.carried")]
    return [carried(signed).line for signed in found]


async def forked(line, clock):
    """A till whose disk was restored: its second branch froze A0 and opened A9."""
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    await line.push(voice)
    older = restored(voice, 2)
    older.freeze("A0")
    older.open_account("A9", "M9")
    await line.send(older)
    return voice, older


async def test_both_branches_of_a_fork_are_in_the_books_and_in_the_feed(line, clock):
    other = await line.till(clock)
    _, older = await forked(line, clock)
    assert facts(line.office, "A0").frozen is not None
    assert facts(line.office, "A2").opened is not None
    assert facts(line.office, "A9").opened is not None
    assert carried_lines(line.office) == [signed.line for signed in older.journal[2:]]
    other.open_account("A0", "M0")
    await line.push(other)
    heard = [inner.line for item in (await line.feed(other))[0] if (inner := carried(item.signed)) is not None]
    assert older.journal[2].line in heard
    assert verify(line.office.store, silent).forks == 2
    assert rebuild(line.office.store, check=True, progress=silent) == []


async def test_a_branch_that_comes_again_is_carried_once(line, clock):
    _, older = await forked(line, clock)
    older.freeze("A9")
    for _ in range(2):
        status, problem = await line.send(older)
        assert (status, problem["seq"]) == (409, 3)
    assert carried_lines(line.office) == [signed.line for signed in older.journal[2:]]
    assert facts(line.office, "A9").frozen is not None


async def test_sales_on_the_disk_from_before_are_not_lost_when_the_till_was_enrolled_again(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    fresh = Voice(clock)
    _, reply = await line.enrol(fresh, line.code(again=voice.till))
    fresh.enrolled(reply)
    await line.push(fresh)
    status, problem = await line.send(voice)
    assert (status, problem["error"], problem["seq"]) == (409, "fork", 2)
    assert facts(line.office, "A1").opened is not None
    fresh.open_account("A2", "M2")
    await line.push(fresh)


@pytest.mark.parametrize("place", [0, -1])
async def test_a_kept_entry_that_was_changed_is_found_and_named(line, clock, place):
    await forked(line, clock)
    seq, raw = hand.ask(line.office, "SELECT seq, raw FROM fork ORDER BY seq")[place]
    hand.change(line.office, "UPDATE fork SET raw = ? WHERE seq = ?", raw.replace(b"wang", b"qian"), seq)
    with pytest.raises(ChainError) as found:
        verify(line.office.store, silent)
    assert found.value.seq == seq


async def test_a_code_made_with_one_command_enrols_the_till_again_in_its_branch(line, clock):
    voice, _ = await forked(line, clock)
    with line.office.store.write() as writing:
        grants.add_code_again(writing, b"0123456789", voice.till, line.office.clock())
    with line.office.store.read() as reading:
        row = next(row for row in reading.writers() if row.id == voice.till)
    assert (row.branch, row.state) == ("hill", WriterState.STOPPED)


# --- the office's loss ---


@pytest.fixture
def lost(office, tmp_path, clock):
    """Puts the office's database back to what it was at the first call."""
    backups = []

    def put_back():
        office.close()  # it opens its database again when it needs it
        if not backups:
            backups.append(hand.keep(office, tmp_path / "backup"))
            return office
        backups[0]()
        return Office.open(office.folder, clock)

    return put_back


def enrolled(office, clock, secret):
    """A till, enrolled without a server."""
    from common.enrolment import make_code
    from common.wire import EnrolRequest

    voice = Voice(clock)
    code = make_code(secret, office.keys.certificate)
    with office.store.write() as writing:
        expires = office.clock().replace(year=2030)
        grants.add_code(writing, code.secret, branch="hill", name="counter", expires=expires)
    request = EnrolRequest(code=code.text, key=voice.request("")["key"], box=box_hex(voice.box), version="test")
    with office.change() as intake:
        row, _ = grants.enrol(intake, office.keys.card_master, request, clock())
    voice.enrolled({"till": row.id, "branch": row.branch, "epoch": row.epoch})
    return voice


def journal_of(office, writer="office", epoch=1):
    with office.store.read() as reading:
        return [stored.signed for stored in reading.entries(writer, epoch)]


def hand_back(office, entries):
    return Exchange(office).returned(b"".join(signed.line for signed in entries)).taken


def test_an_office_that_wrote_nothing_since_goes_on_where_it_was(office, lost, clock):
    lost()
    voice = enrolled(office, clock, b"0123456789")
    with office.change() as intake:
        grants.allot_cards(intake, office.keys.card_master, "hill", ["6201000000000001"])
    before = journal_of(office)
    again = lost()
    assert len(journal_of(again)) < len(before)
    assert hand_back(again, before) > 0
    assert journal_of(again) == before
    with again.store.read() as reading:
        assert reading.forks() == []
        assert reading.writer(voice.till, 1).key == voice.request("")["key"]
        assert reading.allotted("hill") == ["6201000000000001"]
    with again.change() as intake:
        grant_lease(intake, voice.till, clock())
    assert journal_of(again)[-1].entry.seq == len(before) + 1
    verify(again.store, silent)
    assert rebuild(again.store, check=True, progress=silent) == []
    again.close()


def test_what_an_office_wrote_before_it_knew_that_it_was_restored_stands_beside_what_it_lost(office, lost, clock):
    lost()
    voice = enrolled(office, clock, b"0123456789")
    before = journal_of(office)
    again = lost()
    other = enrolled(again, clock, b"9876543210")
    assert (other.till, other.branch) == (voice.till, voice.branch)  # it cannot know better
    written = journal_of(again)
    assert hand_back(again, before) > 0
    assert hand_back(again, before) == 0
    assert journal_of(again)[: len(written)] == written
    held = {signed.hash for signed in journal_of(again)} | {
        carried(signed).hash for signed in journal_of(again) if isinstance(signed.entry.body, EntryCarried)
    }
    # Of a lease the latest word holds: the one that was lost is kept, and not said again.
    assert {signed.hash for signed in before if not isinstance(signed.entry.body, LeaseGranted)} <= held
    verify(again.store, silent)
    assert rebuild(again.store, check=True, progress=silent) == []
    again.close()


def test_entries_of_a_till_that_is_gone_come_back_from_another(office, lost, clock):
    lost()
    voice = enrolled(office, clock, b"0123456789")
    voice.open_account("A1")
    voice.open_account("A2", "M2")
    before = journal_of(office)
    again = lost()
    assert hand_back(again, [*voice.journal[2:], *before]) > 0
    assert facts(again, "A2") is None  # it may still send them itself
    assert row_of(again, voice).seq == 0
    with again.change() as intake:
        grants.revoke(intake, voice.till, "burnt")
    assert facts(again, "A2").opened is not None
    again.close()


def take(office, clock, voice, first=1):
    """The till's journal from an entry on reaches the office. Returns why it is refused, if it is."""
    queue = IngestQueue(office.store, office.keys.signing, clock)
    try:
        queue.take_now(voice.till, voice.epoch, read_batch(voice.lines(first)))
    except BatchRefused as refused:
        return refused.problem
    finally:
        queue.close()
    return None


def carried_as_fork(office):
    return {
        carried(signed).hash: signed.entry.body.fork
        for signed in journal_of(office)
        if isinstance(signed.entry.body, EntryCarried)
    }


def test_another_branch_of_a_till_in_use_that_comes_back_is_a_fork(office, clock):
    """Its disk and the office were both restored; another till had heard what it sold before (seeds 5799, 9433)."""
    voice = enrolled(office, clock, b"0123456789")
    older = restored(voice, 1)
    voice.open_account("A1")
    older.open_account("A2", "M2")
    assert take(office, clock, older) is None
    assert hand_back(office, voice.journal) == 1
    assert facts(office, "A1").opened is not None
    assert carried_as_fork(office) == {voice.journal[1].hash: True}
    assert row_of(office, voice).state is WriterState.STOPPED
    problem = take(office, clock, older)
    assert (problem.error, problem.head) == ("fork", older.head)


def test_a_till_that_goes_another_way_than_what_came_back_of_it_has_forked(office, clock):
    """What came back had no place yet: the till had sent nothing since the office was restored."""
    voice = enrolled(office, clock, b"0123456789")
    older = restored(voice, 1)
    voice.open_account("A1")
    voice.open_account("A2", "M2")
    voice.open_account("A3", "M3")
    older.open_account("A4", "M4")
    older.open_account("A5", "M5")
    assert hand_back(office, voice.journal[2:]) == 2
    assert take(office, clock, restored(older, 2)) is None
    assert {number for number in ("A2", "A3") if facts(office, number)} == {"A2", "A3"}
    assert carried_as_fork(office) == {voice.journal[2].hash: True, voice.journal[3].hash: False}
    assert row_of(office, voice).state is WriterState.STOPPED
    assert take(office, clock, older, first=3).error == "fork"
    assert facts(office, "A5").opened is not None


def test_what_came_back_of_a_till_that_has_lost_it_itself_is_carried_when_it_asks_for_its_feed(office, clock):
    """It sends all that it has before it asks."""
    voice = enrolled(office, clock, b"0123456789")
    older = restored(voice, 1)
    voice.open_account("A1")
    voice.open_account("A2", "M2")
    assert hand_back(office, voice.journal[2:]) == 1
    assert take(office, clock, older) is None
    Exchange(office).carry_lost(row_of(office, voice))
    assert facts(office, "A2").opened is not None
    assert carried_as_fork(office) == {voice.journal[2].hash: False}
    assert row_of(office, voice).state is WriterState.ACTIVE


def test_what_a_till_sends_itself_after_it_came_back_is_carried_no_more(office, clock):
    voice = enrolled(office, clock, b"0123456789")
    voice.open_account("A1")
    voice.open_account("A2", "M2")
    assert hand_back(office, voice.journal[2:]) == 1
    assert take(office, clock, voice) is None
    Exchange(office).carry_lost(row_of(office, voice))
    assert carried_as_fork(office) == {}
    assert row_of(office, voice).state is WriterState.ACTIVE


def test_what_an_office_carried_comes_back_with_the_entry_that_carried_it(office, lost, clock):
    """Whoever wrote it is no more, and under the office's number stands something else since it was restored."""
    voice = enrolled(office, clock, b"0123456789")
    older = restored(voice, 1)
    voice.open_account("A1")
    older.open_account("A2", "M2")
    assert take(office, clock, voice) is None
    lost()
    assert take(office, clock, older).error == "fork"
    before = journal_of(office)
    again = lost()
    enrolled(again, clock, b"9876543210")
    assert facts(again, "A2") is None
    assert hand_back(again, before) > 0
    assert facts(again, "A2").opened is not None
    assert hand_back(again, before) == 0
    verify(again.store, silent)
    assert rebuild(again.store, check=True, progress=silent) == []
    again.close()


def test_what_nobody_signed_is_not_taken_back(office, clock):
    voice = enrolled(office, clock, b"0123456789")
    stranger = Voice(clock)
    stranger.till, stranger.epoch = "office", 1
    from common.entries import TillRevoked

    forged = stranger.write(TillRevoked(till=voice.till, reason="x"))
    with pytest.raises(BatchRefused) as refused:
        hand_back(office, [forged])
    assert refused.value.problem.error == "bad_signature"


def test_a_feed_is_told_from_one_of_another_past(office, lost, clock):
    def begin(office, run):
        with office.store.write() as writing:
            begin_run(writing, run)

    def same(office, run, position):
        with office.store.read() as reading:
            return same_feed(reading, run, position)

    begin(office, "a")
    enrolled(office, clock, b"0123456789")
    lost()
    with office.store.read() as reading:
        end = reading.last_feed_position()
    begin(office, "b")
    enrolled(office, clock, b"1123456789")
    with office.store.read() as reading:
        later = reading.last_feed_position()
    assert same(office, "a", end) == end
    assert same(office, "b", later) == later
    again = lost()
    begin(again, "c")
    for secret in (b"2123456789", b"3123456789"):
        enrolled(again, clock, secret)
    assert same(again, "a", end) == end
    assert same(again, "a", later) == end
    assert same(again, "b", later) == 0
    assert same(again, "", later) == later
    again.close()
