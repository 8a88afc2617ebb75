"""An office that is restored from a backup, and what a till that has heard more owes it."""

import pytest

from syncserver.office import grants
from tests.simulation.central import Network
from tests.simulation.template import quiet
from tests.till.branch import ZHEJIANG
from tests.till.sync.sticks import Far, Post
from till.sync.client import OfficeClient, run_sync
from till.sync.errors import OfficeUnreachable


@pytest.fixture
def post(tmp_path, clock):
    made = Post(tmp_path, clock)
    yield made
    made.central.stop()


class Until(Network):
    """A line that is cut before a request for this path."""

    def __init__(self, central, path):
        super().__init__(central, quiet, lambda _: 0)
        self._path = path

    async def ask(self, method, path, **request):
        if path == self._path:
            raise OfficeUnreachable("memory", "cut")
        return await super().ask(method, path, **request)


def sync_until(till, path):
    client = OfficeClient(
        "memory", b"", till.till, till.keys.signing, till.clock, lambda *_: Until(till.post.central, path)
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
