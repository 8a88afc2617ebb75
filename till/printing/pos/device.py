"""The wire to a printer, whichever it is."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from till.printing.pos.library import Escpos, EscposError, File, Network, Serial, Usb
from till.printing.printer import PrinterFailed, Trouble
from till.printing.setup import PrinterKind, PrinterSetup

PORT = 9_100
"""Where network printers listen for raw data."""
_CONNECT_SECONDS = 5.0
_STALL_SECONDS = 10.0
"""How long a printer may take none of what it is sent."""
_ANSWER_SECONDS = 2.0
_SERIAL_ANSWER_SECONDS = 0.3
_USB_IN, _USB_OUT = 0x82, 0x01


class Device:
    """An open wire. Its methods raise OSError when it breaks; `write` also when nothing is taken for too long.

    Attributes:
        heard: all that the printer has said.
    """

    def __init__(self, wire: Escpos, kind: PrinterKind) -> None:
        self._wire = wire
        self._kind = kind
        self.heard = bytearray()

    def write(self, data: bytes) -> None:
        """Send all of it."""
        if self._kind is PrinterKind.NETWORK:
            self._wire.device.settimeout(_STALL_SECONDS)
        self._wire._raw(data)

    def read(self) -> bytes:
        """What the printer says, waiting a moment for it; nothing when it is silent."""
        if self._kind is PrinterKind.NETWORK:
            self._wire.device.settimeout(_ANSWER_SECONDS)
        try:
            said = bytes(self._wire._read())
        except OSError as error:
            if error.errno == errno.ETIMEDOUT or isinstance(error, TimeoutError):  # pyusb's is none
                return b""
            raise
        if not said and self._kind is PrinterKind.NETWORK:
            raise ConnectionResetError("the printer has hung up")
        self.heard += said
        return said


@contextmanager
def open_device(setup: PrinterSetup) -> Iterator[Device]:
    """The wire to this printer.

    Raises:
        PrinterFailed: there is no way to it.
    """
    try:
        wire = _wire(setup)
        wire.open()
        if setup.kind is PrinterKind.SERIAL:
            wire.device.write_timeout = _STALL_SECONDS
    except (EscposError, OSError, ValueError, RuntimeError) as error:
        raise PrinterFailed(Trouble.OFF) from error
    device = Device(wire, setup.kind)
    try:
        yield device
    except OSError:
        if setup.kind is PrinterKind.SERIAL:  # or closing waits until what it does not take is sent
            wire.device.reset_output_buffer()
        raise
    finally:
        wire.close()


def _wire(setup: PrinterSetup) -> Escpos:
    match setup.kind:
        case PrinterKind.NETWORK:
            host, _, port = setup.address.partition(":")
            return Network(host, int(port or PORT), timeout=_CONNECT_SECONDS)
        case PrinterKind.USB:
            numbers = [int(part, 16) for part in setup.address.split(":")]
            vendor, product, come, go = (*numbers, _USB_IN, _USB_OUT)[:4] if len(numbers) == 2 else numbers
            return Usb(vendor, product, timeout=int(_STALL_SECONDS * 1000), in_ep=come, out_ep=go)
        case PrinterKind.SERIAL:
            return Serial(setup.address, baudrate=setup.baud, timeout=_SERIAL_ANSWER_SECONDS)
        case PrinterKind.FILE:
            return File(setup.address)
        case PrinterKind.NONE | PrinterKind.PDF:
            raise ValueError("no device prints there")
