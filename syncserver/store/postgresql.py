"""PostgreSQL as the store's database, through psycopg.

Any number of office processes work on one database: their writers take turns, by a lock that a transaction holds until
its commit can be seen. So positions have no gaps, the feed's order is the order of commits, and whoever has the turn
sees all that was decided before. Nothing that a process remembers from another transaction is trusted in it.
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from syncserver.store.errors import StoreBroken, StoreFull, StoreMissing, StoreNotReachable, StoreUnavailable

_TURN = 0x6B696C6F74696C6C
"""The number of the writers' lock: `kilotill` in ASCII. Advisory locks are a database's own."""

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
}
_ENCODING = "UTF8"


def connect(url: str) -> Engine:
    """An engine for the database at postgresql://USER@HOST/NAME; libpq's parameters may follow (`?host=...`).

    Raises:
        StoreUnavailable: it is no such URL, or psycopg is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise StoreUnavailable("a store's address begins with postgresql://")
        named = {name: value for name, value in _CONNECTION.items() if name not in parsed.query}
        if "options" not in parsed.query:
            named["options"] = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            connect_args=named,
            pool_size=_POOL,
            max_overflow=_MOST_MORE,
            use_native_hstore=False,
        )
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreUnavailable("that is no address of a database: postgresql://USER@HOST/NAME") from error
    except ImportError as error:
        raise StoreUnavailable("psycopg is not installed: pip install 'kilotill[postgresql]'") from error


def without_password(url: str) -> str:
    """The URL as people may see it."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(no address of a database)"


def options(*, write: bool) -> dict[str, Any]:
    """How a transaction sees the database. A reader sees one moment. A writer, once it has its turn, sees all that was
    committed before, and nobody else changes anything."""
    if write:
        return {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def take_turn(connection: Connection) -> None:
    """Wait until no other writer has the turn. It is given back with the commit."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))


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
    state = getattr(cause, "sqlstate", None) or ""
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if state == "53100":
        return StoreFull(reason)
    if state == "42P01":
        return StoreMissing(reason)
    if state.startswith("XX"):
        return StoreBroken(reason)
    if not state or state.startswith(("08", "28", "3D", "57P")):
        return StoreNotReachable(reason)
    return StoreUnavailable(reason)
