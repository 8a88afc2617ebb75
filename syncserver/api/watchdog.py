"""What systemd is told of this server: that it is ready, that it still works, that it stops (sd_notify(3))."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

_SOCKET, _INTERVAL, _PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"


class Supervisor:
    """Whoever started this server and wants to hear how it is; nobody, where it was started by hand.

    Args:
        environment: in which systemd names its socket, and how often it wants to hear.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        named = environment.get(_SOCKET, "")
        self._address = f"\0{named[1:]}" if named.startswith("@") else named
        ours = environment.get(_PROCESS, "") in ("", str(os.getpid()))
        micros = environment.get(_INTERVAL, "")
        self._seconds = int(micros) / 1_000_000 if ours and self._address and micros.isdecimal() else 0.0

    def ready(self) -> None:
        """It listens."""
        self._say("READY=1")

    def stopping(self) -> None:
        """It was told to stop, and does."""
        self._say("STOPPING=1")

    async def keep_told(self, works: Callable[[], Awaitable[object]]) -> None:
        """Say until cancelled that it works, twice in the time after which systemd would start it anew; before each
        time `works` must come back. A loop that stands still, or a `works` that never comes back, says nothing.
        """
        while self._seconds:
            await works()
            # Where nobody takes it, nobody waits for it either: the loop goes on.
            with suppress(BlockingIOError):
                self._say("WATCHDOG=1", socket.MSG_DONTWAIT)
            await asyncio.sleep(self._seconds / 2)

    def _say(self, state: str, flags: int = 0) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto(state.encode(), flags, self._address)
