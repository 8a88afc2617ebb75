"""Offices for benchmarks: fresh ones that know a fleet of tills, in process or as a process of its own over TLS."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from common.entries import UtilitySet
from common.tariff import Tariff, Tier
from syncserver.ingest.batch import BatchRefused, read_batch
from syncserver.ingest.preparers import WORTHWHILE, Preparers, default_processes
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.benchmarks.fleet import START, Seller, enrol

TARIFF = Tariff(
    tariff="zhejiang-2026",
    since=START - timedelta(days=300),
    digits=2,
    classes={"residential": [Tier(price=538_000)]},
)
UTILITY = UtilitySet(name="Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")


def new_office(folder: Path, fleet: Sequence[Seller], url: str | None = None, since: datetime = TARIFF.since) -> Office:
    """An office that knows these tills and the tariff that they sell by since then. `url`: of PostgreSQL."""
    office = Office.create(OfficeFolder(folder, url), UTILITY, [])
    with office.change() as intake:
        grants.publish_tariff(intake, msgspec.structs.replace(TARIFF, since=since))
    enrol(office, list(fleet))
    return office


def push(office: Office, fleet: Sequence[Seller], bodies: Sequence[bytes]) -> tuple[float, int]:
    """Each till's batch, all at once, through the office's own queue. Seconds, and how many transactions it took."""
    commits: list[None] = []
    queue = IngestQueue(office.store, office.keys.signing, office.clock, lambda: commits.append(None))
    began = time.perf_counter()
    sent = [queue.submit(seller.till, 1, read_batch(body)) for seller, body in zip(fleet, bodies, strict=True)]
    for head in sent:
        head.result()
    seconds = time.perf_counter() - began
    queue.close()
    return seconds, len(commits)


def push_prepared(office: Office, fleet: Sequence[Seller], bodies: Sequence[bytes]) -> tuple[float, int]:
    """As `push`, through as many processes that prepare as `syncserver serve` has."""
    return asyncio.run(_push_prepared(office, fleet, bodies))


async def _push_prepared(office: Office, fleet: Sequence[Seller], bodies: Sequence[bytes]) -> tuple[float, int]:
    commits: list[None] = []
    queue = IngestQueue(office.store, office.keys.signing, office.clock, lambda: commits.append(None))
    preparers = Preparers(office.folder.address, default_processes())
    with office.store.read() as reading:
        rows = {row.id: row for row in reading.writers()}

    async def one(seller: Seller, body: bytes) -> None:
        prepared = await preparers.prepare(rows[seller.till], body, office.clock())
        await asyncio.wrap_future(queue.submit(seller.till, 1, prepared or read_batch(body)))

    with suppress(BatchRefused):  # the processes begin with this, as a server's have long done
        await preparers.prepare(rows[fleet[0].till], bytes(WORTHWHILE), office.clock())
    began = time.perf_counter()
    await asyncio.gather(*(one(seller, body) for seller, body in zip(fleet, bodies, strict=True)))
    seconds = time.perf_counter() - began
    queue.close()
    preparers.close()
    return seconds, len(commits)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """`syncserver serve` on the office in this folder: its address and process id."""
    command = [sys.executable, "-c", "from syncserver.cli import main; main()"]
    arguments = ["--data", str(folder), "serve", "--port", "0", "--json"]
    server = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"], server.pid
    finally:
        server.terminate()
        server.wait(60)
