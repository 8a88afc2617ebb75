"""Which version of the tables a database has, and bringing an older one up to this program's (Alembic).

A new database is made as the tables are now (syncserver.store.tables, .partitions), and says which version that is. One
that does not say is of the first version, from before there were any.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from syncserver.store import partitions, postgresql, tables
from syncserver.store.engine import transaction
from syncserver.store.errors import StoreBroken, StoreMissing, StoreMoved, StoreNewer, StoreOutdated, StoreUnavailable
from syncserver.store.rows import POSTGRESQL

VERSIONS = ("0001", "0002", "0003")
"""Every version that there was, in order; each has a script in `migrations/versions`, by which the one before becomes
it."""

MOVED = "moved"
"""In `meta`: where the office has moved to."""

_MOVED = select(tables.meta.c.value).where(tables.meta.c.name == MOVED)
_SCRIPTS = Path(__file__).parent / "migrations"


def make_tables(connection: Connection) -> None:
    """Make the tables of a new database.

    Raises:
        StoreUnavailable: there are some already, or it cannot hold every text.
    """
    if connection.dialect.name == POSTGRESQL:
        postgresql.check_encoding(connection)
        if inspect(connection).has_table(tables.meta.name):
            raise StoreUnavailable("there is an office in that database already")
        partitions.make_tables(connection)
    else:
        tables.metadata.create_all(connection)
    connection.execute(tables.version.insert().values(version_num=VERSIONS[-1]))


def check(connection: Connection) -> None:
    """See that the database is of this program's version.

    Raises:
        StoreMissing, StoreBroken: it has no tables of an office.
        StoreOutdated: it is older.
        StoreNewer: a later program has worked with it.
    """
    found = version_of(connection)
    if found not in VERSIONS:
        raise StoreNewer(found, VERSIONS[-1])
    if found != VERSIONS[-1]:
        raise StoreOutdated(found, VERSIONS[-1])
    expect_not_moved(connection)


def expect_not_moved(connection: Connection) -> None:
    """See that the office has not moved to another database: what is written here from then on would be lost.

    Raises:
        StoreMoved: it has.
    """
    to = connection.execute(_MOVED).scalar_one_or_none()
    if to is not None:
        raise StoreMoved(to)


def note_moved(connection: Connection, to: str) -> None:
    """From now on nothing is written here."""
    connection.execute(tables.meta.insert().values(name=MOVED, value=to))


def version_of(connection: Connection) -> str:
    """The version of the database's tables.

    Raises:
        StoreMissing, StoreBroken: it has no tables of an office.
    """
    there = inspect(connection)
    if there.has_table(tables.version.name):
        found = connection.execute(select(tables.version.c.version_num)).scalar_one_or_none()
        if found is not None:
            return str(found)
    if there.has_table(tables.journal.name):
        return VERSIONS[0]
    missing = StoreMissing if connection.dialect.name == POSTGRESQL else StoreBroken
    raise missing("it has no tables of an office")


def upgrade(engine: Engine) -> tuple[str, str]:
    """Bring the database up to this program's version, all of it or nothing. Returns the version before and after.

    Raises:
        StoreUnavailable: see there; StoreNewer among them.
    """
    # Imported here: a server that starts needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with transaction(engine, write=True) as connection:
        before = version_of(connection)
        if before not in VERSIONS:
            raise StoreNewer(before, VERSIONS[-1])
        config.attributes["connection"] = connection
        if not inspect(connection).has_table(tables.version.name):
            command.stamp(config, before)
        command.upgrade(config, VERSIONS[-1])
    return before, VERSIONS[-1]
