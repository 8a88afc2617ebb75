"""Serving over TLS until told to stop."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from syncserver.api.app import make_app
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office


@asynccontextmanager
async def listening(office: Office, host: str, port: int) -> AsyncIterator[int]:
    """The office, listening. Gives the port, which the system chose when `port` is 0.

    Raises:
        OfficeError: the address cannot be had.
    """
    runner = web.AppRunner(await make_app(office), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=_tls(office))
        try:
            await site.start()
        except OSError as error:
            what = f"Nobody can listen at {host}, port {port}: {error.strerror}."
            raise OfficeError(what, "Stop what listens there, or choose another --port.") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def serve(office: Office, host: str, port: int, told: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM. `told` hears the port once it listens."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has no signal handlers in its loop: Ctrl-C ends it there
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
    async with listening(office, host, port) as chosen:
        told(chosen)
        await stop.wait()


def _tls(office: Office) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(office.folder.tls_certificate, office.folder.tls_key)
    return context
