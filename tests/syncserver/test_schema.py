"""Databases of other versions of the program: told in words, and an older one is brought up by one command."""

import sqlite3
import time
from contextlib import closing

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from typer.testing import CliRunner

import syncserver.cli.run
from syncserver.audit.rebuild import rebuild
from syncserver.office.office import Office
from syncserver.store import MasterStore, StoreNewer, StoreOutdated, tables
from syncserver.store.engine import connect, transaction
from syncserver.store.migrations.versions import v0001_first
from syncserver.store.schema import VERSIONS
from tests.postgresql import hand
from tests.postgresql.stores import only_postgresql, only_sqlite


def run(office, *words):
    return CliRunner().invoke(syncserver.cli.run.app, ["--data", str(office.folder.path), *words])


def become(office, version):
    """The office's database says that it is of this version; None: it does not say."""
    with transaction(connect(office.folder.address), write=True) as connection:
        connection.execute(tables.version.delete())
        if version is not None:
            connection.execute(tables.version.insert().values(version_num=version))


def as_before_versions(path):
    """A database file as the program made it before versions were noted, with what an office of now has in it."""
    old = path.with_name("old.db")
    with closing(sqlite3.connect(old)) as made:
        made.execute("ATTACH ? AS now", (str(path),))
        for statement in v0001_first._TABLES:
            made.execute(statement)
        for (name,) in made.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            made.execute(f"INSERT INTO main.{name} SELECT * FROM now.{name}")
        made.commit()
    for beside in path.parent.glob(path.name + "*"):
        beside.unlink()
    old.rename(path)


async def with_a_closed_account(line, clock):
    """The office holds one, of this till's."""
    voice = await line.till(clock)
    voice.open_account("A1")
    voice.freeze("A1")
    await line.push(voice)
    return voice


@only_sqlite  # PostgreSQL is there since versions are
async def test_an_office_from_before_versions_is_told_so_and_upgraded_by_one_command(line, clock):
    office, voice = line.office, await with_a_closed_account(line, clock)
    office.close()
    as_before_versions(office.folder.database)

    with pytest.raises(StoreOutdated):
        Office.open(office.folder)
    told = run(office, "health")
    assert (told.exit_code, "version 0001" in told.stderr, "syncserver upgrade" in told.stderr) == (4, True, True)
    upgraded = run(office, "upgrade")
    assert (upgraded.exit_code, f"of version {VERSIONS[-1]} now" in upgraded.stdout) == (0, True)

    again = Office.open(office.folder, clock)
    with again.store.read() as reading:
        assert reading.latest_writer(voice.till).head == voice.head
        assert [row.number for row in reading.listed("closed", "hill")] == ["A1"]
    assert rebuild(again.store, check=True, progress=lambda _: None) == []
    again.close()
    with connect(office.folder.database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    assert "already" in run(office, "upgrade").stdout


@only_postgresql
async def test_a_database_of_the_version_before_is_upgraded(line, clock):
    office, _ = line.office, await with_a_closed_account(line, clock)
    indexes = "SELECT tablename, indexname FROM pg_indexes WHERE indexdef ~ '[(]receipt[)]' OR indexname ~ '^listed'"
    made = set(hand.ask(office, indexes))
    for gone in ("TABLE listed", "INDEX vend_receipt", "INDEX movement_receipt", "INDEX movement_for_job"):
        hand.change(office, f"DROP {gone}")
    become(office, "0002")
    office.close()

    assert f"of version {VERSIONS[-1]} now" in run(office, "upgrade").stdout
    again = Office.open(office.folder, clock)
    with again.store.read() as reading:
        assert [row.number for row in reading.listed("closed", "hill")] == ["A1"]
    assert rebuild(again.store, check=True, progress=lambda _: None) == []
    again.close()
    found = set(hand.ask(office, indexes))
    assert {table for table, _ in found} == {table for table, _ in made}
    assert len(found) == len(made)


def test_an_upgraded_database_is_as_a_new_one(tmp_path):
    def columns(path):
        with closing(sqlite3.connect(path)) as held:
            names = [name for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: held.execute(f"PRAGMA table_info({name})").fetchall() for name in sorted(names)}

    MasterStore.create(tmp_path / "new.db").close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as made:
        for statement in v0001_first._TABLES:
            made.execute(statement)
    assert MasterStore.upgrade(tmp_path / "old.db") == ("0001", VERSIONS[-1])
    assert columns(tmp_path / "old.db") == columns(tmp_path / "new.db")


def test_a_database_that_a_later_program_wrote_is_left_alone(office):
    become(office, "9999")
    with pytest.raises(StoreNewer):
        MasterStore.open(office.folder.address)
    for words in (["health"], ["upgrade"]):
        told = run(office, *words)
        assert (told.exit_code, "version 9999" in told.stderr, "newer program" in told.stderr) == (4, True, True)


def test_a_database_that_says_that_it_is_older_is_not_worked_with(office):
    become(office, VERSIONS[0])
    with pytest.raises(StoreOutdated):
        MasterStore.open(office.folder.address)


@only_postgresql
def test_what_is_refused_keeps_no_connection(office):
    become(office, VERSIONS[0])
    office.close()

    def connections():
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kilotill'"
        )
        return hand.ask(office, query)[0][0]

    for _ in range(5):
        with pytest.raises(StoreOutdated):
            MasterStore.open(office.folder.address)
    deadline = time.monotonic() + 10
    while connections() > 1 and time.monotonic() < deadline:  # the server ends them a moment later
        time.sleep(0.05)
    assert connections() == 1  # this one's own


def test_a_new_database_has_the_tables_that_the_program_expects(office):
    engine = connect(office.folder.address)
    expected = tables.metadata
    with engine.connect() as connection:
        names = set(sqlalchemy.inspect(connection).get_table_names())
    assert set(expected.tables) <= names
    engine.dispose()
