"""A sheet as ESC/POS bytes, for 58 and 80 mm paper."""

from till.printing.layout import COLUMNS, Line, lay_out
from till.printing.pos.library import Dummy
from till.printing.pos.picture import DOTS, picture
from till.printing.receipt import Receipt
from till.printing.setup import Letters, PrinterSetup

# ESC/POS, FS & and FS .: Chinese text mode on and off (two-byte codes).
_CHINESE_ON, _CHINESE_OFF = b"\x1c&", b"\x1c."
_QR_DOTS = 6
"""Dots a module: a code of 33 modules is 26 mm wide, which a phone reads at arm's length."""
_QR_LEVEL = 1
"""M: a seventh of it may be lost."""
_DRAWER_PIN = 2


def encode(receipt: Receipt, setup: PrinterSetup, *, open_drawer: bool = False) -> bytes:
    """What the printer is sent.

    Raises:
        PrinterFailed: there is no font to draw Chinese with.
    """
    columns = COLUMNS[setup.paper]
    paper = Dummy()
    # The library wants to know how wide the paper is before it draws, and says so on the terminal.
    paper.profile.profile_data = paper.profile.profile_data | {"media": {"width": {"pixels": columns * DOTS}}}
    paper.hw("INIT")
    if open_drawer:
        paper.cashdraw(_DRAWER_PIN)
    if setup.letters is Letters.GB18030:
        paper._raw(_CHINESE_ON)
    for line in lay_out(receipt, columns):
        _line(paper, line, columns, setup.letters)
    if setup.letters is Letters.GB18030:
        paper._raw(_CHINESE_OFF)
    if receipt.code:
        paper.set(align="center")
        paper.qr(receipt.code, ec=_QR_LEVEL, size=_QR_DOTS, native=setup.native_qr)
        paper.set(align="left")
    if setup.cut:
        paper.cut()
    else:
        paper.print_and_feed(4)
    return bytes(paper.output)


def _line(paper: Dummy, line: Line, columns: int, letters: Letters) -> None:
    if letters is Letters.IMAGE and not line.text.isascii():
        paper.image(picture(line, columns))
        return
    height = 2 if line.big else 1
    paper.set(align="center" if line.centred else "left", custom_size=True, width=1, height=height)
    paper._raw(line.text.encode("gb18030") + b"\n")
    if line.centred or line.big:
        paper.set(align="left", custom_size=True, width=1, height=1)
