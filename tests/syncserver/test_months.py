"""PostgreSQL: the entries and purchases of each month lie in a partition of their own, made ahead; none is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from syncserver.audit.rebuild import rebuild
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office.contacts import contacts_of
from syncserver.office.health import look
from syncserver.office.months import prepare_months
from syncserver.store.partitions import later, month_of
from tests.benchmarks.fleet import Seller, enrol
from tests.postgresql import hand
from tests.postgresql.stores import only_postgresql

pytestmark = [only_postgresql, pytest.mark.usefixtures("each_store")]


class Shop:
    """A till that sells."""

    def __init__(self, office):
        self.office = office
        self.seller = Seller("till-0100", "hill", accounts=3)
        enrol(office, [self.seller])
        self.send(self.seller.opening())

    def send(self, lines):
        queue = IngestQueue(self.office.store, self.office.keys.signing, self.office.clock)
        assert queue.take_now(self.seller.till, 1, read_batch(b"".join(lines))) == self.seller.head

    def sell(self, at):
        self.seller.now = at
        self.send(self.seller.sold(6))


@pytest.fixture
def shop(office):
    return Shop(office)


def count(office, table):
    return hand.ask(office, f"SELECT count(*) FROM {table}")[0][0]


def problems(office):
    with office.store.read() as reading:
        contacts = contacts_of(reading)
    return [problem for problem in look(office, contacts, office.clock()).problems if "months" in problem]


def test_entries_lie_in_the_month_of_their_intake_and_purchases_in_their_own(office, shop, clock):
    begun = count(office, "journal_2026_11")
    shop.sell(clock.now - timedelta(days=40))
    assert (count(office, "vend_2026_10"), count(office, "journal_2026_11")) == (3, begun + 6)
    clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    shop.sell(datetime(2026, 12, 31, 23, 59, tzinfo=UTC) - timedelta(minutes=9))
    assert (count(office, "vend_2026_12"), count(office, "journal_2027_01") >= 6) == (3, True)
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)  # the office's clock was put back: positions go on, and so do months
    shop.sell(clock.now)
    assert count(office, "journal_2026_12") == 0
    assert rebuild(office.store, check=True, progress=lambda _: None) == []


def test_a_purchase_at_an_impossible_time_is_kept_with_others_until_its_month_comes(office, shop, clock):
    far = datetime(2031, 5, 6, tzinfo=UTC)
    shop.sell(datetime(1970, 1, 1, tzinfo=UTC))
    shop.sell(far)
    assert count(office, "vend_other") == 6
    clock.now = far
    shop.sell(far + timedelta(hours=1))
    assert (count(office, "vend_other"), count(office, "vend_2031_05")) == (3, 6)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []


def test_the_next_months_are_made_ahead(office, clock):
    prepare_months(office.store, clock())
    names = {
        name for (name,) in hand.ask(office, "SELECT relname FROM pg_class WHERE starts_with(relname, 'journal_2')")
    }
    assert {"journal_2026_11", "journal_2026_12", "journal_2027_01", "journal_2027_02"} <= names
    assert problems(office) == []


def test_an_operator_is_told_when_they_cannot_be_made_and_nothing_is_refused(office, shop, clock):
    clock.now = datetime(2027, 2, 3, tzinfo=UTC)
    assert len(problems(office)) == 1
    shop.sell(clock.now)
    clock.now = datetime(2027, 6, 3, tzinfo=UTC)
    assert len(problems(office)) == 1
    shop.sell(clock.now)  # its month is made with it
    assert count(office, "vend_2027_06") == 3
    prepare_months(office.store, clock())
    assert problems(office) == []


def test_a_purchase_whose_time_is_another_now_is_there_once(office, shop, clock):
    shop.sell(clock.now)
    with office.store.read() as reading:
        line = next(iter(reading.vends()))
    with office.store.write() as writing:
        writing.put_vends([replace(line, at="2026-10-02T00:00:00+00:00")])
    rows = hand.ask(office, "SELECT at FROM vend WHERE job = ?", line.job)
    assert rows == [("2026-10-02T00:00:00+00:00",)]


@pytest.mark.parametrize(("month", "by", "found"), [(202611, 1, 202612), (202612, 1, 202701), (202601, -13, 202412)])
def test_months_follow_one_another(month, by, found):
    assert later(month, by) == found
    assert later(found, -by) == month
    assert month_of(datetime(month // 100, month % 100, 5, tzinfo=UTC)) == month
