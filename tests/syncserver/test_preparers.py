"""Batches prepared by a process beside the office's."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from common.chain import Head
from syncserver.audit.books import balance
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.batch import BatchRefused, read_batch
from syncserver.ingest.prepare import Prepared
from syncserver.ingest.preparers import WORTHWHILE, Preparers
from syncserver.ingest.queue import IngestQueue
from syncserver.office.office import Office
from syncserver.store import WriterRow
from tests.benchmarks.fleet import ENERGY, Seller, sellers
from tests.benchmarks.offices import new_office, push
from tests.postgresql.stores import Stores


class Counter:
    """An office, a till at it, and processes that prepare."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.seller: Seller = sellers(1, 40)[0]
        self.office: Office = new_office(folder, [self.seller], url)
        push(self.office, [self.seller], [b"".join(self.seller.opening())])
        self.preparers = Preparers(self.office.folder.address, 1)
        self.queue = IngestQueue(self.office.store, self.office.keys.signing, self.office.clock)

    @property
    def row(self) -> WriterRow:
        with self.office.store.read() as reading:
            row = reading.writer(self.seller.till, 1)
        assert row is not None
        return row

    async def prepare(self, body: bytes) -> Prepared | None:
        return await self.preparers.prepare(self.row, body, self.office.clock())

    def take(self, batch: Prepared) -> Head:
        return self.queue.submit(self.seller.till, 1, batch).result()

    def check(self, sales: int) -> None:
        assert balance(self.office.store).energy.sold == sales * ENERGY
        assert rebuild(self.office.store, check=True, progress=lambda _: None) == []


@pytest.fixture
async def counter(tmp_path: Path, each_store: Stores) -> AsyncIterator[Counter]:
    counter = Counter(tmp_path / "office", each_store.empty() if each_store.is_postgresql else None)
    yield counter
    counter.preparers.close()
    counter.queue.close()
    counter.office.close()


async def test_a_batch_is_folded_beside_the_office_and_taken_in(counter: Counter) -> None:
    for sales in (80, 160, 240):
        prepared = await counter.prepare(b"".join(counter.seller.sold(160)))
        assert prepared is not None
        assert len(prepared.accounts) == 40
        assert counter.take(prepared) == counter.seller.head
        counter.check(sales)


async def test_what_was_prepared_is_folded_again_when_the_office_has_moved_on(counter: Counter) -> None:
    first, second = counter.seller.sold(160), counter.seller.sold(160)
    late = await counter.prepare(b"".join(first + second))
    early = await counter.prepare(b"".join(first))
    assert late is not None
    assert early is not None
    assert counter.take(early).seq == counter.row.seq == late.head.seq - 160
    assert counter.take(late) == counter.seller.head
    counter.check(160)


async def test_a_process_that_is_killed_costs_nothing(counter: Counter) -> None:
    body = b"".join(counter.seller.sold(160))
    assert await counter.prepare(body) is not None
    for process in _processes(os.getpid()):
        os.kill(process, signal.SIGKILL)
    lost = await counter.prepare(body)
    assert lost is None or lost.head == counter.seller.head
    again = await counter.prepare(body)
    assert again is not None
    counter.take(again)
    counter.check(80)


async def test_a_body_that_is_no_batch_is_refused_in_the_same_words(counter: Counter) -> None:
    body = b"".join(counter.seller.sold(160))[:-9]
    assert len(body) > WORTHWHILE
    with pytest.raises(BatchRefused) as refused:
        await counter.prepare(body)
    with pytest.raises(BatchRefused) as wanted:
        read_batch(body)
    assert (refused.value.status, refused.value.problem) == (wanted.value.status, wanted.value.problem)


async def test_what_is_not_as_it_should_be_is_left_to_the_office(counter: Counter) -> None:
    lines = counter.seller.sold(160)
    forged = lines[-1].replace(lines[-1][:8], b"00000000")
    assert await counter.prepare(b"".join([*lines[:-1], forged])) is None
    assert await counter.prepare(b"".join(lines[1:])) is None
    assert await counter.prepare(b"".join(lines[:2])) is None, "too small to be worth it"


def _processes(parent: int) -> list[int]:
    """Processes that spawn began for this one."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in command:
            found.append(int(path.name))
    assert found
    return found
