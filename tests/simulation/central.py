"""The office of a run: the real one, behind a network in memory that cuts, delays, doubles and reorders."""

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from common.wire import EnrolReply, JournalReply
from syncserver.api.exchange import Exchange, problem_of
from syncserver.bundle.give import give_bundle
from syncserver.bundle.take import Taken, take_bundle
from syncserver.ingest.batch import read_batch
from syncserver.ingest.prepare import prepare
from syncserver.ingest.queue import IngestQueue
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder, OfficeKeys
from syncserver.office.office import Office
from syncserver.office.runs import begin_run
from syncserver.store import MasterStore, StoreFull, Writing
from tests.simulation.quick import PowerCut
from till.sync.client import POSITION
from till.sync.errors import OfficeUnreachable
from till.sync.transport import Answer

Fault = Callable[[str], bool]
"""Whether a fault of this kind happens now."""


class FixedFolder(OfficeFolder):
    """An office's folder whose keys are given."""

    given: OfficeKeys

    def create(self, hosts: list[str], now: datetime) -> OfficeKeys:
        del hosts, now
        return self.given

    def keys(self) -> OfficeKeys:
        return self.given


def folder_with(path: Path, keys: OfficeKeys) -> FixedFolder:
    folder = FixedFolder(path)
    object.__setattr__(folder, "given", keys)
    path.mkdir(parents=True, exist_ok=True)
    return folder


class FaultyStore(MasterStore):
    """A store whose process dies at a commit, or whose disk is full."""

    faults: Fault

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with super().write() as writing:
            yield writing
            if self.faults("the office's disk is full"):
                raise StoreFull("database or disk is full")
            if self.faults("the office is killed before a commit"):
                raise PowerCut
        if self.faults("the office is killed after a commit"):
            raise PowerCut


@dataclass
class Request:
    """What a till asked."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Central:
    """The office, its runs and its backups."""

    def __init__(
        self, folder: Path, keys: OfficeKeys, clock: Callable[[], datetime], faults: Fault, run: Callable[[], str]
    ):
        self._folder = folder_with(folder, keys)
        self._clock, self._faults, self._run = clock, faults, run
        self.late: list[Request] = []
        self.start()

    def start(self) -> None:
        """The server starts, after a crash or not."""
        store = FaultyStore.open(self._folder.database)
        store.faults = lambda _: False
        self.office = Office(self._folder, self._folder.given, store, self._clock)
        with store.write() as writing:
            begin_run(writing, self._run())
        store.faults = self._faults
        self._exchange = Exchange(self.office)
        self._queue = IngestQueue(store, self._folder.given.signing, self._clock)

    def stop(self) -> None:
        self._queue.close()
        self.office.close()

    @property
    def has_backup(self) -> bool:
        return (self._folder.path / "backup").exists()

    def back_up(self) -> None:
        """Keep the database as it is now."""
        with self.office.store.read() as reading:
            reading.last_position()
        self.stop()
        shutil.copy(self._folder.database, self._folder.path / "backup")
        self.start()

    def restore(self) -> bool:
        """Put the database back to the backup. False when there is none."""
        backup = self._folder.path / "backup"
        if not backup.exists():
            return False
        self.stop()
        for path in self._folder.path.glob("office.db*"):
            path.unlink()
        shutil.copy(backup, self._folder.database)
        self.start()
        return True

    def answer(self, request: Request) -> Answer:
        """What the server answers. It starts again when it is killed; whoever asked hears nothing."""
        try:
            status, message, headers = self._answer(request)
        except PowerCut:
            self.stop()
            self.start()
            raise OfficeUnreachable("memory", "killed") from None
        return Answer(status, headers, message)

    def _answer(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        try:
            return self._ask(request)
        except Exception as error:
            refused = problem_of(error)
            if refused is None:
                raise
            return refused[0], msgspec.json.encode(refused[1]), {}

    def _ask(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        exchange, params = self._exchange, request.params
        match request.path:
            case "/v1/version":
                return _json(exchange.version(params["run"], int(params["after"])))
            case "/v1/enrol":
                return _json(exchange.enrol(request.body))
            case "/v1/returned":
                return _json(exchange.returned(request.body))
            case "/v1/journal":
                row = exchange.till(_token(request))
                with self.office.store.read() as reading:
                    prepared = prepare(reading, row, request.body, self._clock())
                head = self._queue.take_now(row.id, row.epoch, prepared or read_batch(request.body))
                return _json(JournalReply(head=head, now=self._clock()))
            case "/v1/snapshot":
                return 200, exchange.snapshot(exchange.till(_token(request)), params["after"]), {}
            case "/v1/account":
                return 200, b"".join(exchange.account(exchange.till(_token(request)), params["number"])), {}
            case "/v1/feed":
                row = exchange.till(_token(request))
                exchange.hears(row)
                exchange.carry_lost(row)
                if exchange.needs_lease(row):
                    self._queue.take_now(row.id, row.epoch, [])
                backlog = exchange.backlog(row, int(params["after"]))
                return 200, b"".join(backlog.lines), {POSITION: str(backlog.position)}
        raise AssertionError(request.path)

    def take_stick(self, content: bytes) -> Taken:
        """A till's stick is brought. Raises what taking it raises; killed meanwhile, the server starts again."""
        try:
            return take_bundle(self.office, io.BytesIO(content), self._queue.take_now)
        except PowerCut:
            raise self._killed() from None

    def write_stick(self, till: str) -> bytes:
        """The office's stick for a till."""
        try:
            return b"".join(give_bundle(self.office, till, self._queue.take_now))
        except PowerCut:
            raise self._killed() from None

    def _killed(self) -> OfficeError:
        self.stop()
        self.start()
        return OfficeError("killed", "")

    def enrol(self, body: bytes) -> EnrolReply:
        """An enrolment over a line that holds."""
        return self._exchange.enrol(body)


class Network:
    """A till's line to the office, with what happens on lines."""

    def __init__(self, central: Central, faults: Fault, choose: Callable[[int], int]) -> None:
        self._central, self._faults, self._choose = central, faults, choose

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        request = Request(method, path, params or {}, headers or {}, body)
        faults, central = self._faults, self._central
        if faults("the line is cut before the request arrives"):
            raise OfficeUnreachable("memory", "cut")
        if path != "/v1/version" and faults("a request arrives late"):
            central.late.append(request)
            raise OfficeUnreachable("memory", "no_answer")
        if faults("a request arrives twice"):
            central.answer(request)
        if body and path != "/v1/enrol" and faults("bytes of a request are changed"):
            place = self._choose(len(body))
            line = body.rfind(b"\n", 0, place) + 1
            if place < line + 128 and b"\n" in body[place:-1]:
                place = line + 130  # of a batch only the last signature is looked at, and all bytes that it proves
            request.body = body[:place] + bytes([body[place] ^ 1 << self._choose(7)]) + body[place + 1 :]
        answer = central.answer(request)
        if faults("the answer is lost"):
            raise OfficeUnreachable("memory", "cut")
        if answer.body and path == "/v1/feed" and faults("bytes of the feed are changed"):
            place = self._choose(len(answer.body))
            changed = answer.body[:place] + bytes([answer.body[place] ^ 1]) + answer.body[place + 1 :]
            return Answer(answer.status, answer.headers, changed)
        return answer


def _json(message: Any) -> tuple[int, bytes, dict[str, str]]:
    return 200, msgspec.json.encode(message), {}


def _token(request: Request) -> str:
    return request.headers["Authorization"].removeprefix("Bearer ")
