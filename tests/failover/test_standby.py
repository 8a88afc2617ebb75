"""The standby of PostgreSQL is away: nothing is acknowledged, all else goes on, and it is said why."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from syncserver.api.serve import listening
from syncserver.office import standby
from syncserver.office.folder import OfficeFolder
from syncserver.office.health import look
from syncserver.office.office import Office
from syncserver.web import desk, sessions
from tests.failover.pair import running_pair, wait_until
from tests.syncserver.conftest import UTILITY
from tests.syncserver.test_odd_addresses import sign_in, signed_in
from tests.syncserver.test_process import WallClock
from tests.syncserver.voice import Line

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What hears that the office works, five times a second, and would start it anew if it did not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", opened.getsockname())
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        yield opened


def told_to_work_on(systemd: socket.socket) -> None:
    """What was said before does not count."""
    systemd.setblocking(False)
    try:
        while True:
            systemd.recv(100)
    except BlockingIOError:
        systemd.settimeout(20)
    assert systemd.recv(100) == systemd.recv(100) == b"WATCHDOG=1"


def waited(office: Office) -> bool:
    with office.store.read() as reading:
        return reading.standby_waited() > 0


@asynccontextmanager
async def another(folder: Path) -> AsyncIterator[str]:
    """One more server of the office, which says its address."""
    office = Office.open(OfficeFolder(folder))
    async with listening(office, "127.0.0.1", 0) as port:
        yield f"https://127.0.0.1:{port}"
    office.close()


async def look_at_the_pages(line: Line) -> None:
    """Somebody signs in, reads what is wrong, and may change nothing."""
    async with asyncio.timeout(20):
        cookie = await sign_in(line)
        for _ in range(5):
            async with line.session.get(f"{line.url}/office/today", headers=cookie) as answer:
                assert "standby has not confirmed" in await answer.text()
        async with line.session.post(f"{line.url}/office/alerts", headers=cookie) as answer:
            assert answer.status == 503
        async with line.session.post(f"{line.url}/office/sign-out", headers=cookie) as answer:
            assert answer.status in (200, 403)


async def test_nothing_is_acknowledged_and_all_else_goes_on(
    tmp_path: Path, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (standby, desk):
        monkeypatch.setattr(module, "_PATIENCE", 0.001)
    monkeypatch.setattr(sessions, "_NOTED", timedelta())  # every look is noted
    with running_pair() as pair:
        office = Office.create(OfficeFolder(tmp_path / "office", pair.url), UTILITY, [])
        trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
        async with (
            AsyncExitStack() as started,
            listening(office, "127.0.0.1", 0) as port,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session,
        ):
            line = Line(office, f"https://127.0.0.1:{port}", session)
            seller, other = [await line.till(WallClock()) for _ in range(2)]  # type: ignore[arg-type]
            _, position = await line.feed(other)
            await signed_in(line)
            assert look(office, {}, office.clock()).problems == []
            pair.standby.stop()
            try:
                seller.open_account("A1")
                sending = asyncio.create_task(line.push(seller))
                await asyncio.to_thread(wait_until, lambda: waited(office))
                assert await line.feed(other, position) == ([], position)
                (problem,) = look(office, {}, office.clock()).problems
                assert "standby has not confirmed" in problem
                await asyncio.to_thread(told_to_work_on, systemd)
                await look_at_the_pages(line)
                # A server that starts meanwhile waits for nothing: what is written has not come to an end yet.
                second = await started.enter_async_context(another(office.folder.path))
                async with asyncio.timeout(20):
                    assert await Line(office, second, session).feed(other, position) == ([], position)
                assert not sending.done()
            finally:
                await asyncio.to_thread(pair.standby.start)
            assert (await sending)["head"]["seq"] == seller.head.seq
            items, _ = await line.feed(other, position)
            assert [item.signed.hash for item in items][-1] == seller.head.hash
            await asyncio.to_thread(wait_until, lambda: look(office, {}, office.clock()).problems == [])
        office.close()
