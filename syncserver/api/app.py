"""The application: routes, and the office behind them."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from typing import TypeVar, TypeVarTuple

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from common.chain import Head, SignedEntry
from common.wire import (
    MAX_BATCH_BYTES,
    MAX_ENROL_BYTES,
    MAX_POLL_SECONDS,
    SOFTWARE,
    JournalReply,
    Problem,
)
from syncserver.api import openapi
from syncserver.api.answers import HEARD, answer, explain
from syncserver.api.bodies import MOST_AT_ONCE, Room, read_body, size_of
from syncserver.api.exchange import Exchange
from syncserver.api.latest_health import LatestHealth
from syncserver.api.metrics import Meters
from syncserver.api.news import Bell
from syncserver.api.tokens import token_of
from syncserver.api.watchdog import Supervisor
from syncserver.ingest.batch import read_batch
from syncserver.ingest.prepare import Prepared
from syncserver.ingest.preparers import Preparers
from syncserver.ingest.queue import IngestQueue
from syncserver.office.contacts import Contacts
from syncserver.office.finding import follow
from syncserver.office.health import Health, look
from syncserver.office.months import prepare_months
from syncserver.office.office import Office
from syncserver.office.runs import begin_run
from syncserver.store import Backlog, StoreUnavailable, WriterRow, scopes_of
from syncserver.web.office_site import add_pages

POSITION = "Kilotill-Position"

_CONTACTS_KEPT = 60
"""Seconds between two times that the tills' contacts are written to the database."""

_FOLLOWED = 1.0
"""Seconds between two looks for accounts that are new to the finder."""

_PREPARED = 3600.0
"""Seconds between two looks whether the next months are prepared for."""

_TURN = 1.0
"""Seconds after which it is worth asking what the writer waits for."""

_log = logging.getLogger(__name__)

_WRITERS = 4
"""Threads for what is written besides batches."""

_TOKENS = 2
"""Threads that look whose token it is that a request comes with."""

_LEASE_PATIENCE = 5.0
"""Seconds that a till which asks for its feed waits for a lease; it comes with a later one."""


_Found = TypeVar("_Found")
_Arguments = TypeVarTuple("_Arguments")


