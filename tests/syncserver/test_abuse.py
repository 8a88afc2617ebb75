"""Whatever is sent, how slowly and how often: a 4xx with a reason, nothing stored, and memory that is bounded."""

import asyncio
import gzip
import random
import ssl
import time
import zlib
from contextlib import suppress

import aiohttp
import msgspec
import pytest

from common.wire import MAX_BATCH_BYTES, Problem
from syncserver.api import bodies, serve
from syncserver.api.serve import listening
from syncserver.ingest.batch import BatchRefused, judge, read_batch
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.syncserver.conftest import UTILITY
from tests.syncserver.test_process import WallClock, process
from tests.syncserver.voice import Clock, Line, Voice

MUTATIONS = 10_000
MOST_RESIDENT = 450 * 1024 * 1024
"""What a server may take at most, however much is thrown at it: bodies.MOST_AT_ONCE and what that becomes."""


def mutated(valid: bytes, chance: random.Random) -> bytes:
    """The bytes with one to three changes."""
    found = bytearray(valid)
    for _ in range(chance.randint(1, 3)):
        at, to = sorted((chance.randrange(len(found) + 1), chance.randrange(len(found) + 1)))
        to = min(to, at + chance.choice([1, 2, 8, 64, 4096]))
        match chance.randrange(6):
            case 0 if found:
                found[min(at, len(found) - 1)] ^= 1 << chance.randrange(8)
            case 1:
                del found[at:to]
            case 2:
                found[at:at] = found[at:to]
            case 3:
                found[at:at] = chance.randbytes(chance.randint(1, 12))
            case 4:
                found[at:to] = str(chance.choice([0, -1, 2**53, 10**30, 1.5, "null", "[]", "\\u0000", '"'])).encode()
            case 5:
                lines = bytes(found).splitlines(keepends=True)
                chance.shuffle(lines)
                found = bytearray(b"".join(lines))
    return bytes(found)


def written(voice: Voice, body: bytes) -> bool:
    """Whether these are entries that the till wrote, one after another: only signatures may differ."""
    raws = [line[129:] for line in body.splitlines()]
    own = [signed.raw for signed in voice.journal]
    return any(own[start : start + len(raws)] == raws for start in range(len(own)))


async def test_ten_thousand_mutations_of_a_batch_are_refused_in_words_or_say_the_same(line, clock):
    voice = await line.till(clock)
    for number in range(6):
        voice.open_account(f"A{number}", f"M{number}")
    valid, chance = voice.lines(2), random.Random(4)
    with line.office.store.read() as reading:
        row = reading.latest_writer(voice.till)
        statuses: dict[int, int] = {}
        for _ in range(MUTATIONS):
            body = mutated(valid, chance)
            try:
                judged = judge(row, read_batch(body), lambda *_: {})
            except BatchRefused as refused:
                assert 400 <= refused.status < 500
                assert refused.problem.message
                statuses[refused.status] = statuses.get(refused.status, 0) + 1
            else:
                assert written(voice, body), body
                assert [signed.raw for signed in judged.new] == [line[129:] for line in body.splitlines()]
    assert statuses[400] > MUTATIONS * 3 // 4


async def test_mutations_over_the_line_leave_nothing_behind(line, clock):
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    chance = random.Random(5)
    for _ in range(200):
        body = mutated(voice.lines(2), chance)
        if written(voice, body):
            continue
        status, problem = await line.send(voice, body)
        assert 400 <= status < 500, problem
        assert msgspec.convert(problem, Problem).message
    with line.office.store.read() as reading:
        assert reading.latest_writer(voice.till).seq == 1
        assert reading.forks() == []
    await line.push(voice)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(50_000_000))),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("br", b"\x00" * 100),
        ("gzip", b"no gzip at all"),
    ],
    ids=["gzip", "deflate", "br", "no gzip"],
)
@pytest.mark.parametrize("path", ["/v1/journal", "/v1/enrol", "/v1/returned"])
async def test_compressed_bodies_are_refused_and_not_unfolded(line, clock, encoding, bomb, path):
    voice = await line.till(clock)
    headers = voice.bearer | {"Content-Encoding": encoding}
    async with line.session.post(line.url + path, data=bomb, headers=headers) as response:
        assert response.status == 415
        assert "not compressed" in (await response.json())["message"]


