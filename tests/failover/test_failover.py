"""A primary of PostgreSQL dies under load: what tills were told is kept is on its standby. Each test says on what that
rests by taking it away."""

from pathlib import Path

import pytest

from syncserver.office.office import Office
from syncserver.store import MasterStore, StoreNotReachable
from tests.benchmarks.fleet import sellers
from tests.benchmarks.offices import new_office, push
from tests.failover.__main__ import text
from tests.failover.pair import running_pair
from tests.failover.story import Held, compare, live
from tests.failover.tills import Till
from tests.postgresql.hand import change

pytestmark = pytest.mark.xdist_group("postgresql")


def test_nothing_acknowledged_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    with running_pair() as pair:
        with pytest.raises(StoreNotReachable, match="read-only"):
            MasterStore.open(pair.standby.url())
        story = live(tmp_path / "office", pair, before=200, after=100)
    assert story.good, text(story)
    assert story.held.acknowledged >= 300
    assert story.heard >= 300


def test_a_standby_that_nobody_waits_for_loses_what_was_acknowledged(tmp_path: Path) -> None:
    with running_pair(synchronous=False) as pair:
        story = live(tmp_path / "office", pair, before=150, after=0, cut_off=True, servers=1)
    assert not story.good
    assert story.held.found < story.held.acknowledged
    assert story.asked_back
    assert story.gone


@pytest.fixture
def served(tmp_path: Path) -> tuple[Office, list[Till]]:
    """An office, and tills of which it has all."""
    fleet = sellers(2, 3)
    office = new_office(tmp_path / "office", fleet)
    tills = [Till(seller, [*seller.opening(), *seller.sold(4)]) for seller in fleet]
    push(office, fleet, [b"".join(till.lines) for till in tills])
    for till in tills:
        till.acknowledged = len(till.lines)
    return office, tills


def test_one_entry_that_is_gone_is_noticed(served: tuple[Office, list[Till]]) -> None:
    office, tills = served
    assert compare(office.store, tills) == Held(acknowledged=28, found=28, doubled=0)
    change(office, "DELETE FROM journal WHERE writer = ? AND seq = ?", tills[1].seller.till, 9)
    assert compare(office.store, tills) == Held(acknowledged=28, found=27, doubled=0)
    office.close()


def test_one_entry_that_was_changed_is_noticed(served: tuple[Office, list[Till]]) -> None:
    office, tills = served
    change(office, "UPDATE journal SET signature = ? WHERE writer = ? AND seq = ?", bytes(64), tills[0].seller.till, 3)
    assert compare(office.store, tills) == Held(acknowledged=28, found=27, doubled=0)
    office.close()