class Service:
    """The handlers."""

    def __init__(self, office: Office, processes: int) -> None:
        self._office = office
        self._exchange = Exchange(office)
        self._loop = asyncio.get_running_loop()
        self._bell = Bell(office.store)
        self.meters = Meters()
        with office.store.read() as reading:
            self.contacts = Contacts(reading)
        self._queue = IngestQueue(office.store, office.keys.signing, office.clock, self._bell.ring)
        self._preparers = Preparers(office.folder.address, processes)
        self._room, self._side_room = Room(MOST_AT_ONCE), Room(2 * MAX_BATCH_BYTES)
        # What is written waits for the database's standby: whoever reads does not wait with it.
        self._writing = ThreadPoolExecutor(_WRITERS, thread_name_prefix="writing")
        # Few threads: reading batches is all Python, and whoever looks a till up lets others run at every row, so that
        # more would only take turns with the loop. Who asks after the office's health waits for none of them.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._tokens = ThreadPoolExecutor(_TOKENS, thread_name_prefix="tokens")
        self._watching = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._health = LatestHealth(self._look)

    async def life(self, _: web.Application) -> AsyncIterator[None]:
        """Watch for news while the application lives; at its end take what waits, and stop."""
        told = Supervisor().keep_told(self._works)
        works = (self._bell.watch(), self._keep_contacts(), self._follow(), self._prepare_months(), told)
        tasks = [asyncio.create_task(work) for work in works]
        deafen = self._office.store.listen(self._bell.ring)
        yield
        await asyncio.to_thread(deafen)
        for task in tasks:
            task.cancel()
        await self._write(self._keep)
        await asyncio.to_thread(self._queue.close)
        await asyncio.to_thread(self._preparers.close)
        for threads in (self._writing, self._reading, self._tokens, self._watching):
            threads.shutdown()

    async def part(self, _: web.Application) -> None:
        """The server is stopping: answer the feeds that wait."""
        self._bell.close()

    def take_now(self, till: str, epoch: int, entries: list[SignedEntry]) -> Head:
        """Take a batch that came another way, in the caller's thread."""
        return self._queue.take_now(till, epoch, entries)

    async def _works(self) -> None:
        """Comes back when the loop, the writer and the thread that reads have each had a turn. A writer that waits for
        the database's standby would wait as well after a new start."""
        turn = asyncio.wrap_future(self._queue.turn())
        while not (await asyncio.wait([turn], timeout=_TURN))[0]:
            if await self._loop.run_in_executor(self._watching, self._waits_for_standby):
                break
        await self._loop.run_in_executor(self._reading, lambda: None)

    def _waits_for_standby(self) -> bool:
        with suppress(StoreUnavailable), self._office.store.read() as reading:
            return reading.standby_waited() > 0
        return False

    async def _keep_contacts(self) -> None:
        while True:
            await asyncio.sleep(_CONTACTS_KEPT)
            await self._write(self._keep)

    async def _follow(self) -> None:
        """What accounts are found by follows the journals."""
        while True:
            # What cannot be done now is done the next time.
            with suppress(StoreUnavailable):
                await self._write(follow, self._office.store)
            await asyncio.sleep(_FOLLOWED)

    async def _prepare_months(self) -> None:
        """What the next months need is made ahead."""
        while True:
            try:
                await self._write(prepare_months, self._office.store, self._office.clock())
            except StoreUnavailable as error:
                _log.error("the next months could not be prepared: %s", error.reason)
            await asyncio.sleep(_PREPARED)

    async def _write(self, function: Callable[[*_Arguments], _Found], *arguments: *_Arguments) -> _Found:
        return await self._loop.run_in_executor(self._writing, function, *arguments)

    def _keep(self) -> None:
        if self.contacts.changed:
            # What cannot be kept now is kept the next time.
            with suppress(StoreUnavailable), self._office.store.write() as writing:
                self.contacts.keep(writing)

    async def version(self, request: web.Request) -> web.Response:
        """GET /v1/version?run=&after=."""
        run, after = request.query.get("run", ""), _number(request, "after") or 0
        return answer(await asyncio.to_thread(self._exchange.version, run[:64], after))

    async def health(self, _: web.Request) -> web.Response:
        """GET /v1/health."""
        found = await self._health.reply()
        return answer(found, 200 if found.ok else 503)

    async def _look(self) -> Health:
        return await self._loop.run_in_executor(self._watching, self._look_now)

    def _look_now(self) -> Health:
        return look(self._office, self.contacts.all(), self._office.clock())

    async def metrics(self, request: web.Request) -> web.Response:
        """GET /metrics: for a Prometheus on this machine, and for nobody else."""
        if request.remote is None or not ip_address(request.remote).is_loopback:
            raise web.HTTPNotFound
        found = await self._look()
        text = self.meters.text(found, self.contacts.all(), self._office.clock().timestamp())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def enrol(self, request: web.Request) -> web.Response:
        """POST /v1/enrol."""
        size_of(request, MAX_ENROL_BYTES)
        reply = await self._write(self._exchange.enrol, await read_body(request, MAX_ENROL_BYTES))
        self._bell.ring()
        return answer(reply)

    async def returned(self, request: web.Request) -> web.Response:
        """POST /v1/returned."""
        async with self._side_room.hold(size_of(request, MAX_BATCH_BYTES)):
            body = await read_body(request, MAX_BATCH_BYTES)
            reply = await self._write(self._exchange.returned, body)
        self._bell.ring()
        return answer(reply)

    async def journal(self, request: web.Request) -> web.Response:
        """POST /v1/journal."""
        row = await self._till(request)
        async with self._room.hold(size_of(request, MAX_BATCH_BYTES)):
            body = await read_body(request, MAX_BATCH_BYTES)
            batch: Prepared | list[SignedEntry] | None
            batch = await self._preparers.prepare(row, body, self._office.clock())
            if batch is None:
                batch = await self._loop.run_in_executor(self._reading, read_batch, body)
            head = await asyncio.wrap_future(self._queue.submit(row.id, row.epoch, batch))
        return answer(JournalReply(head=head, now=self._office.clock()))

    async def openapi(self, _: web.Request) -> web.Response:
        """GET /v1/openapi.json."""
        return web.Response(body=openapi.document(), content_type="application/json")

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/feed?after=&wait=."""
        row = await self._till(request)
        after, wait = _number(request, "after"), _number(request, "wait")
        self._exchange.hears(row)
        self.contacts.heard(row.id, self._office.clock(), feed=after)
        if after is None or wait is None:
            return answer(Problem(error="malformed", message="after and wait are whole numbers."), 400)
        if await asyncio.to_thread(self._exchange.carry_lost, row):
            self._bell.ring()
        if await asyncio.to_thread(self._exchange.needs_lease, row):
            granted = asyncio.wrap_future(self._queue.submit(row.id, row.epoch, []))
            granted.add_done_callback(_heed)
            if (await asyncio.wait([granted], timeout=_LEASE_PATIENCE))[0]:
                granted.result()
        backlog = await self._wait(row, after, min(wait, MAX_POLL_SECONDS))
        return web.Response(
            body=b"".join(backlog.lines), content_type="text/plain", headers={POSITION: str(backlog.position)}
        )

    async def snapshot(self, request: web.Request) -> web.Response:
        """GET /v1/snapshot?after=."""
        row = await self._till(request)
        self._exchange.hears(row)
        page = await asyncio.to_thread(self._exchange.snapshot, row, _text(request, "after"))
        return web.Response(body=page, content_type="text/plain")

    async def account(self, request: web.Request) -> web.Response:
        """GET /v1/account?number=."""
        row = await self._till(request)
        self._exchange.hears(row)
        lines = await asyncio.to_thread(self._exchange.account, row, _text(request, "number"))
        return web.Response(body=b"".join(lines), content_type="text/plain")

    async def _wait(self, row: WriterRow, after: int, seconds: int) -> Backlog:
        """What is new after a position; waits for it when there is nothing."""
        deadline = self._loop.time() + seconds
        read = after
        while True:
            backlog = await asyncio.to_thread(self._exchange.backlog, row, read)
            left = deadline - self._loop.time()
            # A feed that ends before `after` is an office restored from an older backup: the till must know at once.
            if backlog.lines or backlog.position < after or left <= 0:
                return backlog
            read = backlog.position
            if not await self._bell.heard(scopes_of(row), read, left):
                return backlog

    async def _till(self, request: web.Request) -> WriterRow:
        row = await self._loop.run_in_executor(self._tokens, self._exchange.till, token_of(request))
        self.contacts.heard(row.id, self._office.clock(), version=request.headers.get(SOFTWARE, "")[:32])
        return row


def _heed(done: asyncio.Future[Head]) -> None:
    """What comes of it when nobody waits any more is the next one's to find out."""
    if not done.cancelled():
        done.exception()