async def test_a_body_that_says_no_length_is_cut_off_at_the_limit(line, clock):
    voice = await line.till(clock)

    async def endless():
        for _ in range(MAX_BATCH_BYTES // 65_536 + 20):
            yield b"x" * 65_536

    for path in ("/v1/journal", "/v1/enrol", "/v1/returned"):
        with suppress(aiohttp.ClientConnectionError):  # it may hang up in the middle, which is as good
            async with line.session.post(line.url + path, data=endless(), headers=voice.bearer) as response:
                assert response.status == 413
    await line.push(voice)


async def test_a_replayed_request_gets_the_same_answer_and_changes_nothing(line, clock):
    voice = await line.till(clock)
    voice.open_account("A1")
    request = {"data": voice.lines(2), "headers": voice.bearer}
    answers = []
    for _ in range(3):
        async with line.session.post(line.url + "/v1/journal", **request) as response:
            answers.append((response.status, (await response.json())["head"]))
    assert answers == [(200, msgspec.to_builtins(voice.head))] * 3
    with line.office.store.read() as reading:
        assert len(list(reading.entries(voice.till, 1))) == 2


async def test_a_token_is_of_no_use_for_another_tills_journal(line, clock):
    voice, other = await line.till(clock), await line.till(clock)
    other.open_account("A1")
    async with line.session.post(line.url + "/v1/journal", data=other.lines(), headers=voice.bearer) as response:
        assert (response.status, (await response.json())["error"]) == (403, "wrong_writer")


async def send_slowly(line: Line, head: bytes, part: bytes) -> bytes:
    """Begin a request and fall silent. Gives what the office says."""
    trust = ssl.create_default_context(cafile=str(line.office.folder.tls_certificate))
    port = int(line.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    writer.write(head + part)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(65_536), 20)
    finally:
        writer.close()


async def test_who_falls_silent_in_a_body_is_told_and_keeps_nobody_else(line, clock, monkeypatch):
    monkeypatch.setattr(bodies, "SILENT_SECONDS", 1)
    voice, other = await line.till(clock), await line.till(clock)
    head = (
        f"POST /v1/journal HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {voice.token()}\r\n"
        f"Content-Length: {MAX_BATCH_BYTES}\r\n\r\n"
    ).encode()
    slow = [asyncio.create_task(send_slowly(line, head, b"x" * 100)) for _ in range(20)]
    await asyncio.sleep(0.3)
    began = time.monotonic()
    async with line.session.get(line.url + "/v1/health") as response:
        assert response.status == 200
    other.open_account("A1")
    await line.push(other)
    assert time.monotonic() - began < 10
    for answer in await asyncio.gather(*slow):
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"too_slow"' in answer


@pytest.mark.parametrize("begun", [b"", b"POST /v1/journal HTTP/1.1\r\nHost: x\r\nX-Long: "])
async def test_who_never_asks_anything_is_hung_up_on(office, clock, monkeypatch, begun):
    monkeypatch.setattr(serve, "_IDLE_SECONDS", 1.0)
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    async with (
        listening(office, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session,
    ):
        line = Line(office, f"https://127.0.0.1:{port}", session)
        with suppress(ConnectionResetError):
            assert await send_slowly(line, begun, b"") == b""
        await line.till(clock)


def resident(pid: int) -> int:
    """The most memory that a process ever had, in bytes (proc(5), VmHWM)."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(row.split()[1]) * 1024 for row in status if row.startswith("VmHWM"))


async def test_memory_is_bounded_however_much_is_thrown_at_it(tmp_path):
    clock: Clock = WallClock()  # type: ignore[assignment]  # a process reads the real one
    office = Office.create(OfficeFolder(tmp_path / "office"), UTILITY, [])
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    with process(office) as (server, url):
        async with aiohttp.ClientSession(connector=connector) as session:
            line = Line(office, url, session)
            voices = [await line.till(clock) for _ in range(3)]
            for voice in voices:
                for number in range(2_000):
                    voice.open_account(f"{voice.till}-{number}", f"M{number}")
            empty = resident(server.pid)
            bomb = gzip.compress(bytes(200_000_000))
            waste = b"x" * (MAX_BATCH_BYTES - 1) + b"\n"

            async def throw(voice, body, headers):
                async with session.post(url + "/v1/journal", data=body, headers=voice.bearer | headers) as response:
                    return response.status

            thrown = [throw(voices[0], waste, {}) for _ in range(60)]
            thrown += [throw(voices[1], bomb, {"Content-Encoding": "gzip"}) for _ in range(20)]
            thrown += [throw(voice, voice.lines(), {}) for voice in voices for _ in range(8)]
            statuses = await asyncio.gather(*thrown)
        peak = resident(server.pid)
    office.close()
    assert set(statuses[:60]) == {400}
    assert set(statuses[60:80]) == {415}
    assert set(statuses[80:]) == {200}
    assert peak < MOST_RESIDENT, f"{peak // 2**20} MiB, {empty // 2**20} before"
