"""An office that is restored from a backup, and what a till that has heard more owes it."""

import pytest

from common.account import unpack
from common.card.image import CardImage
from common.entries import AccountFrozen, IssueCompleted, IssueStarted, SettledBy
from syncserver.office import grants
from tests.simulation.central import Network
from tests.simulation.newcomers import small_snapshots
from tests.simulation.template import quiet
from tests.till.branch import ZHEJIANG
from tests.till.sync.sticks import Far, Post
from till.store.rebuild import rebuild
from till.sync.client import OfficeClient, run_sync
from till.sync.errors import OfficeUnreachable


@pytest.fixture
def post(tmp_path, clock):
    made = Post(tmp_path, clock)
    yield made
    made.central.stop()


class Until(Network):
    """A line that is cut before the nth request for this path."""

    def __init__(self, central, path, times):
        super().__init__(central, quiet, lambda _: 0)
        self._path, self._left = path, times

    async def ask(self, method, path, **request):
        self._left -= path == self._path
        if self._left == 0:
            raise OfficeUnreachable("memory", "cut")
        return await super().ask(method, path, **request)


def sync_until(till, path, times=1):
    client = OfficeClient(
        "memory", b"", till.till, till.keys.signing, till.clock, lambda *_: Until(till.post.central, path, times)
    )
    with pytest.raises(OfficeUnreachable):
        run_sync(till.store, till.journal, client)


def tariffs_of(office):
    with office.store.read() as reading:
        return [tariff.tariff for tariff in reading.tariffs()]


def test_an_office_that_is_restored_twice_gets_back_twice_what_it_lost(tmp_path, post):
    """What was handed back once is handed back again, though the till has not taken the feed since (seed 518)."""
    till = Far(tmp_path, post, "till")
    post.central.back_up()
    with post.office.change() as intake:
        grants.publish_tariff(intake, ZHEJIANG)
    till.sync()
    post.central.restore()
    sync_until(till, "/v1/journal")
    assert tariffs_of(post.office) == [ZHEJIANG.tariff]
    post.central.restore()
    assert tariffs_of(post.office) == []
    till.sync()
    assert tariffs_of(post.office) == [ZHEJIANG.tariff]
    till.store.close()


def office_says(post, account):
    with post.office.store.read() as reading:
        row = reading.accounts([account]).get(account)
    return None if row is None else unpack(row.facts)


def frozen(till, account):
    till.journal.commit(AccountFrozen(account=account, reason="moved away", clerk="wang"))


def issued(till, account):
    image = CardImage(
        serial="6201000000000001", account=account, meter=f"M{account}", issue=1, count=0, credit=0,
    )  # fmt: skip
    job = f"{till.till}/issue"
    till.journal.commit(
        IssueStarted(job=job, account=account, before=None, image=image, seen=None, clerk="wang"),
        IssueCompleted(job=job, account=account, receipt=None, by=SettledBy.TILL),
    )


@pytest.mark.parametrize("pages", [1, 3], ids=["a snapshot on its way", "a snapshot that is taken"])
def test_a_snapshot_of_what_the_office_lost_is_asked_for_anew(tmp_path, post, pages):
    """What it says cannot be handed back, for it is no entry; who wrote it has lost it too (seed 439)."""
    first = Far(tmp_path, post, "first")
    first.open_account("A1")
    first.open_account("A2")
    first.sync()
    post.central.back_up()
    with small_snapshots():
        late = Far(tmp_path, post, "late", synced=False)
        with first.before():
            frozen(first, "A1")
            issued(first, "A1")
            first.sync()
            if pages == 1:
                sync_until(late, "/v1/snapshot", times=2)
            else:
                late.sync()
            assert late.store.account("A1").frozen is not None
        post.central.restore()
        first.sync()
        first.open_account("A3")
        for _ in range(2):
            late.sync()
            first.sync()
    for account in ("A1", "A2", "A3"):
        assert late.store.account(account) == first.store.account(account) == office_says(post, account)
    assert rebuild(late.store, check=True, progress=lambda _: None) == []
    first.store.close()
    late.store.close()


def test_an_account_that_a_restored_office_does_not_know_yet_stays_as_the_snapshot_said(tmp_path, post):
    first = Far(tmp_path, post, "first")
    post.central.back_up()
    first.open_account("A1")
    first.sync()
    with small_snapshots():
        late = Far(tmp_path, post, "late")
    post.central.restore()
    late.sync()
    assert office_says(post, "A1") is None
    assert late.store.account("A1").opened is not None
    first.sync()
    late.sync()
    assert late.store.account("A1") == office_says(post, "A1")
    assert list(late.store.bases.all()) == []
    first.store.close()
    late.store.close()
