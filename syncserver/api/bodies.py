"""Reading request bodies: how large, how slow, and how many of them at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from common.wire import Problem
from syncserver.ingest.batch import BatchRefused

MOST_AT_ONCE = 32 * 1024 * 1024
"""Bytes of journals that are read, checked and stored at once: what they become in memory is several times as much."""

BODY_SECONDS = 120
"""A body that has not come by then comes too slowly; tills give up at the same time."""

SILENT_SECONDS = 20
"""Nor may its sender be silent for longer."""


class Room:
    """Bytes of request bodies that may be in memory at once. Who comes later waits, with the body still on the line."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncIterator[None]:
        """Have room for so many bytes. First come, first served."""
        if self._waiting or size > self._free:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((size, turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._give_back(size)
                raise
        else:
            self._free -= size
        try:
            yield
        finally:
            self._give_back(size)

    def _give_back(self, size: int) -> None:
        self._free += size
        while self._waiting and (self._waiting[0][1].cancelled() or self._waiting[0][0] <= self._free):
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._free -= wanted
                turn.set_result(None)


def size_of(request: web.Request, most: int) -> int:
    """How large the body is, or may be where the request does not say.

    Raises:
        BatchRefused: larger than `most`, or compressed.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        # A few bytes may unfold to any number.
        raise _refused(415, "malformed", "A body is sent as it is, not compressed.")
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    return most if request.content_length is None else request.content_length


async def read_body(request: web.Request, most: int) -> bytes:
    """The request's body.

    Raises:
        BatchRefused: larger than `most`, or it comes too slowly.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while part := await asyncio.wait_for(request.content.readany(), SILENT_SECONDS):
                size += len(part)
                if size > most:
                    raise _too_large(most)
                parts.append(part)
    except TimeoutError as error:
        raise _refused(408, "too_slow", "The request came too slowly. Nothing was stored; send it again.") from error
    return b"".join(parts)


def _too_large(most: int) -> BatchRefused:
    return _refused(413, "too_large", f"The request is larger than {most} bytes. Send smaller ones.")


def _refused(status: int, error: str, message: str) -> BatchRefused:
    return BatchRefused(status, Problem(error=error, message=message))
