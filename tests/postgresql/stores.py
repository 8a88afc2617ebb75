"""Which store a test's offices are on. A test that is to run on both asks for `each_store`, or for what asks for it."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest

from syncserver.office.folder import OfficeFolder
from syncserver.store import MasterStore
from syncserver.store.partitions import metadata
from tests.postgresql.cluster import Cluster

only_sqlite = pytest.mark.parametrize("each_store", ["sqlite"], indirect=True)
"""For a test whose subject only SQLite has."""

_GROUP = pytest.mark.xdist_group("postgresql")
ON_POSTGRESQL = pytest.param("postgresql", marks=_GROUP)
only_postgresql = pytest.mark.parametrize("each_store", [ON_POSTGRESQL], indirect=True)

TEMPLATE = "kilotill_template"
_number = itertools.count(1)


class Stores:
    """Makes stores of one kind: SQLite files, or databases on a server of the tests' own."""

    def __init__(self, cluster: Callable[[], Cluster] | None = None) -> None:
        self._cluster = cluster
        self._open = ExitStack()
        self._free: list[str] = []

    @property
    def is_postgresql(self) -> bool:
        return self._cluster is not None

    def folder(self, path: Path) -> OfficeFolder:
        """A folder for a new office."""
        return OfficeFolder(path) if self._cluster is None else OfficeFolder(path, self.empty())

    def empty(self) -> str:
        """A database of PostgreSQL with nothing in it, gone with the test."""
        assert self._cluster is not None
        return self._open.enter_context(self._cluster().database(_name()))

    @contextmanager
    def new(self) -> Iterator[MasterStore]:
        """An empty store."""
        with ExitStack() as stack:
            if self._cluster is None:
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                store = MasterStore.create(Path(folder) / "office.db")
            else:
                url = self._free.pop() if self._free else self._with_tables()
                stack.callback(self._clear, url)
                store = MasterStore.open(url)
            stack.callback(store.close)
            yield store

    def close(self) -> None:
        self._open.close()

    def _with_tables(self) -> str:
        assert self._cluster is not None
        cluster = self._cluster()
        _make_template(cluster)
        return self._open.enter_context(cluster.database(_name(), TEMPLATE))

    def _clear(self, url: str) -> None:
        """To be used again by the same test: a test of Hypothesis's asks for a hundred."""
        kept = ("month", "alembic_version")
        emptied = [f"DELETE FROM {table.name}" for table in metadata.sorted_tables if table.name not in kept]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("; ".join([*emptied, "UPDATE month SET first = NULL"]).encode())
        self._free.append(url)


def _name() -> str:
    return f"kilotill_{os.getpid()}_{next(_number)}"


@cache
def _make_template(cluster: Cluster) -> None:
    cluster.do(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    MasterStore.create(cluster.url(TEMPLATE)).close()


chosen = Stores()
"""Those of the test that runs."""


def choose(stores: Stores) -> None:
    """From now on these."""
    global chosen
    chosen = stores