def _text(request: web.Request, name: str) -> str:
    text = request.query.get(name, "")[:64]
    if "\0" in text:
        raise web.HTTPBadRequest(reason=f"{name} has a character that no text has.")
    return text


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name, "0")
    return int(text) if text.isdecimal() and len(text) <= 16 else None


async def make_app(office: Office, processes: int = 0) -> web.Application:
    """The application for an office. Call within the loop that is to serve it.

    Args:
        processes: how many prepare batches beside this one.
    """

    run = secrets.token_hex(8)
    # A server that starts while the database's standby is away answers all the same: it waits for nothing that is
    # written.
    office.store.on_first_write = lambda writing: begin_run(writing, run)
    # A standby that was behind when it was promoted has lost what tills have heard: they are to notice (PROTOCOL.md).
    office.store.on_other_server = lambda writing: begin_run(writing, secrets.token_hex(8))
    service = Service(office, processes)
    app = web.Application(middlewares=[service.meters.measure, explain])
    app[HEARD] = set()
    app.add_routes(
        [
            web.get("/v1/openapi.json", service.openapi),
            web.get("/v1/version", service.version),
            web.get("/v1/health", service.health),
            web.post("/v1/enrol", service.enrol),
            web.post("/v1/returned", service.returned),
            web.post("/v1/journal", service.journal),
            web.get("/v1/feed", service.feed),
            web.get("/v1/snapshot", service.snapshot),
            web.get("/v1/account", service.account),
        ]
    )
    app.router.add_get("/metrics", service.metrics)
    add_pages(app, office, service.contacts, service.take_now)
    app.cleanup_ctx.append(service.life)
    app.on_shutdown.append(service.part)
    return app
