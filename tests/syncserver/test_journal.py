"""POST /v1/journal: what is acknowledged is held, what contradicts it is kept apart, what is wrong is refused whole."""

import asyncio
import copy

import msgspec
import pytest

from common.chain import append, public_hex
from common.clock import Hlc
from common.entries import AccountFrozen, JournalOpened
from common.resolution import settle
from common.wire import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES
from syncserver.audit.verify import verify
from syncserver.ingest import intake
from syncserver.office.office import Office
from syncserver.store import WriterState
from tests.syncserver.voice import Voice


def held(office, voice):
    with office.store.read() as reading:
        return b"".join(stored.line for stored in reading.entries(voice.till, voice.epoch))


def row_of(office, voice):
    with office.store.read() as reading:
        return next(row for row in reading.writers() if (row.id, row.epoch) == (voice.till, voice.epoch))


def restored(voice, seq):
    """The till after its disk was put back to an older image."""
    older = copy.copy(voice)
    older.journal = voice.journal[:seq]
    return older


async def test_what_is_acknowledged_is_held_byte_for_byte(line, clock):
    voice = await line.till(clock)
    for number in range(5):
        voice.open_account(f"A{number}", f"M{number}")
    reply = await line.push(voice)
    assert reply["head"] == msgspec.to_builtins(voice.head)
    assert held(line.office, voice) == voice.lines()


async def test_a_batch_that_came_twice_is_taken_once(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    first = await line.push(voice)
    second = await line.push(voice)
    assert first["head"] == second["head"]
    assert held(line.office, voice) == voice.lines()
    voice.freeze("A1")
    assert (await line.push(voice, voice.lines(2)))["head"]["seq"] == 3


async def test_an_empty_batch_asks_for_the_head(line, clock):
    voice = await line.till(clock)
    assert (await line.push(voice, b""))["head"] == msgspec.to_builtins(voice.head)


async def test_a_gap_is_refused_with_the_head_to_go_on_from(line, clock):
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    status, problem = await line.send(voice, voice.lines(3))
    assert (status, problem["error"], problem["head"]["seq"]) == (409, "gap", 1)
    assert held(line.office, voice) == voice.lines()[: len(voice.journal[0].line)]


async def test_a_journal_begins_with_the_key_that_was_enrolled(line, clock):
    for wrong in (
        lambda _: JournalOpened(kind="till", key="0" * 64, branch="hill", version="test"),
        lambda key: JournalOpened(kind="till", key=key, branch="elsewhere", version="test"),
        lambda _: AccountFrozen(account="A1", reason="x", clerk="wang"),
    ):
        voice = Voice(clock)
        _, reply = await line.enrol(voice)
        voice.enrolled(reply)
        voice.journal = []
        voice.write(wrong(public_hex(voice.key)))
        status, problem = await line.send(voice)
        assert (status, problem["error"], problem["seq"]) == (400, "malformed", 1)
        assert held(line.office, voice) == b""


async def test_a_restored_disk_is_a_fork_and_both_branches_are_kept(line, clock):
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    await line.push(voice)
    older = restored(voice, 2)
    older.freeze("A0")
    older.open_account("A9", "M9")
    status, problem = await line.send(older)
    assert (status, problem["error"], problem["seq"]) == (409, "fork", 3)
    assert "Nothing of either is lost" in problem["message"]
    assert held(line.office, voice) == voice.lines()
    with line.office.store.read() as reading:
        kept = [(fork.seq, fork.hash) for fork in reading.forks()]
    assert kept == [(signed.entry.seq, signed.hash) for signed in older.journal[2:]]
    assert row_of(line.office, voice).state is WriterState.STOPPED


async def test_a_forked_till_is_stopped_on_both_branches_until_enrolled_again(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    await line.push(voice)
    older = restored(voice, 1)
    older.open_account("A2", "M2")
    await line.send(older)
    for branch in (voice, older):
        branch.freeze("A1")
        status, problem = await line.send(branch)
        assert (status, problem["error"]) == (409, "fork")
    async with line.session.get(line.url + "/v1/feed", headers=voice.bearer) as response:
        assert response.status == 409
    async with line.session.get(line.url + "/v1/health") as response:
        health = await response.json()
    assert health["problems"] == [f"{voice.till}: {row_of(line.office, voice).reason}"]
    fresh = Voice(clock)
    _, reply = await line.enrol(fresh, line.code(again=voice.till))
    fresh.enrolled(reply)
    fresh.open_account("A3", "M3")
    assert (await line.push(fresh))["head"]["epoch"] == 2
    with line.office.store.read() as reading:
        assert len(reading.forks()) == 3


async def test_a_last_signature_that_is_not_the_tills_proves_nothing(line, clock):
    voice = await line.till(clock)
    for number in range(5):
        voice.open_account(f"A{number}", f"M{number}")
    good = list(voice.journal)
    for place in range(1, 6):
        bad = msgspec.structs.replace(good[place], signature=good[place - 1].signature)
        voice.journal = [*good[:place], bad]
        status, problem = await line.send(voice, voice.lines(2))
        assert (status, problem["error"], problem["seq"]) == (400, "bad_signature", place + 1)
        assert row_of(line.office, voice).seq == 1
    voice.journal = good
    await line.push(voice)


async def test_a_changed_byte_anywhere_is_refused_and_the_bad_entry_named(line, clock):
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    for place in (1, 2, 3):
        lines = [signed.line for signed in voice.journal]
        lines[place] = lines[place].replace("李四".encode(), "李五".encode())
        status, problem = await line.send(voice, b"".join(lines[1:]))
        assert status == 400
        # The entry after a changed one does not follow it; the last one has only its signature.
        assert (problem["error"], problem["seq"]) == (
            ("malformed", place + 2) if place < 3 else ("bad_signature", place + 1)
        )
        assert row_of(line.office, voice).seq == 1


async def test_another_tills_entries_are_refused(line, clock):
    voice, other = await line.till(clock), await line.till(clock)
    other.open_account("A1")
    status, problem = await line.send(voice, other.lines())
    assert (status, problem["error"]) == (403, "wrong_writer")
    assert row_of(line.office, other).seq == 1


async def test_a_till_cannot_speak_for_the_office(line, clock):
    voice = await line.till(clock)
    raw = voice.journal[0].raw.replace(b'"kind":"till"', b'"kind":"office"')
    status, problem = await line.send(voice, voice.journal[0].signature.hex().encode() + b" " + raw + b"\n")
    assert (status, problem["error"]) == (400, "malformed")


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"\n",
        b"\x00\xff\n",
        b"{}\n",
        b"0" * 128 + b" {}\n",
        b"0" * 128 + b" " + b"[" * 30_000 + b"\n",
        b"0" * 128 + b" " + b"x" * 100_000 + b"\n",
    ],
)
async def test_garbage_is_refused_in_words(line, clock, body):
    voice = await line.till(clock)
    status, problem = await line.send(voice, body)
    assert (status, problem["error"]) == (400, "malformed")
    assert "Nothing was stored" in problem["message"]


