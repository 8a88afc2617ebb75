"""Connections to PostgreSQL that its server has closed meanwhile, as when another one has taken its place."""

import queue
import threading
from collections.abc import Callable

import psycopg
import pytest

from syncserver.office.office import Office
from syncserver.store import StoreNotReachable, postgresql
from tests.postgresql.stores import only_postgresql

pytestmark = only_postgresql

_PATIENCE = 20.0
_OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_LISTENING = f"{_OURS} AND starts_with(query, 'LISTEN')"


def found(office: Office, query: str) -> list[int]:
    assert isinstance(office.folder.address, str)
    with psycopg.connect(office.folder.address, autocommit=True) as connection:
        return [row[0] for row in connection.execute(query.encode())]


def end(office: Office, query: str) -> None:
    assert found(office, f"SELECT pg_terminate_backend(pid) FROM ({query}) AS found")


def wait_for(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not happen")


def read(office: Office) -> None:
    with office.store.read() as reading:
        reading.last_position()


def test_one_that_nobody_used_for_a_while_is_tried_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    read(office)
    end(office, _OURS)
    with pytest.raises(StoreNotReachable):
        read(office)
    monkeypatch.setattr(postgresql, "_TRUSTED_SECONDS", -1.0)
    read(office)
    end(office, _OURS)
    read(office)


def test_whoever_listens_listens_again_and_leaves_nothing_open(office: Office) -> None:
    rings: queue.SimpleQueue[None] = queue.SimpleQueue()
    deafen = office.store.listen(lambda: rings.put(None))
    rings.get(timeout=_PATIENCE)
    end(office, _LISTENING)
    rings.get(timeout=_PATIENCE)  # for what it may have missed
    assert len(found(office, _LISTENING)) == 1
    with office.store.write():
        pass
    rings.get(timeout=_PATIENCE)
    deafen()
    wait_for(lambda: not found(office, _LISTENING))
