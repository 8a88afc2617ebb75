"""Serving over TLS until told to stop."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress

from aiohttp import web

from syncserver.api.answers import HEARD
from syncserver.api.app import make_app
from syncserver.api.doorway import bind, doorway
from syncserver.api.watchdog import Supervisor
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office

_IDLE_SECONDS = 60.0
"""How long a connection may be silent."""


@asynccontextmanager
async def listening(office: Office, host: str, port: int, processes: int = 0) -> AsyncIterator[int]:
    """The office, listening. Gives the port, which the system chose when `port` is 0.

    Args:
        processes: how many prepare batches beside this one.

    Raises:
        OfficeError: the address cannot be had.
    """
    context = office.folder.tls_context()
    runner = web.AppRunner(
        await make_app(office, processes),
        access_log=None,
        shutdown_timeout=2.0,
        keepalive_timeout=_IDLE_SECONDS,
        auto_decompress=False,  # compressed bodies are refused, not unfolded (syncserver.api.bodies)
    )
    with ExitStack() as stack:
        listeners = [stack.enter_context(listener) for listener in await _bound(host, port)]
        await runner.setup()
        assert runner.server is not None  # it was made just now
        clearing = asyncio.create_task(_hang_up_on_the_silent(runner))
        try:
            async with doorway(listeners, context, runner.server):
                yield int(listeners[0].getsockname()[1])
        finally:
            clearing.cancel()
            await runner.cleanup()


async def _bound(host: str, port: int) -> list[socket.socket]:
    try:
        return await bind(host, port)
    except OSError as error:
        what = f"Nobody can listen at {host}, port {port}: {error.strerror}."
        raise OfficeError(what, "Stop what listens there, or choose another --port.") from error


async def serve(office: Office, host: str, port: int, processes: int, told: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM. `told` hears the port once it listens."""
    stop, supervisor = asyncio.Event(), Supervisor()
    loop = asyncio.get_running_loop()
    # Batches are many small values that die together and never refer to one another in a circle: looking for circles
    # among them every few hundred values costs a tenth of the office's time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    # Batches are read and folded in other threads: whoever asks meanwhile is not to wait 5 ms at each turn.
    sys.setswitchinterval(0.001)
    with suppress(NotImplementedError):  # Windows has no signal handlers in its loop: Ctrl-C ends it there
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
    async with listening(office, host, port, processes) as chosen:
        told(chosen)
        supervisor.ready()
        await stop.wait()
        supervisor.stopping()


async def _hang_up_on_the_silent(runner: web.AppRunner) -> None:
    """Close connections on which no request has come within _IDLE_SECONDS: each costs a file, and there are not many.

    After the first request aiohttp itself does so.
    """
    silent: dict[web.RequestHandler, float] = {}
    heard, loop = runner.app[HEARD], asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_IDLE_SECONDS / 4)
        there = [] if runner.server is None else list(runner.server.connections)
        heard.intersection_update(there)
        silent = {handler: silent.get(handler, loop.time()) for handler in there if handler not in heard}
        for handler, since in silent.items():
            if loop.time() - since > _IDLE_SECONDS and handler.transport is not None:
                handler.transport.abort()
