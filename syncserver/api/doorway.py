"""Taking connections in at a pace: a thousand tills may knock at once, and those who are inside are not to wait.

A handshake and the first request behind it take the loop a few milliseconds, and it does all that is ready before it
turns to anybody else. asyncio's own servers let in whoever has knocked.
"""

import asyncio
import errno
import logging
import socket
import ssl
from asyncio import Protocol
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

_AT_ONCE = 8
"""Connections that are being greeted. The others wait in the system's queue, which costs nobody anything."""

_GREETING = 0.2
"""Seconds after which somebody slow, or who says nothing at all, no longer keeps the next one out."""

_QUEUE = 4_096
"""Connections that may wait; the system may allow fewer. Whoever finds no place knocks again after a second."""

_WITHOUT_FILES = 1.0
"""Seconds before the next try when the system gives none: there are no files left, perhaps."""

_NOT_HERE = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
_log = logging.getLogger(__name__)


async def bind(host: str, port: int) -> list[socket.socket]:
    """Listeners at all addresses of `host`; at a port that the system chooses when `port` is 0.

    Raises:
        OSError: an address cannot be had.
    """
    found: list[socket.socket] = []
    missing: OSError | None = None
    flags = socket.AI_PASSIVE
    places = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    try:
        for family, _, _, _, address in dict.fromkeys(places):
            try:
                found.append(socket.create_server(address, family=family, backlog=_QUEUE))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                missing = error  # a name may have an address of a kind that this machine has not
        if missing is not None and not found:
            raise missing
    except OSError:
        for listener in found:
            listener.close()
        raise
    for listener in found:
        listener.setblocking(False)
    return found


@asynccontextmanager
async def doorway(
    listeners: Sequence[socket.socket], context: ssl.SSLContext, make: Callable[[], Protocol]
) -> AsyncIterator[None]:
    """Takes connections in over TLS, each with a protocol of its own."""
    free, greeted = asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()

    async def let_in(listener: socket.socket) -> None:
        while True:
            connection = await _next(listener)
            try:
                await free.acquire()
            except asyncio.CancelledError:
                connection.close()
                raise
            greeting = asyncio.create_task(_greet(connection, free, context, make))
            greeted.add(greeting)
            greeting.add_done_callback(greeted.discard)

    doors = [asyncio.create_task(let_in(listener)) for listener in listeners]
    try:
        yield
    finally:
        for task in (*doors, *greeted):
            task.cancel()
        await asyncio.wait(doors)


async def _next(listener: socket.socket) -> socket.socket:
    while True:
        try:
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            return connection
        except ConnectionAbortedError:
            continue  # it was gone again before it was let in
        except OSError as error:
            _log.error("no connection can be taken in: %s", error.strerror)
            await asyncio.sleep(_WITHOUT_FILES)


async def _greet(
    connection: socket.socket, free: asyncio.Semaphore, context: ssl.SSLContext, make: Callable[[], Protocol]
) -> None:
    """Let the next one in when this one has been greeted, or takes too long for it."""
    greeting = asyncio.ensure_future(asyncio.get_running_loop().connect_accepted_socket(make, connection, ssl=context))
    try:
        await asyncio.wait([greeting], timeout=_GREETING)
        free.release()
        await greeting
    except OSError as error:  # it hung up, or has another idea of TLS
        _log.debug("a connection came to nothing: %s", error)
    finally:
        greeting.cancel()
