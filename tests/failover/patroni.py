"""Three machines' databases under Patroni and etcd, on loopback: who is primary, who notices and who is promoted is
theirs to say. Patroni's settings are those of packaging/patroni.yml.

It needs the programs `patroni` (with etcd3) and `etcd`, which the tests do without.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import yaml  # type: ignore[import-untyped]

from tests.failover.pair import wait_until
from tests.postgresql.cluster import as_account, free_port, kill_all, programs

_SETTINGS = Path(__file__).parents[2] / "packaging" / "patroni.yml"
_NAMES, _DATABASE = ("one", "two", "three"), "kilotill"
_CONFIRMING = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state <> 'async'"
_TRUSTED = ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]


@dataclass
class Machine:
    """One of them."""

    folder: Path
    port: int
    patroni: subprocess.Popen[bytes]

    def url(self, database: str = _DATABASE) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """What it answers; nothing, where it does not."""
        with (
            suppress(psycopg.Error),
            psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection,
        ):
            return connection.execute(query.encode()).fetchall()
        return []

    def kill(self) -> None:
        """It loses power."""
        self.patroni.kill()
        self.patroni.wait()
        with suppress(FileNotFoundError):
            kill_all(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]))


@dataclass
class Watched:
    """All of them. See tests.failover.pair.Servers."""

    machines: list[Machine]

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{machine.port}" for machine in self.machines)
        return f"postgresql://postgres@{places}/{_DATABASE}"

    @property
    def primary(self) -> Machine | None:
        return next((m for m in self.machines if m.ask("SELECT pg_is_in_recovery()") == [(False,)]), None)

    def kill(self) -> None:
        found = self.primary
        assert found is not None
        found.kill()

    def notice(self) -> None:
        wait_until(lambda: self.primary is not None)

    def promote(self) -> None:
        wait_until(self.acknowledges)

    def cut_off(self) -> None:
        raise NotImplementedError

    def acknowledges(self) -> bool:
        """Whether a commit waits for a standby that is there."""
        found = self.primary
        return found is not None and bool(found.ask(_CONFIRMING))


@contextmanager
def running_patroni() -> Iterator[Watched]:
    """All of them, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kilotill-patroni-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        etcd = f"127.0.0.1:{free_port()}"
        watched = Watched([])
        log = stack.enter_context((folder / "log").open("ab"))
        _run(stack, log, "etcd", *_etcd_words(folder, etcd))
        for name in _NAMES:
            port = free_port()
            settings = folder / f"{name}.yml"
            settings.write_text(yaml.safe_dump(_settings(name, folder / name, port, etcd)))
            machine = Machine(folder / name, port, _run(stack, log, "patroni", str(settings)))
            stack.callback(machine.kill)
            watched.machines.append(machine)
            if name == _NAMES[0]:
                wait_until(lambda: watched.primary is not None)
        wait_until(watched.acknowledges)
        primary = watched.primary
        assert primary is not None
        primary.ask(f"CREATE DATABASE {_DATABASE}")
        yield watched


def _run(stack: ExitStack, log: Any, *words: str) -> subprocess.Popen[bytes]:
    started = subprocess.Popen(words, stdout=log, stderr=log, cwd="/", start_new_session=True, **as_account())
    stack.callback(started.wait)
    stack.callback(started.kill)
    return started


def _etcd_words(folder: Path, place: str) -> list[str]:
    peer = f"http://127.0.0.1:{free_port()}"
    return [
        *("--data-dir", str(folder / "etcd")),
        *("--listen-client-urls", f"http://{place}", "--advertise-client-urls", f"http://{place}"),
        *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"),
    ]


def _settings(name: str, folder: Path, port: int, etcd: str) -> dict[str, Any]:
    """Those of the documented file, but for places, who is let in, and the watchdog, which is a device."""
    said: dict[str, Any] = yaml.safe_load(_SETTINGS.read_text())
    api = f"127.0.0.1:{free_port()}"
    said |= {"name": name, "restapi": {"listen": api, "connect_address": api}, "etcd3": {"hosts": [etcd]}}
    said["watchdog"] = {"mode": "off"}
    said["postgresql"] |= {
        "listen": f"127.0.0.1:{port}",
        "connect_address": f"127.0.0.1:{port}",
        "data_dir": str(folder / "data"),
        "bin_dir": str(programs()),
        "pg_hba": _TRUSTED,
        "pgpass": str(folder.parent / f"{name}.pgpass"),
        "parameters": {"unix_socket_directories": ""},
    }
    return said
