"""A new till's snapshot: it knows what a till knows that has heard every entry, and goes on from there."""

import json

import pytest

from common.card.image import ReturnData, ReturnStatus
from common.entries import CardSeen, LeaseGranted
from common.snapshot import write_page
from syncserver.audit.snapshot import check_snapshot
from syncserver.feed import snapshot
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from tests.benchmarks.fleet import Seller, enrol
from tests.till.branch import ZHEJIANG
from tests.till.sync.conftest import pretending, serving
from tests.till.sync.test_client import Till
from till.store.rebuild import rebuild
from till.sync.client import run_sync
from till.sync.errors import OfficeNonsense, OfficeUnreachable

BRANCH = "hill"


def silent(_: int) -> None: ...


@pytest.fixture
def seller(office):
    """A till of the branch that has sold for a while."""
    made = Seller("till-0100", BRANCH, accounts=8)
    other = Seller("till-0200", BRANCH, accounts=0)
    made.other = other
    enrol(office, [made, other])
    with office.change() as intake:
        grants.publish_tariff(intake, ZHEJIANG)
        grants.allot_cards(intake, office.keys.card_master, BRANCH, ["6201000000000001", "6201000000000002"])
        for _ in range(40):
            grants.grant_lease(intake, made.till, office.clock())
    push(office, made, made.opening() + made.sold(8 * 2 * 9))
    push(office, other, other.opening())
    return made


def push(office, seller, lines):
    queue = IngestQueue(office.store, office.keys.signing, office.clock)
    queue.submit(seller.till, 1, read_batch(b"".join(lines))).result()
    queue.close()


@pytest.fixture
def small(monkeypatch):
    """Snapshots even of little, in pages of three accounts."""
    monkeypatch.setattr(snapshot, "WORTH_IT", 0)
    monkeypatch.setattr(snapshot, "_ACCOUNTS", 3)


def by_entries(tmp_path, office, url, monkeypatch):
    """A till that takes the whole feed."""
    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "WORTH_IT", 10**9)
        till = Till(tmp_path / "by-entries", office, url, secret=b"abcdefghij")
        run_sync(till.store, till.journal, till.client)
    return till


def same(one, other, seller):
    """Both know the same of all customers, and each is what its entries say."""
    for customer in seller.customers:
        facts = one.store.account(customer.account)
        assert facts is not None
        assert facts == other.store.account(customer.account)
        assert one.store.account_by_card(customer.image.serial) == facts
    assert one.store.find("", 100) == other.store.find("", 100)
    assert one.store.tariffs() == other.store.tariffs()
    assert one.store.stock() == other.store.stock()
    assert set(other.store.writers()) <= set(one.store.writers())
    for till in (one, other):
        assert rebuild(till.store, check=True, progress=silent) == []
        till.journal.verify(silent)


def entries_in(till):
    return sum(1 for _ in till.store.everything())


def test_it_knows_what_a_till_knows_that_heard_everything(tmp_path, office, seller, small, monkeypatch):
    with serving(office) as url:
        full = by_entries(tmp_path, office, url, monkeypatch)
        till = Till(tmp_path / "by-snapshot", office, url)
        run_sync(till.store, till.journal, till.client)
        same(till, full, seller)
        assert entries_in(till) < 20 < entries_in(full)
        said = [entry.entry.body for entry in till.store.everything()]
        assert len([body for body in said if isinstance(body, LeaseGranted)]) == 1
        # Later entries are folded on top.
        for _ in range(3):
            push(office, seller, seller.sold(8 * 2))
            for each in (till, full):
                run_sync(each.store, each.journal, each.client)
            same(till, full, seller)


