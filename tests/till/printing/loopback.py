"""A printer on the loopback network: it can be off, silent, slow, out of paper, open, or die in the middle."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.till.printing.escpos import tokens

_REAL_TIME = re.compile(rb"\x10\x04([\x01\x02\x04])\Z")


@dataclass
class LoopbackPrinter:
    """What it is like may be changed at any time.

    Attributes:
        dies_after: it hangs up after so many bytes of a connection, without printing what is not a whole command.
        paper_for: bytes of paper that it has; None: enough.
        delay: seconds that each command takes.
        in_turn: whether it answers GS r and GS I.
        printed: what came out, a connection each.
    """

    silent: bool = False
    cover_open: bool = False
    in_turn: bool = True
    chinese: bool = True
    dies_after: int | None = None
    paper_for: int | None = None
    delay: float = 0.0
    printed: list[bytes] = field(default_factory=list)
    talking: int = 0
    _server: socket.socket | None = None

    def __post_init__(self) -> None:
        self.port = 0
        self.on()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def on(self) -> None:
        """Switch it on; what it had printed is still there."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._server,), daemon=True).start()

    def off(self) -> None:
        """Switch it off."""
        if self._server is not None:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
            self._server = None

    def finished(self) -> list[bytes]:
        """What came out, once all that it was sent is worked off: a till that it tells nothing does not wait."""
        for _ in range(500):
            if not self.talking:
                break
            time.sleep(0.01)
        return self.printed

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            self.talking += 1
            self.printed.append(b"")
            threading.Thread(target=self._talk, args=(line, len(self.printed) - 1), daemon=True).start()

    def _talk(self, line: socket.socket, place: int) -> None:
        try:
            self._listen(line, place)
        finally:
            self.talking -= 1

    def _listen(self, line: socket.socket, place: int) -> None:
        waiting, heard = b"", 0
        with line:
            line.settimeout(0.02)
            while True:
                try:
                    chunk = line.recv(4096)
                except TimeoutError:
                    chunk = None
                except OSError:
                    return
                if chunk == b"":
                    while (left := self._work(waiting, place, line)) != waiting:
                        waiting = left
                    return
                if chunk is not None:
                    heard += len(chunk)
                    asked = _REAL_TIME.search(chunk)
                    waiting += chunk[: asked.start()] if asked else chunk
                    if asked and not self.silent:
                        line.sendall(bytes([self._status(asked[1][0])]))
                if self.dies_after is not None and heard > self.dies_after:
                    self._work(waiting[: self.dies_after], place, line)
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                    return
                waiting = self._work(waiting, place, line)

    def _work(self, waiting: bytes, place: int, line: socket.socket) -> bytes:
        """Print whole commands while there is paper. Returns what is left."""
        done = 0
        for token, end in tokens(waiting):
            if not self._can_print:
                break
            raw = waiting[done:end]
            if token.name in ("GS r", "GS I"):
                self._answer(token.name, line)
            else:
                self.printed[place] += raw
                if self.paper_for is not None:
                    self.paper_for -= len(raw)
            done = end
            if self.delay:  # it answers between two commands
                time.sleep(self.delay)
                break
        return waiting[done:]

    def _answer(self, asked: str, line: socket.socket) -> None:
        if self.in_turn and not self.silent:
            with suppress(OSError):  # nobody listens any more
                line.sendall(b"\x00" if asked == "GS r" else bytes([0x02 | self.chinese]))

    @property
    def _can_print(self) -> bool:
        return not self.cover_open and (self.paper_for is None or self.paper_for > 0)

    def _status(self, asked: int) -> int:
        out = self.paper_for is not None and self.paper_for <= 0
        if asked == 1:
            return 0x12 | (0x08 if out or self.cover_open else 0)
        if asked == 2:
            return 0x12 | (0x04 if self.cover_open else 0) | (0x20 if out else 0)
        return 0x12 | (0x60 if out else 0)


@contextmanager
def loopback_printer(**like: object) -> Iterator[LoopbackPrinter]:
    """A printer that is on."""
    printer = LoopbackPrinter(**like)  # type: ignore[arg-type]
    try:
        yield printer
    finally:
        printer.off()
