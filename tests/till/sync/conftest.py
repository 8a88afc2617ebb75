"""A real office on loopback in a thread of its own, or somebody who answers nonsense in its place."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from common.entries import UtilitySet
from syncserver.api.serve import listening
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.till.branch import Clock

Answers = Callable[[str], bytes]
"""From a request's first line to the raw bytes of the answer, after which the line is cut."""


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """An office that does not listen yet."""
    utility = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")
    made = Office.create(OfficeFolder(tmp_path / "office"), utility, [], clock)
    yield made
    made.close()


@contextmanager
def serving(office: Office, port: int = 0) -> Iterator[str]:
    """The office, listening. Gives its address."""
    with _in_thread(listening(office, "127.0.0.1", port)) as chosen:
        yield f"https://127.0.0.1:{chosen}"


@contextmanager
def pretending(folder: OfficeFolder, answers: Answers, port: int = 0) -> Iterator[str]:
    """Somebody with the TLS key of this folder, who answers as told. Gives the address."""
    with _in_thread(_pretend(folder, answers, port)) as chosen:
        yield f"https://127.0.0.1:{chosen}"


@asynccontextmanager
async def _pretend(folder: OfficeFolder, answers: Answers, port: int) -> AsyncIterator[int]:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next((int(row[15:]) for row in head.split("\r\n") if row.lower().startswith("content-length")), 0)
            await reader.readexactly(length)
            writer.write(answers(head.split("\r\n")[0]))
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder.tls_certificate, folder.tls_key)
    server = await asyncio.start_server(meet, "127.0.0.1", port, ssl=context)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


@contextmanager
def _in_thread(context: AbstractAsyncContextManager[int]) -> Iterator[int]:
    """Keep an async context open in a thread with a loop of its own; gives what it gives."""
    entered = threading.Event()
    given: list[int] = []
    loop = asyncio.new_event_loop()
    leave = asyncio.Event()

    async def live() -> None:
        async with context as value:
            given.append(value)
            entered.set()
            await leave.wait()

    def run() -> None:
        try:
            loop.run_until_complete(live())
        finally:
            entered.set()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    entered.wait(20)
    try:
        yield given[0]
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(20)
