"""A real office in a folder of its own, listening on loopback over TLS."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from common.entries import UtilitySet
from syncserver.api.serve import listening
from syncserver.office.office import Office
from tests.postgresql import stores
from tests.postgresql.cluster import Cluster, running
from tests.postgresql.stores import ON_POSTGRESQL, Stores
from tests.syncserver.voice import Clock, Line

UTILITY = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    with running() as made:
        yield made


@pytest.fixture(params=["sqlite", ON_POSTGRESQL])
def each_store(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The test runs once on each store."""
    made = Stores() if request.param == "sqlite" else Stores(lambda: request.getfixturevalue("cluster"))
    stores.choose(made)
    yield made
    made.close()
    stores.choose(Stores())


@pytest.fixture
def office(each_store: Stores, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office.create(each_store.folder(tmp_path / "office"), UTILITY, [], clock)
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
