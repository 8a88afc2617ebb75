"""Which printer a till has, and what it can."""

from enum import StrEnum

from msgspec import Struct

from till.printing.words import BOTH


class PrinterKind(StrEnum):
    """How a printer is reached."""

    NONE = "none"
    """There is none: a text file a sheet, in the till's folder."""
    NETWORK = "network"
    USB = "usb"
    SERIAL = "serial"
    FILE = "file"
    PDF = "pdf"
    """A folder: a PDF a sheet, A5."""


class Letters(StrEnum):
    """How a printer gets Chinese."""

    GB18030 = "gb18030"
    """It has the letters: text in the code of GB 18030."""
    IMAGE = "image"
    """It has not: lines with any are drawn here, and printed as pictures."""


class Answers(StrEnum):
    """What a printer says of itself."""

    NONE = "none"
    """Nothing: what was sent whole is taken for printed."""
    STATUS = "status"
    """Whether it can print now (DLE EOT)."""
    END = "end"
    """And that it has come to the end of what was sent (GS r)."""


class PrinterSetup(Struct, frozen=True, kw_only=True):
    """A printer; kept in the till's store under `printer`.

    Attributes:
        address: of the network HOST[:PORT]; of USB VENDOR:PRODUCT[:IN:OUT], hexadecimal; the device's file; the folder.
        paper: its width, millimetres.
        languages: of what it prints, in their order on a line.
        cut: whether it cuts.
        drawer: whether the cash drawer hangs on it, and opens with each original that moves cash.
        native_qr: whether it draws a QR code by itself; else it gets a picture.
        baud: of a serial line.
    """

    kind: PrinterKind = PrinterKind.NONE
    address: str = ""
    paper: int = 80
    languages: tuple[str, ...] = BOTH
    cut: bool = True
    drawer: bool = False
    letters: Letters = Letters.IMAGE
    native_qr: bool = False
    answers: Answers = Answers.NONE
    baud: int = 9_600

    @property
    def name(self) -> str:
        """Which printer it is."""
        return f"{self.kind} {self.address}".rstrip()
