"""The office as a process: killed under load and started again it has all that it acknowledged, and nothing twice."""

import asyncio
import json
import signal
import ssl
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest

from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.office.office import Office
from tests.syncserver.voice import Line, Voice


class WallClock:
    """A process reads the real one."""

    @property
    def now(self):
        return datetime.now(UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return WallClock()


@contextmanager
def process(office):
    """`syncserver serve`, by its address; killed at the end unless it has ended."""
    server = subprocess.Popen(
        [sys.executable, "-c", "from syncserver.cli import main; main()"]
        + ["--data", str(office.folder.path), "serve", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield server, json.loads(server.stdout.readline())["url"]
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
async def session(office):
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as opened:
        yield opened


async def push_until_it_dies(line, voice, acknowledged):
    number = 0
    with suppress(aiohttp.ClientError):
        while True:
            number += 1
            voice.open_account(f"{voice.till}-{number}", f"{voice.till}-M{number}")
            reply = await line.push(voice, voice.lines(len(voice.journal)))
            acknowledged[voice.till] = reply["head"]["seq"]


async def test_killed_under_load_it_keeps_what_it_acknowledged(office, clock, session):
    voices: list[Voice] = []
    acknowledged: dict[str, int] = {}
    for delay in (0.15, 0.4, 0.8):
        with process(office) as (server, url):
            line = Line(office, url, session)
            for voice in voices:  # what was sent and not answered goes again
                await line.push(voice)
            voices = [await line.till(clock) for _ in range(4)]
            pushing = [asyncio.create_task(push_until_it_dies(line, voice, acknowledged)) for voice in voices]
            await asyncio.sleep(delay)
            server.kill()
            await asyncio.gather(*pushing)
        with office.store.read() as reading:
            for voice in voices:
                held = [stored.hash for stored in reading.entries(voice.till, 1)]
                assert len(held) >= acknowledged.get(voice.till, 1)
                assert held == [signed.hash for signed in voice.journal[: len(held)]]
    assert sum(acknowledged.values()) > 20
    verify(office.store, lambda _: None)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []


async def test_told_to_stop_it_stops_cleanly(office, clock, session):
    with process(office) as (server, url):
        voice = await Line(office, url, session).till(clock)
        server.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.wait, 10) == 0
        assert server.stderr.read() == b""
    opened = Office.open(office.folder)
    with opened.store.read() as reading:
        assert reading.latest_writer(voice.till).seq == 1
    opened.close()


async def test_two_processes_on_one_database_agree(office, clock, session):
    """Nobody should start two, but a second one must not spoil the first one's work."""
    with process(office) as (_, first), process(office) as (_, second):
        lines = [Line(office, url, session) for url in (first, second)]
        voices = [await line.till(clock) for line in lines]
        for number in range(20):
            for voice in voices:
                voice.open_account(f"{voice.till}-{number}", f"{voice.till}-M{number}")
            await asyncio.gather(*(line.push(voice) for line, voice in zip(lines, voices, strict=True)))
        reply = await lines[1].push(voices[0], b"")
        assert reply["head"] == msgspec.to_builtins(voices[0].head)
    verify(office.store, lambda _: None)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
