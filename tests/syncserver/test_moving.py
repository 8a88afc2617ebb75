"""An office moves from one store to the other: nothing is lost on the way, and nothing is taken in where it was."""

import json

import pytest
from typer.testing import CliRunner

import syncserver.cli.run
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.office import grants
from syncserver.office.office import Office
from syncserver.store import MasterStore, StoreMoved, StoreUnavailable, move_store, moving
from syncserver.store.copying import TABLES
from tests.browser.scene import a_week
from tests.postgresql import hand
from tests.syncserver.test_feed import tariff


@pytest.fixture
def elsewhere(each_store, request, tmp_path):
    """An empty place on the other store."""
    if each_store.is_postgresql:
        yield tmp_path / "moved.db"
    else:
        with request.getfixturevalue("cluster").database("kilotill_moved") as url:
            yield url


def tables(office):
    with office.store.read() as reading:
        entries = [(stored.position, stored.line) for stored in reading.ingested()]
    return entries, {
        table.name: hand.ask(office, f"SELECT count(*) FROM {table.name}")[0][0]
        for table in TABLES
        if table.name != "meta"  # has where it moved to
    }


def run(office, *words):
    return CliRunner().invoke(syncserver.cli.run.app, ["--data", str(office.folder.path), *map(str, words)])


def test_all_of_it_is_there_and_it_goes_on(office, clock, elsewhere):
    a_week(office)
    before = tables(office)
    here = office.folder.address
    done = []
    proofs = move_store(here, elsewhere, clock(), lambda rows, of: done.append((rows, of)))
    assert {proof.table: proof.rows for proof in proofs} == before[1] | {
        "meta": next(proof.rows for proof in proofs if proof.table == "meta")
    }
    assert done[-1][0] == done[-1][1] == 3 * sum(proof.rows for proof in proofs)
    moved = Office(office.folder, office.keys, MasterStore.open(elsewhere), clock)
    verify(moved.store, lambda _: None)
    assert rebuild(moved.store, check=True, progress=lambda _: None) == []
    with moved.store.read() as reading:
        assert [(stored.position, stored.line) for stored in reading.ingested()] == before[0]
    with moved.change() as intake:
        grants.publish_tariff(intake, tariff("after"))
    moved.close()
    # A server that still runs on the old one stores nothing any more.
    with pytest.raises(StoreMoved), office.change() as intake:
        grants.publish_tariff(intake, tariff("too late"))
    with pytest.raises(StoreMoved):
        MasterStore.open(here)
    assert tables(office) == before


def test_back_again_it_is_what_it_was(office, clock, elsewhere, each_store, tmp_path):
    a_week(office)
    first = move_store(office.folder.address, elsewhere, clock())
    home = each_store.empty() if each_store.is_postgresql else tmp_path / "home.db"
    assert move_store(elsewhere, home, clock()) == first


def test_a_place_that_is_not_empty_is_left_alone(office, clock, elsewhere):
    MasterStore.create(elsewhere).close()
    with pytest.raises(StoreUnavailable):
        move_store(office.folder.address, elsewhere, clock())
    with office.change() as intake:  # this one goes on
        grants.publish_tariff(intake, tariff("t"))


def test_a_copy_that_is_not_the_same_is_found(office, clock, elsewhere, monkeypatch):
    a_week(office)
    whole = moving.copy_tables

    def copy_and_lose(source, target, now, told):
        whole(source, target, now, told)
        target.exec_driver_sql("UPDATE total SET money = money + 1 WHERE kind = 'vend'")

    monkeypatch.setattr(moving, "copy_tables", copy_and_lose)
    with pytest.raises(StoreUnavailable, match="does not hold what"):
        move_store(office.folder.address, elsewhere, clock())
    with office.change() as intake:
        grants.publish_tariff(intake, tariff("t"))


def test_by_command_and_the_folder_says_where_the_office_is(office, clock, elsewhere, tmp_path):
    a_week(office)
    here = office.folder.address
    office.close()
    moved = run(office, "migrate-store", here, elsewhere)
    assert moved.exit_code == 0, moved.output
    assert "the same in" in moved.stdout
    assert "takes nothing more" in moved.stdout
    if isinstance(elsewhere, str):
        assert f"works with {elsewhere} from now on" in moved.stdout
        assert "The tables say what the entries say" in run(office, "rebuild", "--check").stdout
        assert office.folder.store_url.stat().st_mode & 0o77 == 0
    told = run(office, "--store", here, "health") if isinstance(here, str) else None
    assert told is None or (told.exit_code == 4 and "has moved to" in told.stderr)
    again = run(office, "migrate-store", here, tmp_path / "third.db", "--json")
    assert again.exit_code == 4
    assert json.loads(again.stdout)["error"] == "StoreMoved"


def test_an_address_that_is_none_is_refused_in_words(office, tmp_path):
    for address in ("mysql://x/y", "postgresql://[", "postgresql://127.0.0.1:1/none"):
        told = run(office, "migrate-store", address, tmp_path / "new.db")
        assert told.exit_code == 4
        assert "Nothing was changed" in told.stderr
        assert not (tmp_path / "new.db").exists()
