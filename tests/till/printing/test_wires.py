"""The ways to a printer besides the network: a serial line (a pseudo-terminal), a file, and USB that is not there."""

import errno
import os
import select
import subprocess
import sys
import threading

import pytest
import usb.core
import usb.util

from tests.till.printing.escpos import read
from tests.till.printing.loopback import loopback_printer
from tests.till.printing.test_encode import sheet
from till.printing.pos.printer import PosPrinter, find_out
from till.printing.printer import PrintedInDoubt, PrinterFailed, Trouble
from till.printing.setup import Answers, Letters, PrinterKind, PrinterSetup


class SerialLine:
    """The printer's end of a pseudo-terminal, as a LoopbackPrinter talks to its line."""

    def __init__(self, end: int) -> None:
        self._end = end
        self.closing = False

    def __enter__(self) -> "SerialLine":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def settimeout(self, _: float) -> None:
        pass

    def recv(self, most: int) -> bytes:
        if not select.select([self._end], [], [], 0.02)[0]:
            if self.closing:
                return b""
            raise TimeoutError
        return os.read(self._end, most)

    def sendall(self, data: bytes) -> None:
        os.write(self._end, data)


@pytest.fixture
def serial():
    """A printer on a serial line: the device's file, and the printer."""
    ours, theirs = os.openpty()
    line = SerialLine(ours)
    with loopback_printer() as printer:
        printer.printed.append(b"")
        thread = threading.Thread(target=printer._listen, args=(line, len(printer.printed) - 1))
        thread.start()
        yield os.ttyname(theirs), printer
        line.closing = True
        thread.join()
    os.close(ours)
    os.close(theirs)


def test_a_serial_printer_answers_and_prints(serial):
    path, paper = serial
    setup = PrinterSetup(kind=PrinterKind.SERIAL, address=path, baud=115_200)
    found = find_out(setup)
    assert found == (Answers.END, Letters.GB18030)
    ready = PrinterSetup(
        kind=PrinterKind.SERIAL, address=path, baud=115_200, answers=found.answers, letters=found.letters, paper=58
    )
    PosPrinter(ready).put(sheet())
    out = paper.printed[-1].replace(b"\x1da\x00", b"")
    assert "till-0001-00000012" in read(out, 58).text
    paper.paper_for = 0
    with pytest.raises(PrinterFailed) as failed:
        PosPrinter(ready).put(sheet())
    assert (type(failed.value), failed.value.reason) == (PrinterFailed, Trouble.PAPER_OUT)


def test_a_file_gets_all_of_it(tmp_path):
    device = tmp_path / "lp0"
    PosPrinter(PrinterSetup(kind=PrinterKind.FILE, address=str(device), letters=Letters.GB18030)).put(sheet())
    assert "till-0001-00000012" in read(device.read_bytes(), 80).text
    assert find_out(PrinterSetup(kind=PrinterKind.FILE, address=str(device))) == (Answers.NONE, Letters.IMAGE)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (PrinterKind.FILE, "/nowhere/lp0"),
        (PrinterKind.SERIAL, "/nowhere/ttyS9"),
        (PrinterKind.USB, "dead:beef"),
        (PrinterKind.USB, "dead:beef:82:1"),
        (PrinterKind.NETWORK, "printer.invalid"),
        (PrinterKind.NETWORK, "127.0.0.1:1"),
    ],
)
def test_a_printer_that_is_not_there_is_off(kind, address):
    setup = PrinterSetup(kind=kind, address=address)
    with pytest.raises(PrinterFailed) as failed:
        PosPrinter(setup).put(sheet())
    assert (type(failed.value), failed.value.reason) == (PrinterFailed, Trouble.OFF)
    with pytest.raises(PrinterFailed):
        find_out(setup)


def test_a_full_disk_behind_the_file_leaves_it_in_doubt():
    """The device's file takes nothing more: how much of it is on paper, nobody knows."""
    setup = PrinterSetup(kind=PrinterKind.FILE, address="/dev/full")
    with pytest.raises(PrintedInDoubt):
        PosPrinter(setup).put(sheet())


class UsbPrinter:
    """A printer as pyusb shows it: what is written to its end point is answered on the other, or times out."""

    class backend:  # what python-escpos looks at
        pass

    def __init__(self, silent_reads: int) -> None:
        self.heard, self.answers, self.silent_reads = b"", [], silent_reads

    def set_configuration(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def write(self, point: int, data: bytes, timeout: int) -> None:
        assert (point, timeout) == (0x02, 10_000)
        if data.startswith(b"\x10\x04"):
            self.answers.append(b"\x12")
        elif data == b"\x1dr\x01":
            self.answers.append(b"\x00")
        else:
            self.heard += data

    def read(self, point: int, most: int) -> bytes:
        assert (point, most) == (0x81, 16)
        if self.answers and self.answers[0] == b"\x00" and self.silent_reads:
            self.silent_reads -= 1
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        return self.answers.pop(0)


def test_a_usb_printer_that_takes_its_time_is_waited_for(monkeypatch):
    device = UsbPrinter(silent_reads=1)
    monkeypatch.setattr(
        usb.core, "find", lambda **asked: device if asked == {"idVendor": 0x4B8, "idProduct": 0xE15} else None
    )
    monkeypatch.setattr(usb.util, "dispose_resources", lambda _: None)
    setup = PrinterSetup(kind=PrinterKind.USB, address="04b8:0e15:81:02", answers=Answers.END, letters=Letters.GB18030)
    PosPrinter(setup).put(sheet())
    assert "till-0001-00000012" in read(device.heard, 80).text


def test_the_library_leaves_nothing_behind(tmp_path):
    """python-escpos makes a temporary folder when it is imported, and sets up logging for everybody."""
    asked = "import logging, till.printing.pos.library; print(len(logging.root.handlers))"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "0"
    assert list(tmp_path.iterdir()) == []
