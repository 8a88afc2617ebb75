"""What a printer's status bytes say (ESC/POS: DLE EOT n, real-time status; GS r n, status in its turn)."""

from till.printing.printer import Trouble

ASK_PRINTER, ASK_OFFLINE, ASK_PAPER = (b"\x10\x04" + bytes([n]) for n in (1, 2, 4))
"""DLE EOT n: answered at once, even when the printer can do nothing else."""
ASK_END = b"\x1dr\x01"
"""GS r 1: answered when all that was sent before is done."""
ASK_TYPE = b"\x1dI\x02"
"""GS I 2: what kind of printer it is."""
QUIET = b"\x1da\x00"
"""GS a 0: no status that was not asked for."""

_FIXED, _REAL_TIME = 0x93, 0x12
"""Every real-time answer is 0xx1xx10 in binary."""
_IN_TURN = 0x90
"""An answer to GS r is 0xx0xxxx."""
_OFFLINE = 0x08
_COVER, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_PAPER_END = 0x60
_TWO_BYTES = 0x01


def real_time(answer: bytes) -> int | None:
    """The status in what came back; the last, where there are several; None where there is none."""
    found = [byte for byte in answer if byte & _FIXED == _REAL_TIME]
    return found[-1] if found else None


def is_end(answer: bytes | bytearray) -> bool:
    """Whether it has the answer to ASK_END in it."""
    return any(not byte & _IN_TURN for byte in answer)


def is_offline(printer: int) -> bool:
    """Whether it cannot print, by the answer to ASK_PRINTER."""
    return bool(printer & _OFFLINE)


def why_offline(offline: int) -> Trouble:
    """Why not, by the answer to ASK_OFFLINE."""
    if offline & _COVER:
        return Trouble.COVER_OPEN
    if offline & _PAPER_STOP:
        return Trouble.PAPER_OUT
    return Trouble.FAULT if offline & _ERROR else Trouble.OFFLINE


def is_paper_out(paper: int) -> bool:
    """Whether there is none, by the answer to ASK_PAPER."""
    return paper & _PAPER_END == _PAPER_END


def has_letters(kind: bytes) -> bool:
    """Whether it has letters of two bytes, by the answer to ASK_TYPE: here, the Chinese ones."""
    return bool(kind) and not kind[-1] & _IN_TURN and bool(kind[-1] & _TWO_BYTES)
