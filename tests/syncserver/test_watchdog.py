"""What systemd hears of the office: ready once it listens, alive while its writer works, stopping when told to."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from syncserver.api.watchdog import Supervisor


@pytest.fixture
def manager(tmp_path):
    """systemd's end of the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        yield listening


def heard(manager):
    return manager.recv(100).decode()


def environment(manager, seconds):
    return {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": str(int(seconds * 1_000_000))}


def test_the_server_says_that_it_is_ready_that_it_works_and_that_it_stops(office, manager):
    server = subprocess.Popen(
        [sys.executable, "-c", "from syncserver.cli import main; main()"]
        + ["--data", str(office.folder.path), "serve", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        env=os.environ | environment(manager, 0.4),
    )
    try:
        assert json.loads(server.stdout.readline())["url"]
        said = {heard(manager), heard(manager)}
        assert said == {"READY=1", "WATCHDOG=1"}
        assert heard(manager) == "WATCHDOG=1"
        server.send_signal(signal.SIGTERM)
        while (last := heard(manager)) == "WATCHDOG=1":
            pass
        assert last == "STOPPING=1"
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.communicate()


async def test_where_nobody_takes_what_is_said_the_server_works_on(manager):
    enough, turns = asyncio.Event(), 0

    async def works():
        nonlocal turns
        turns += 1
        if turns == 500:  # more than the socket holds
            enough.set()

    told = asyncio.create_task(Supervisor(environment(manager, 0.002)).keep_told(works))
    await asyncio.wait_for(enough.wait(), 20)
    told.cancel()


async def test_a_writer_that_hangs_is_not_said_to_work(manager):
    manager.setblocking(False)
    hangs = asyncio.Event()
    turns = 0

    async def works():
        nonlocal turns
        turns += 1
        if turns > 2:
            await hangs.wait()

    telling = asyncio.create_task(Supervisor(environment(manager, 0.02)).keep_told(works))
    await asyncio.sleep(0.3)
    assert [heard(manager), heard(manager)] == ["WATCHDOG=1"] * 2
    with pytest.raises(BlockingIOError):
        heard(manager)
    hangs.set()
    await asyncio.sleep(0.1)
    assert heard(manager) == "WATCHDOG=1"
    telling.cancel()


async def test_the_writer_has_its_turn_only_when_it_has_done_what_waits(office):
    from syncserver.ingest.queue import IngestQueue

    entered, let_go = threading.Event(), threading.Event()
    queue = IngestQueue(office.store, office.keys.signing, office.clock)

    def clock_that_stands():
        entered.set()
        assert let_go.wait(20)
        return office.clock()

    queue._clock = clock_that_stands
    queue.submit("till-0001", 1, [])
    assert await asyncio.to_thread(entered.wait, 20)
    turn = queue.turn()
    await asyncio.sleep(0.05)
    assert not turn.done()
    let_go.set()
    await asyncio.wait_for(asyncio.wrap_future(turn), 20)
    queue.close()


@pytest.mark.parametrize(
    "environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_PID": "1", "WATCHDOG_USEC": "1000"}]
)
async def test_nobody_is_told_where_nobody_asked(environment):
    async def works():
        raise AssertionError("nobody wants to know")

    await Supervisor(environment).keep_told(works)


def test_an_abstract_socket_is_heard_too():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0kilotill-{os.getpid()}")
        Supervisor({"NOTIFY_SOCKET": f"@kilotill-{os.getpid()}"}).ready()
        assert heard(listening) == "READY=1"
