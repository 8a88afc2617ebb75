"""A primary and its standby, on loopback, with Debian's PostgreSQL as it comes: every commit on the disk."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import psycopg

from tests.postgresql.cluster import Cluster, running

_NAME, _DATABASE = "standby", "kilotill"
_LOOK_SECONDS = 0.05
_PATIENCE = 120.0


class Servers(Protocol):
    """A primary and who may take its place."""

    @property
    def url(self) -> str:
        """The office's database, on whichever of them is the primary."""
        ...

    def kill(self) -> None:
        """The primary's machine loses power."""
        ...

    def notice(self) -> None:
        """Whoever watches the primary notices that it is gone. Comes back then."""
        ...

    def promote(self) -> None:
        """Let the standby be the primary. Comes back when it takes what is written."""
        ...

    def cut_off(self) -> None:
        """The standby hears nothing more of the primary."""
        ...


@dataclass(frozen=True)
class Pair:
    """Two servers, of which the second follows the first."""

    primary: Cluster
    standby: Cluster

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}/{_DATABASE}"

    def kill(self) -> None:
        self.primary.kill()

    def notice(self) -> None:
        with suppress(psycopg.OperationalError):
            while True:
                psycopg.connect(self.primary.url(), connect_timeout=2).close()
                time.sleep(_LOOK_SECONDS)

    def promote(self) -> None:
        self.standby.ask("SELECT pg_promote()")

    def cut_off(self) -> None:
        self.standby.do("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
        wait_until(lambda: not self._followers())

    def follow(self) -> None:
        """See that the standby follows."""
        wait_until(self._followers)

    def _followers(self) -> bool:
        return bool(self.primary.ask("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))


def wait_until(done: Callable[[], bool]) -> None:
    """Look again and again.

    Raises:
        AssertionError: it took too long.
    """
    deadline = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < deadline, "the servers do not do as they are told"
        time.sleep(_LOOK_SECONDS)


@contextmanager
def running_pair(*, synchronous: bool = True) -> Iterator[Pair]:
    """Both, gone at the end.

    Args:
        synchronous: whether a commit waits until it is on the standby's disk too.
    """
    named = {"synchronous_standby_names": _NAME} if synchronous else {}
    with running(named) as primary, running({}, lambda standby: _copy(primary, standby)) as standby:
        pair = Pair(primary, standby)
        pair.follow()
        primary.do(f"CREATE DATABASE {_DATABASE}")
        yield pair


def _copy(primary: Cluster, standby: Cluster) -> None:
    standby.own()
    there = f"host=127.0.0.1 port={primary.port} user=postgres application_name={_NAME}"
    standby.run("pg_basebackup", "-d", there, "-D", str(standby.data), "-R", "-X", "stream", "-c", "fast")
