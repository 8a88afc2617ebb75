"""PostgreSQL as the store's database, through psycopg.

Any number of office processes work on one database: their writers take turns, by a lock that a transaction holds until
its commit can be seen. So positions have no gaps, the feed's order is the order of commits, and whoever has the turn
sees all that was decided before. Nothing that a process remembers from another transaction is trusted in it.
"""

import logging
from time import monotonic
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from syncserver.store.errors import StoreBroken, StoreFull, StoreMissing, StoreNotReachable, StoreUnavailable

_TURN, _ASIDE = 0x6B696C6F74696C6C, 0x6B696C6F74696C6D
"""The number of the writers' lock: `kilotill` in ASCII. Advisory locks are a database's own."""

CHANNEL = "kilotill"
"""Every commit of a writer is told here."""

_POOL, _MOST_MORE = 8, 56
"""Connections that are kept, and how many more there may be while many threads read at once."""

_SESSION = {
    # A writer waits as long as for SQLite's lock; one that hangs, or whose machine has gone, does not keep its turn.
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "5min",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_CONNECTION = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "kilotill",
    # Of several servers the primary; a standby that stands alone at an address is refused, and says so.
    "target_session_attrs": "read-write",
}
_ENCODING = "UTF8"
_WARNINGS = "kilotill_warnings"
_RETURNED = "kilotill_returned"

_TRUSTED_SECONDS = 1.0
"""A connection that nobody used for longer is tried first: the server may have gone meanwhile."""


def connect(url: str) -> Engine:
    """An engine for the database at postgresql://USER@HOST/NAME: any address of libpq's, also of several servers of
    which one is the primary (postgresql://USER@ONE,OTHER/NAME).

    Raises:
        StoreUnavailable: it is no such address, or psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError as error:
        raise StoreUnavailable("psycopg is not installed: pip install 'kilotill[postgresql]'") from error
    named = _CONNECTION | {"options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items())}
    for name in _said(url):
        named.pop(name, None)

    def open_one() -> Any:
        return psycopg.connect(url, **named)  # type: ignore[arg-type]  # libpq's parameters are all text

    engine = create_engine("postgresql+psycopg://", creator=open_one, pool_size=_POOL, max_overflow=_MOST_MORE)
    # What happens to a connection is raised to whoever uses it; that it could not be tidied up besides says no more.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    event.listen(engine, "connect", _hear_warnings)
    event.listen(engine, "checkin", _note_return)

    def try_idle(connection: Any, record: Any, _: Any) -> None:
        if monotonic() - record.info.get(_RETURNED, monotonic()) > _TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except psycopg.Error as error:
                raise InvalidatePoolError from error

    event.listen(engine, "checkout", try_idle)
    return engine


def _note_return(_: Any, record: Any) -> None:
    record.info[_RETURNED] = monotonic()


def without_password(url: str) -> str:
    """The address as people may see it: who, where and which, and nothing else that it says.

    Raises:
        StoreUnavailable: it is none.
    """
    said = _said(url)
    hosts, ports = (str(said.get(name, "")).split(",") for name in ("host", "port"))
    if len(ports) < len(hosts):
        ports *= len(hosts)  # one for all, as libpq takes it
    places = ",".join(_place(host, port) for host, port in zip(hosts, ports, strict=False))
    user = f"{quote(said['user'], safe='')}@" if "user" in said else ""
    return f"postgresql://{user}{places}/{quote(said.get('dbname', ''), safe='')}"


def _place(host: str, port: str) -> str:
    named = f"[{host}]" if ":" in host else quote(host, safe="")  # a socket's folder is a host too
    return f"{named}:{port}" if port else named


def _said(url: str) -> dict[str, Any]:
    """The parameters that an address gives.

    Raises:
        StoreUnavailable: it is none.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        if not url.startswith(("postgresql://", "postgres://")):
            raise StoreUnavailable("a store's address begins with postgresql://")
        return conninfo_to_dict(url)
    except psycopg.Error as error:
        raise StoreUnavailable("that is no address of a database: postgresql://USER@HOST/NAME") from error


def _hear_warnings(connection: Any, record: Any) -> None:
    heard: list[str] = []
    record.info[_WARNINGS] = heard

    def hear(notice: Any) -> None:
        if notice.severity_nonlocalized == "WARNING":
            heard.append(notice.message_primary)

    connection.add_notice_handler(hear)


def options(*, write: bool) -> dict[str, Any]:
    """How a transaction sees the database. A reader sees one moment. A writer, once it has its turn, sees all that was
    committed before, and nobody else changes anything."""
    if write:
        return {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def take_turn(connection: Connection) -> None:
    """Wait until no other writer has the turn. It is given back with the commit, of which those who listen hear."""
    connection.info[_WARNINGS].clear()
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s), pg_notify(%s, '')", (_TURN, CHANNEL))


def take_aside(connection: Connection) -> None:
    """Change what is beside the journals: it waits for no writer of those, nor for the standby, but for whoever else
    changes it."""
    connection.exec_driver_sql("SET LOCAL synchronous_commit = local")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ASIDE,))


def timeline(connection: Connection) -> str:
    """The server's timeline: another one after a standby was promoted, or a backup restored (PostgreSQL, 26.3.5)."""
    found = connection.exec_driver_sql("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)").scalar_one()
    return str(found)


def expect_copied(connection: Connection) -> None:
    """See that what was just committed is on the standby as well, where there is to be one.

    Raises:
        StoreUnavailable: PostgreSQL gave up waiting for the standby, and said so in a warning. The commit is on one
            disk only, and must not be acknowledged: whoever sent it sends it again, and it is there once.
    """
    warnings = connection.info[_WARNINGS]
    if any("synchronous replication" in warning for warning in warnings):
        raise StoreUnavailable(f"the second server did not confirm the commit: {warnings[-1]}")


def standby_waited(connection: Connection) -> float:
    """Seconds for which a commit of any of the office's processes waits for the standby by now; 0 when none does."""
    waiting = (
        "SELECT COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - query_start)), 0)::float8 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event = 'SyncRep'"
    )
    return float(connection.exec_driver_sql(waiting).scalar_one())


def check_encoding(connection: Connection) -> None:
    """See that the database can hold every text.

    Raises:
        StoreUnavailable: it cannot.
    """
    found = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if found != _ENCODING:
        raise StoreUnavailable(f"its encoding is {found}; make one with: createdb --encoding {_ENCODING} -T template0")


def unavailable(cause: BaseException | None) -> StoreUnavailable:
    """What the driver raised, in the store's words (PostgreSQL, Appendix A: error codes)."""
    from psycopg import OperationalError

    state = getattr(cause, "sqlstate", None) or ""
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if state == "53100":
        return StoreFull(reason)
    if state == "42P01":
        return StoreMissing(reason)
    if state.startswith("XX"):
        return StoreBroken(reason)
    if (not state and isinstance(cause, OperationalError)) or state.startswith(("08", "28", "3D", "57P")):
        return StoreNotReachable(reason)
    return StoreUnavailable(reason)
