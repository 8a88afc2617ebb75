"""An online till hears what the office decides as soon as it is decided: a real server, a real client, long polls."""

import asyncio
import threading
import time

import pytest

from common.card.image import CardImage
from common.entries import (
    CardBlocked,
    ClockCompared,
    ReplacementCompleted,
    ReplacementStarted,
    SettledBy,
)
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.benchmarks.fleet import Seller, enrol
from tests.syncserver.conftest import UTILITY
from tests.syncserver.test_process import process
from tests.till.sync.test_client import Till
from till.journal.writer import Journal
from till.store import Store
from till.sync.client import Session
from till.sync.live import run_follow

BRANCH, SECONDS = "hill", 2.0


@pytest.fixture
def office(tmp_path):
    """An office by the real clock: its server is a process of its own."""
    made = Office.create(OfficeFolder(tmp_path / "office"), UTILITY, [])
    yield made
    made.close()


def push(office, seller, lines):
    queue = IngestQueue(office.store, office.keys.signing, office.clock)
    queue.submit(seller.till, 1, read_batch(b"".join(lines))).result()
    queue.close()


def replaced(seller, customer):
    """Another till replaces the card, and does not know what is sold on it meanwhile."""
    image = CardImage(
        serial="6299000000000001", account=customer.account, meter=customer.meter, issue=2, count=customer.image.count,
        credit=0,
    )  # fmt: skip
    job = f"{seller.till}/replacement"
    yield ReplacementStarted(
        job=job, account=customer.account, before=None, image=image, seen=None, clerk="li",
        replaces=customer.image.serial, known_count=customer.image.count, reason="lost",
    )  # fmt: skip
    yield ReplacementCompleted(job=job, account=customer.account, receipt=None, by=SettledBy.TILL)


def blocked(database, account):
    """Whether a till's store says that a card of the account is blocked."""
    store = Store.open(database)
    try:
        facts = store.account(account)
        return facts is not None and any(isinstance(made, CardBlocked) for made in facts.decisions.values())
    finally:
        store.close()


def test_a_block_reaches_an_online_till_in_under_two_seconds(tmp_path, office):
    seller, other = Seller("till-0100", BRANCH, accounts=2), Seller("till-0200", BRANCH, accounts=0)
    enrol(office, [seller, other])
    push(office, seller, seller.opening() + seller.sold(8))
    customer = seller.customers[0]
    push(office, other, other.opening() + [other.line(body) for body in replaced(other, customer)])
    with process(office) as (_, url):
        till = Till(tmp_path / "till", office, url)
        synced = threading.Event()
        following = threading.Thread(
            target=run_follow, args=(till.store, till.journal, till.client, 12, lambda _: synced.set())
        )
        following.start()
        assert synced.wait(30)
        time.sleep(1)  # it waits in the long poll now
        assert not blocked(tmp_path / "till" / "till.db", customer.account)
        # What was sold on the old card comes: the rule blocks the card.
        began = time.monotonic()
        push(office, seller, seller.sold(2))
        while not blocked(tmp_path / "till" / "till.db", customer.account):
            assert time.monotonic() - began < SECONDS * 5, "the block did not come"
            time.sleep(0.02)
        took = time.monotonic() - began
        following.join()
    assert took < SECONDS, f"{took:.2f} s"


def test_what_the_counter_writes_meanwhile_is_sent_in_the_same_session(tmp_path, office):
    """The counter has a journal of its own on the same store, as the window has."""
    with process(office) as (_, url):
        till = Till(tmp_path / "till", office, url)

        async def two_rounds():
            async with Session(till.store, till.journal, till.client) as session:
                await session.sync()
                counter = Journal(
                    till.store, till.keys, till.journal.head.writer, till.journal.head.epoch, office.clock, None
                )
                counter.start()
                counter.commit(ClockCompared(offset_ms=1))
                return await session.sync()

        report = asyncio.run(two_rounds())
    assert report.sent == 1
    assert report.head.seq == till.journal.head.seq
