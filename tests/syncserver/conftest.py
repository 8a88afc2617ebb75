"""A real office in a folder of its own, listening on loopback over TLS."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from common.entries import UtilitySet
from syncserver.api.serve import listening
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.syncserver.voice import Clock, Line

UTILITY = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office.create(OfficeFolder(tmp_path / "office"), UTILITY, [], clock)
    yield made
    made.close()


@pytest.fixture
async def line(office: Office) -> AsyncIterator[Line]:
    """The office as tills reach it."""
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    async with (
        listening(office, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session,
    ):
        yield Line(office, f"https://127.0.0.1:{port}", session)