def test_what_is_about_the_part_that_was_summed_up_is_asked_for(tmp_path, office, seller, small, monkeypatch):
    """A till that was offline for long brings return data of a purchase that the snapshot only counts."""
    customer = seller.customers[3]
    with serving(office) as url:
        full = by_entries(tmp_path, office, url, monkeypatch)
        till = Till(tmp_path / "by-snapshot", office, url)
        run_sync(till.store, till.journal, till.client)
        seen = ReturnData(
            meter=customer.meter, issue=1, count=1, remaining=20_000, use=30_000, status=ReturnStatus.LOADED,
            card_count=1,
        )  # fmt: skip
        late = CardSeen(account=customer.account, card=customer.image.serial, seen=seen)
        push(office, seller.other, [seller.other.line(late)])
        push(office, seller, seller.sold(8 * 2))
        for each in (till, full):
            run_sync(each.store, each.journal, each.client)
        same(till, full, seller)
        assert [base.account for base in till.store.bases.all()] == [
            other.account for other in seller.customers if other is not customer
        ]
        purchases = till.store.purchases(customer.account, 100)
        assert len(purchases) == 10


def test_a_cut_costs_one_page(tmp_path, office, seller, small, monkeypatch):
    with serving(office) as url:
        full = by_entries(tmp_path, office, url, monkeypatch)
        till = Till(tmp_path / "by-snapshot", office, url)
        pages = []
        take = till.journal.begin_from

        def fail_at_the_third(accounts, position):
            pages.append([facts.account for facts in accounts])
            if len(pages) == 3:
                raise OfficeUnreachable(url, "cut")
            take(accounts, position)

        till.journal.begin_from = fail_at_the_third
        with pytest.raises(OfficeUnreachable):
            run_sync(till.store, till.journal, till.client)
        assert till.store.feed_position() == 0
        # While the line was cut, the branch sold on: pages from before and after must agree in the end.
        push(office, seller, seller.sold(8 * 2))
        run_sync(till.store, till.journal, till.client)
        run_sync(full.store, full.journal, full.client)
        assert [len(page) for page in pages] == [3, 3, 2, 2]
        assert pages[2] == pages[3]
        same(till, full, seller)


def test_a_short_feed_is_taken_from_its_beginning(tmp_path, office, seller):
    with serving(office) as url:
        till = Till(tmp_path / "till", office, url)
        run_sync(till.store, till.journal, till.client)
    assert list(till.store.bases.all()) == []
    assert entries_in(till) > 100


@pytest.mark.parametrize("change", ["a digit of the facts", "the signature", "another page", "cut"])
def test_a_page_that_does_not_prove_itself_is_not_taken(tmp_path, office, seller, small, change):
    with serving(office) as url:
        till = Till(tmp_path / "till", office, url)
    with office.store.read() as reading:
        row = reading.latest_writer(till.reply.till)
        first = snapshot.take_page(reading, row, "")
        second = snapshot.take_page(reading, row, first.next)
    page = write_page(office.keys.signing, second if change == "another page" else first)
    match change:
        case "a digit of the facts":
            page = page.replace(b'"limit":3000000', b'"limit":9000000')
        case "the signature":
            page = b"0" * 128 + page[128:]
        case "cut":
            page = page[:-10]

    def answers(request):
        path = request.split()[1]
        if path.startswith("/v1/version"):
            version = {"product": "kilotill", "version": "x", "protocol": 1, "now": office.clock().isoformat()}
            body = json.dumps(version).encode()
        elif path.startswith("/v1/journal"):
            head = {"writer": till.reply.till, "epoch": 1, "seq": 1, "hash": till.journal.head.hash}
            body = json.dumps({"head": head, "now": office.clock().isoformat()}).encode()
        else:
            body = page
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)

    port = int(till.client.url.rpartition(":")[2])
    with pretending(office.folder, answers, port), pytest.raises(OfficeNonsense, match="snapshot"):
        run_sync(till.store, till.journal, till.client)
    assert till.store.account(seller.customers[0].account) is None


def test_the_office_proves_that_the_snapshot_says_what_the_entries_say(office, seller, small):
    assert check_snapshot(office.store, BRANCH) == (8, [])
    with office.store.write() as writing:
        (row,) = writing.accounts_of(BRANCH, "", 1)
        changed = row.facts.replace(b'"limit":3000000', b'"limit":9000000')
        writing.put_accounts([(row.number, row.branch, row.branches, row.last, changed)])
    assert check_snapshot(office.store, BRANCH) == (8, [row.number])