async def test_a_cut_batch_is_refused(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    status, problem = await line.send(voice, voice.lines()[:-1])
    assert (status, problem["error"]) == (400, "malformed")
    assert "cut" in problem["message"]


@pytest.mark.parametrize(
    "body",
    [b"\n" * (MAX_BATCH_ENTRIES + 1), b"x" * (MAX_BATCH_BYTES + 1), b"x" * 20_000_000],
    ids=["lines", "bytes", "many"],
)
async def test_too_much_is_refused(line, clock, body):
    voice = await line.till(clock)
    status, problem = await line.send(voice, body)
    assert (status, problem["error"]) == (413, "too_large")


async def test_forty_tills_at_once_each_get_their_own_head(line, clock):
    voices = [await line.till(clock) for _ in range(40)]
    for number, voice in enumerate(voices):
        voice.open_account(f"A{number}", f"M{number}")
        voice.freeze(f"A{number}")
    replies = await asyncio.gather(*(line.push(voice) for voice in voices))
    assert [reply["head"] for reply in replies] == [msgspec.to_builtins(voice.head) for voice in voices]
    assert verify(line.office.store, lambda _: None).journals == 41


async def test_one_bad_till_does_not_keep_the_others_from_the_disk(line, clock, monkeypatch):
    """Whatever fails in our own code at one till's batch: the others' batches of the same group are taken."""
    voices = [await line.till(clock) for _ in range(8)]
    for number, voice in enumerate(voices):
        voice.open_account(f"A{number}", f"M{number}")

    def faulty(facts, tariffs):
        if facts.account == "A3":
            raise RuntimeError("a fault of ours")
        return settle(facts, tariffs)

    monkeypatch.setattr(intake, "settle", faulty)
    found = await asyncio.gather(*(line.send(voice) for voice in voices))
    assert [status for status, _ in found] == [200, 200, 200, 500, 200, 200, 200, 200]
    assert found[3][1]["error"] == "unavailable"
    monkeypatch.undo()
    await line.push(voices[3])


async def test_a_clock_far_ahead_does_not_drag_the_offices_along(line, clock):
    voice = await line.till(clock)
    far = Hlc(2**52, 2**52)
    voice.journal.append(
        append(voice.key, voice.head, AccountFrozen(account="A1", reason="x", clerk="w"), at=clock(), hlc=far)
    )
    await line.push(voice)
    other = await line.till(clock)
    with line.office.store.read() as reading:
        said = list(reading.entries("office", 1))[-1].signed.entry
    assert abs(said.hlc.ms - clock.now.timestamp() * 1000) < 60_000
    assert row_of(line.office, other).seq == 1


async def test_a_restart_keeps_all_that_was_acknowledged(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    await line.push(voice)
    reopened = Office.open(line.office.folder, clock)
    try:
        assert held(reopened, voice) == voice.lines()
    finally:
        reopened.close()
