"""Reads ESC/POS by the makers' command reference alone, and strictly: it shares nothing with what writes it.

(download4.epson.biz/sec_pub/pos/reference_en/escpos: each command's code, parameters and meaning.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

DOTS = {80: 512, 58: 384}
"""What fits across the paper: the narrower of the makers'."""
CELL = 12
"""Dots of a letter of font A; a Chinese one has two cells."""


class NotEscPos(Exception):
    """A printer would print rubbish from here on."""


@dataclass
class Token:
    """One command with its parameters, or the bytes of some text."""

    name: str
    data: bytes = b""


@dataclass
class Picture:
    """Rows of dots; True is black."""

    rows: list[list[bool]]
    centred: bool


@dataclass
class Text:
    """A line of text."""

    text: str
    high: int
    centred: bool


@dataclass
class Paper:
    """What came out, in order."""

    lines: list[Text | Picture] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    cuts: int = 0
    kicks: int = 0
    kicked_first: bool = False

    @property
    def text(self) -> str:
        """All that is text."""
        return "\n".join(line.text for line in self.lines if isinstance(line, Text))

    @property
    def pictures(self) -> list[Picture]:
        """All that is drawn."""
        return [line for line in self.lines if isinstance(line, Picture)]


# Lead bytes, and how many parameters follow.
_FIXED = {
    b"\x1b@": 0,
    b"\x1ba": 1,
    b"\x1bE": 1,
    b"\x1bM": 1,
    b"\x1bd": 1,
    b"\x1b!": 1,
    b"\x1bt": 1,
    b"\x1bp": 3,
    b"\x1d!": 1,
    b"\x1da": 1,
    b"\x1dr": 1,
    b"\x1dI": 1,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x10\x04": 1,
}


def tokens(data: bytes) -> Iterator[tuple[Token, int]]:
    """Whole commands, each with where it ends; an unfinished one is left. Raises NotEscPos."""
    at = 0
    while at < len(data):
        lead = data[at : at + 2]
        if data[at] not in (0x10, 0x1B, 0x1C, 0x1D):
            end = at
            while end < len(data) and data[end] not in (0x10, 0x1B, 0x1C, 0x1D):
                if data[end] >= 0x80:  # the second byte of a Chinese letter may be any
                    if end + 1 >= len(data):
                        return
                    end += 1
                end += 1
            yield Token("text", data[at:end]), end
            at = end
            continue
        found = _command(data, at, lead)
        if found is None:
            return
        token, at = found
        yield token, at


def _command(data: bytes, at: int, lead: bytes) -> tuple[Token, int] | None:
    if len(lead) < 2:
        return None
    if lead in _FIXED:
        end = at + 2 + _FIXED[lead]
    elif lead == b"\x1dV":
        if at + 3 > len(data):
            return None
        end = at + (4 if data[at + 2] in (65, 66) else 3)
    elif lead == b"\x1d(":
        if at + 5 > len(data):
            return None
        end = at + 5 + data[at + 3] + 256 * data[at + 4]
    elif lead == b"\x1dv":
        if at + 8 > len(data):
            return None
        across, down = data[at + 4] + 256 * data[at + 5], data[at + 6] + 256 * data[at + 7]
        end = at + 8 + across * down
    else:
        raise NotEscPos(f"{lead.hex(' ')} at {at}")
    if end > len(data):
        return None
    name = {0x10: "DLE", 0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}[data[at]]
    second = "EOT" if lead == b"\x10\x04" else chr(data[at + 1])
    return Token(f"{name} {second}", data[at + 2 : end]), end


def read(data: bytes, paper: int) -> Paper:
    """What a printer with this paper makes of the bytes, all of them.

    Raises:
        NotEscPos: it knows no such command, a line is wider than the paper, or Chinese comes while that is off.
    """
    printer = _Printer(DOTS[paper])
    done = 0
    for token, end in tokens(data):
        printer.take(token)
        done = end
    if done != len(data):
        raise NotEscPos(f"cut off at {done} of {len(data)}")
    if printer.line:
        raise NotEscPos("the last line is not fed")
    return printer.paper


class _Printer:
    def __init__(self, dots: int) -> None:
        self.paper, self.dots = Paper(), dots
        self.line = ""
        self.chinese = self.centred = False
        self.high = self.wide = 1
        self.stored = ""
        self.any = False

    def take(self, token: Token) -> None:
        match token.name, token.data:
            case "text", data:
                self._text(data)
            case "ESC @", _:
                self.chinese = self.centred = False
                self.high = self.wide = 1
            case "ESC a", data:
                assert data[0] in (0, 1, 2, 48, 49, 50)
                self.centred = data[0] in (1, 49)
            case "GS !", data:
                self.wide, self.high = (data[0] >> 4) + 1, (data[0] & 7) + 1
            case "ESC !", data:
                assert data[0] == 0, "emphasis is set by GS !"
            case (("ESC E" | "ESC M" | "ESC t" | "GS a" | "GS r" | "GS I" | "DLE EOT"), _):
                pass
            case "ESC d", _:
                self._feed()
            case "FS &", _:
                self.chinese = True
            case "FS .", _:
                self.chinese = False
            case "ESC p", data:
                assert data[0] in (0, 1)
                self.paper.kicks += 1
                self.paper.kicked_first = not self.any
            case "GS V", _:
                self.paper.cuts += 1
            case "GS v", data:
                self._picture(data)
            case "GS (", data:
                self._code(data)
            case name, data:
                raise NotEscPos(f"{name} {data[:8].hex(' ')}")

    def _text(self, data: bytes) -> None:
        if not data.isascii() and not self.chinese:
            raise NotEscPos("Chinese without FS &")
        parts = data.decode("gb18030").split("\n")
        for place, part in enumerate(parts):
            if any(ord(letter) < 32 for letter in part):
                raise NotEscPos(f"control character in {part!r}")
            self.line += part
            if place < len(parts) - 1:
                self._feed()

    def _feed(self) -> None:
        cells = sum(1 if letter.isascii() else 2 for letter in self.line) * self.wide
        if cells * CELL > self.dots:
            raise NotEscPos(f"{self.line!r} is {cells * CELL} dots wide")
        if self.line:
            self.paper.lines.append(Text(self.line, self.high, self.centred))
            self.any = True
        self.line = ""

    def _picture(self, data: bytes) -> None:
        assert not self.line, "a picture in the middle of a line"
        assert data[:2] == b"0\x00", "GS v 0, of the printer's own density"
        across, down = data[2] + 256 * data[3], data[4] + 256 * data[5]
        if across * 8 > self.dots:
            raise NotEscPos(f"a picture {across * 8} dots wide")
        rows = [data[6 + row * across : 6 + (row + 1) * across] for row in range(down)]
        dots = [[bool(byte >> bit & 1) for byte in row for bit in range(7, -1, -1)] for row in rows]
        self.paper.lines.append(Picture(dots, self.centred))
        self.any = True

    def _code(self, data: bytes) -> None:
        assert data[0:1] == b"k", "GS ( k: a two-dimensional code"
        content = data[3:]
        assert content[0] == 49, "a QR code"
        if content[1] == 80:
            assert content[2] == 48
            self.stored = content[3:].decode("ascii")
        elif content[1] == 81:
            self.paper.qr.append(self.stored)
