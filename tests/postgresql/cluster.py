"""A PostgreSQL server of the tests' own: Debian's programs, a private data folder, a free loopback port.

As root it runs under the account `postgres`, because PostgreSQL refuses to be root.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

_ACCOUNT = "postgres"
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests whose subject is not what a power cut leaves."""
_START_SECONDS = 30


def programs() -> Path:
    """Where PostgreSQL's programs are: the newest of Debian's.

    Raises:
        FileNotFoundError: it is not installed (`apt-get install postgresql`).
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise FileNotFoundError("PostgreSQL's server is not installed: apt-get install postgresql")
    return found[-1].parent if found else Path(on_path or "").parent


class Cluster:
    """One server, with its data. `patience`: seconds until it must answer; what was not stopped well takes a while."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = _QUICK, patience: float = _START_SECONDS) -> None:
        self.folder, self.settings, self._patience = folder, dict(settings), patience
        self.data = folder / "data"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its data folder."""
        self.own()
        self.run("initdb", "-D", str(self.data), "-A", "trust", "-U", _ACCOUNT, "-E", "UTF8", "--locale=C", "-N")

    def own(self) -> None:
        """Let the folder be its account's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(self.folder, _ACCOUNT)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            **self.settings,
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(programs() / "postgres"), "-D", str(self.data), *words],
                stdout=log,
                stderr=log,
                cwd="/",
                **as_account(),
                start_new_session=True,
            )
        self._wait()

    @property
    def pid(self) -> int:
        """Its first process. It must have been started."""
        assert self._process is not None
        return self._process.pid

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as its account."""
        ran = subprocess.run(
            [str(programs() / program), *words],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **as_account(),
        )
        if ran.returncode:
            raise RuntimeError(f"{program}: {ran.stderr}")

    def url(self, database: str = "postgres") -> str:
        """How a database of it is reached."""
        return f"postgresql://{_ACCOUNT}@127.0.0.1:{self.port}/{database}"

    def do(self, *statements: str) -> None:
        """Statements of an administrator, each by itself."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def ask(self, query: str) -> Sequence[tuple[object, ...]]:
        """A question of an administrator."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    @contextmanager
    def database(self, name: str, template: str = "template0") -> Iterator[str]:
        """A new database, gone at the end; gives its URL."""
        self.do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url(name)
        finally:
            self.do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def kill(self) -> None:
        """As when its machine loses power: every process of it is killed."""
        if self._process is not None:
            kill_all(self._process.pid)
            self._process.wait()
            self._process = None
            self._wait_for_children()

    def rest(self) -> None:
        """Stop it so that it starts again soon, with all that it had."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Stop it at once; its data need not be whole."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2_000:]) from None
                time.sleep(0.05)

    def _wait_for_children(self) -> None:
        """Its port is free once the last process of it is gone."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    tried.bind(("127.0.0.1", self.port))
                    return
                except OSError:
                    time.sleep(0.02)
        raise RuntimeError(f"port {self.port} is still in use")


def kill_all(pid: int) -> None:
    """Kill a server's first process, and all others of it."""
    # Each has a session of its own; the first is killed first, so that it starts no others.
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for victim in (pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def as_account() -> dict[str, Any]:
    """Who PostgreSQL's programs are run as (subprocess.Popen's arguments): root lets its account run them."""
    if os.getuid() != 0:
        return {}
    return {"user": _ACCOUNT, "group": pwd.getpwnam(_ACCOUNT).pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(settings: Mapping[str, str] = _QUICK, make: Callable[[Cluster], None] = Cluster.make) -> Iterator[Cluster]:
    """A new server, gone at the end with all that it had.

    Args:
        make: makes its data folder.
    """
    # Not in pytest's folder, which the server's account may not enter.
    folder = Path(tempfile.mkdtemp(prefix="kilotill-postgresql-"))
    cluster = Cluster(folder, settings)
    try:
        make(cluster)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
