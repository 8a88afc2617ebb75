"""Processes that prepare batches (syncserver.ingest.prepare), so that the office uses more than one processor."""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing.connection import wait

import msgspec

from common.wire import Problem
from syncserver.ingest.batch import BatchRefused
from syncserver.ingest.prepare import Prepared, prepare
from syncserver.store import Address, MasterStore, StoreUnavailable, WriterRow

WORTHWHILE = 32 * 1024
"""Bytes. A smaller batch is taken in sooner than another process has heard of it."""

_spoken = msgspec.msgpack.Encoder()
_heard = msgspec.msgpack.Decoder(Prepared)


def default_processes() -> int:
    """As many as leave a processor for the writer."""
    return max(0, (os.cpu_count() or 1) - 1)


class Preparers:
    """So many processes beside this one; they begin, which takes a second, with the first batch that is worth it. None:
    nothing is prepared.

    Args:
        store: its address.
    """

    def __init__(self, store: Address, processes: int) -> None:
        self._store, self._processes = store, processes
        self._pool: ProcessPoolExecutor | None = None

    async def prepare(self, row: WriterRow, body: bytes, now: datetime) -> Prepared | None:
        """A batch of a till's journal, prepared; None where the writer must do it all by itself.

        Raises:
            BatchRefused: the body is no batch.
        """
        if not self._processes or len(body) < WORTHWHILE:
            return None
        pool = self._pool = self._pool or self._begin()
        try:
            said = await asyncio.get_running_loop().run_in_executor(pool, _prepare, row, body, now)
        except BrokenProcessPool:
            # A process was killed, for want of memory perhaps: the writer does what they were doing.
            if self._pool is pool:
                self._pool = None
            return None
        if isinstance(said, bytes):
            return _heard.decode(said)
        if said is None:
            return None
        raise BatchRefused(*said)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> ProcessPoolExecutor:
        # spawn, not fork: threads run here, and the database is open.
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, spawn, _set_up, (self._store,))


_store: MasterStore
"""Of a process that prepares."""


def _set_up(address: Address) -> None:
    global _store
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear: it ends us
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    _store = MasterStore.open(address)
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)  # as in syncserver.api.serve


def _end_with_the_server() -> None:
    """A server that was killed cannot end us."""
    server = multiprocessing.parent_process()
    if server is not None:
        wait([server.sentinel])
        os._exit(0)


def _prepare(row: WriterRow, body: bytes, now: datetime) -> bytes | tuple[int, Problem] | None:
    """A prepared batch in bytes; or the refusal's parts; or nothing."""
    try:
        with _store.read() as reading:
            prepared = prepare(reading, row, body, now)
    except BatchRefused as refused:
        return refused.status, refused.problem
    except StoreUnavailable:
        return None  # the writer will meet it too, and say so
    return None if prepared is None else _spoken.encode(prepared)
