"""An office that listens on loopback, in a thread of its own: the browser's tests are not asynchronous."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.entries import UtilitySet
from common.users import UserRole
from syncserver.api.serve import listening
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.office.users import add_user
from tests.syncserver.voice import Clock

PASSWORD = "correct horse battery"
UTILITY = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")
PEOPLE = {"admin": UserRole.ADMINISTRATOR, "super": UserRole.SUPERVISOR, "audit": UserRole.AUDITOR}


@dataclass
class Desk:
    """The office, its clock and its address."""

    office: Office
    clock: Clock
    url: str


@contextmanager
def running(folder: Path) -> Iterator[Desk]:
    """A new office that listens until the end."""
    clock = Clock()
    office = Office.create(OfficeFolder(folder), UTILITY, [], clock)
    with office.change() as intake:
        for user, role in PEOPLE.items():
            add_user(intake, user, name=user.title(), roles=[role], password=PASSWORD)
    try:
        with serving(office) as url:
            yield Desk(office, clock, url)
    finally:
        office.close()


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """The office's address."""
    ready: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        stop = asyncio.Event()
        async with listening(office, "127.0.0.1", 0) as port:
            ready.set_result((port, asyncio.get_running_loop(), stop))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=run, name="office")
    thread.start()
    port, loop, stop = ready.result(30)
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
