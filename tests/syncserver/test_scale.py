"""The measurement runs from end to end, and what it reports adds up."""

from pathlib import Path

import pytest
from aiohttp import web
from rich.console import Console

from syncserver.office.contacts import Contacts
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.web.office_site import add_pages
from tests.postgresql.stores import ON_POSTGRESQL, Stores
from tests.scale import database, pages
from tests.scale.plan import HANDFUL, Plan, now, plan_in
from tests.scale.report import Results, show
from tests.scale.run import Run

VENDS, ACCOUNTS, TILLS, LOOKS = 480, 24, 4, 1
OPENING = 3 * ACCOUNTS + 2 * TILLS
"""Entries: each account and its card, each till's journal and lease."""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return plan_in(tmp_path, Plan(VENDS, ACCOUNTS, TILLS, 100, LOOKS, now()))


@pytest.mark.parametrize("each_store", [ON_POSTGRESQL], indirect=True)
def test_a_load_is_measured_and_adds_up(each_store: Stores, tmp_path: Path, plan: Plan) -> None:
    url = each_store.empty()
    run = Run(tmp_path, plan, url, Console(quiet=True))
    run.load()
    run.measure()
    results = Results.kept(tmp_path)
    assert [one.entries for one in results.rounds] == [OPENING, 400, 400, 160]
    assert [one.copied for one in results.rounds] == [one.entries for one in results.rounds]
    assert results.room is not None
    assert results.room.vends == VENDS
    assert [len(one.times) for one in results.syncs] == [TILLS, TILLS, TILLS]
    assert results.heard > 0
    assert database.vends(url) == VENDS + 2 * HANDFUL * TILLS
    text = show(results)
    assert f"{2 * VENDS:,} entries" in text
    assert f"with {VENDS:,} stored" in text
    office = Office.open(OfficeFolder(tmp_path / "office"))
    assert {page.what for page in results.pages} == set(addresses := pages.addresses(office, plan))
    assert set(addresses.values()) == _routes(office)
    office.close()


def _routes(office: Office) -> set[str]:
    """Every page that one can look at, but for the front door."""
    app = web.Application()
    with office.store.read() as reading:
        add_pages(app, office, Contacts(reading), take=lambda *_: None)  # type: ignore[arg-type,return-value]
    pages = (route.resource.canonical for route in app.router.routes() if route.method == "GET")
    return {path.removeprefix("/office") for path in pages if "static" not in path} - {"/"}


def test_a_folder_of_another_load_is_refused(tmp_path: Path, plan: Plan) -> None:
    with pytest.raises(ValueError, match="other figures"):
        plan_in(tmp_path, Plan(VENDS, ACCOUNTS, TILLS, 200, LOOKS, now()))
