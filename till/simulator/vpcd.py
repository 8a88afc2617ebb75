"""A simulated chip in a virtual reader of the real PC/SC daemon, through vpcd (frankmorgner/vsmartcard).

vpcd listens on a TCP port for each of its readers; a card is put in by connecting and pulled out by disconnecting. Each
message is two bytes of length, high byte first, and the message; one of a single byte is a control message.
"""

import contextlib
import socket
import threading
from types import TracebackType

from till.cards.channel import Response
from till.cards.errors import CardError, CardRemoved
from till.simulator.chip import Chip

VPCD_PORT = 35963
"""vpcd's first reader; its second has the next port."""

_POWER_OFF = 0
_POWER_ON = 1
_RESET = 2
_ATR = 4


class NoVirtualReader(CardError):
    """vpcd does not listen: pcscd is not running, or without vpcd's driver."""

    what = "no virtual reader"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self.port = port

    def __str__(self) -> str:
        return f"no virtual reader on {self.host}:{self.port}; is pcscd running with vpcd?"


class VirtualCard:
    """A chip that can be put in a virtual reader and pulled out. A chip that loses power leaves the reader."""

    def __init__(self, chip: Chip, host: str = "127.0.0.1", port: int = VPCD_PORT) -> None:
        self._chip = chip
        self._address = host, port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self) -> None:
        """Put the card in. pcscd sees it within half a second: wait for it there. Raises NoVirtualReader."""
        self.remove()
        try:
            connected = socket.create_connection(self._address, timeout=5)
        except OSError as error:
            raise NoVirtualReader(*self._address) from error
        connected.settimeout(None)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._thread = threading.Thread(target=self._answer_all, args=(connected,), name="virtual-card", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Pull the card out, at once, whatever it is doing."""
        if self._socket is not None:
            # When the reader let go first the socket is closed already, and the card out.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.wait()
        self._socket = self._thread = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the card is out of the reader. `timeout` in seconds; False when it ran out."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def __enter__(self) -> "VirtualCard":
        self.insert()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _answer_all(self, connected: socket.socket) -> None:
        with connected:
            try:
                while (message := _receive(connected)) is not None:
                    reply = self._answer(message)
                    if reply is not None:
                        connected.sendall(len(reply).to_bytes(2, "big") + reply)
            except (CardRemoved, ConnectionError):
                # Out of the reader: the connection ends, which is what tells pcscd.
                return
            finally:
                self._chip.power_off()

    def _answer(self, message: bytes) -> bytes | None:
        match message:
            case b"":
                return None
            case bytes() if len(message) > 1:
                response: Response = self._chip.transmit(message)
                return response.data + bytes([response.sw1, response.sw2])
            case bytes() if message[0] == _POWER_OFF:
                self._chip.power_off()
            case bytes() if message[0] in (_POWER_ON, _RESET):
                self._chip.power_on()
            case bytes() if message[0] == _ATR:
                return self._chip.atr
        return None


def serve(chip: Chip, host: str = "127.0.0.1", port: int = VPCD_PORT) -> None:
    """Put the chip in a virtual reader and stay until it is out. Raises NoVirtualReader."""
    with VirtualCard(chip, host, port) as card:
        card.wait()


def _receive(connected: socket.socket) -> bytes | None:
    """One message; None when the reader is gone."""
    header = _receive_exactly(connected, 2)
    return None if header is None else _receive_exactly(connected, int.from_bytes(header, "big"))


def _receive_exactly(connected: socket.socket, length: int) -> bytes | None:
    received = b""
    while len(received) < length:
        _acknowledge_at_once(connected)
        part = connected.recv(length - len(received))
        if not part:
            return None
        received += part
    return received


def _acknowledge_at_once(connected: socket.socket) -> None:
    """vpcd sends length and message apart, and Nagle's algorithm on its side holds the second until the first is
    acknowledged, which we would put off by 40 ms. Linux takes the option back by itself: set it before each read."""
    if hasattr(socket, "TCP_QUICKACK"):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
