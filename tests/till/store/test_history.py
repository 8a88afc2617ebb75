"""History in a file beside the store: moved by a date, killed anywhere, changed at will; nothing is lost or doubled."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from common.account import pack, year_energy
from common.entries import LeaseGranted, SettledBy, VendVoided
from common.lease import Lease
from tests.till.operations.test_crash import die, in_a_process_of_its_own
from till.operations.vend import Amount, vend
from till.store import StoreUnreadable
from till.store.history import Histories
from till.store.move_history import move_history
from till.store.rebuild import rebuild

EVER = datetime(2100, 1, 1, tzinfo=UTC)
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def bought(branch, counter, clock):
    """Nine purchases, one a month."""
    card = branch.customer()
    until = clock.now + timedelta(days=400)
    counter.hear(branch.office.say(LeaseGranted(till="till-0001", lease=Lease(until=until, money=90_000_000))))
    for month in range(9):
        with counter.desk() as desk, counter.card(card) as driver:
            vend(desk, driver, Amount(energy=1_000 + month))
        branch.insert(card)
        clock.now += timedelta(days=30)
    return card


def seen(counter):
    """What people see of the account, which no move may change."""
    with counter.desk() as desk:
        store = desk.store
        assert rebuild(store, check=True, progress=lambda _: None) == []
        whole = store.whole_account("A1")
        energies = [bought.credit for bought in store.purchases("A1", 100)]
        assert energies == [1_008 - place for place in range(len(energies))]
        return pack(whole), energies, [year_energy(store.account("A1"), year) for year in (2026, 2027)]


def move(counter, before):
    with counter.desk() as desk:
        return move_history(desk.store, before, lambda *_: None)


def held(counter):
    """How many settled purchases the store itself has."""
    with counter.desk() as desk:
        return desk.store.database.table("history").count


def test_moving_changes_nothing_that_people_see(bought, counter, clock):
    before = seen(counter)
    everything = held(counter)
    middle = clock.now - timedelta(days=30 * 6)
    first = move(counter, middle)
    assert 0 < first.moved < everything
    assert held(counter) == everything - first.moved
    assert seen(counter) == before
    assert move(counter, middle).moved == 0
    assert move(counter, EVER).moved == everything - first.moved
    assert held(counter) == 0
    assert seen(counter) == before
    assert move(counter, NEVER).taken_back == 1
    assert held(counter) == everything
    assert seen(counter) == before
    counter.folder.joinpath("history.db").unlink()
    assert seen(counter) == before


@pytest.mark.parametrize("step", ["begin", "before", "file_rows", "forget", "take_back", "unfile", "end"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_step_it_loses_nothing_and_goes_on(bought, counter, clock, monkeypatch, step, after):
    before = seen(counter)
    everything = held(counter)
    target = EVER if step in ("begin", "before", "file_rows", "forget") else NEVER
    if target is NEVER:
        move(counter, EVER)

    def killed():
        real = getattr(Histories, step)

        def dying(self, *arguments):
            if after:
                real(self, *arguments)
            die()

        monkeypatch.setattr(Histories, step, dying)
        move(counter, target)

    assert in_a_process_of_its_own(killed) == signal.SIGKILL
    assert seen(counter) == before
    move(counter, target)
    assert held(counter) == (0 if target is EVER else everything)
    assert seen(counter) == before


def test_an_entry_that_opens_history_again_takes_it_back_from_the_file(bought, branch, counter):
    move(counter, EVER)
    with counter.desk() as desk:
        first = next(job for job in desk.store.whole_account("A1").jobs.values() if job.credit == 1_000)
        desk.journal.commit(VendVoided(job=first.job, account="A1", reason="twice", by=SettledBy.CARD))
    before = seen(counter)
    assert held(counter) > 0
    move(counter, EVER)
    assert held(counter) == 0
    assert seen(counter) == before


def test_selling_goes_on_without_the_file_and_history_says_what_to_do(bought, branch, counter):
    move(counter, EVER)
    counter.folder.joinpath("history.db").unlink()
    with counter.desk() as desk, counter.card(bought) as driver:
        vend(desk, driver, Amount(energy=1_009))
        with pytest.raises(StoreUnreadable, match="rebuild"):
            desk.store.purchases("A1", 100)
        rebuild(desk.store, check=False, progress=lambda _: None)
        assert len(desk.store.purchases("A1", 100)) == 10
