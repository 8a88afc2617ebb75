"""A receipt's number, and the code on it: what the paper's QR code says, so that the office can check it.

A number is the till's name, a dash and eight digits: 1, 2, 3 ... in each till's own row, through all of its epochs.

Version 1 of the code is `KT1:TILL:EPOCH:SEQ:HASH`: the place and the hash (SHA-256, 64 hex digits) of the entry that
names the number (common/JOURNAL.md). It is written in capitals: those, digits, `:` and `-` are all in QR's alphanumeric
mode (ISO/IEC 18004, 7.4.4), which makes the code a third smaller. Readers take either case.
"""

import re

from msgspec import Struct

from common.chain import SignedEntry

PREFIX = "KT1"

_FORM = re.compile(r"kt1:([a-z0-9-]{1,32}):([1-9][0-9]{0,9}):([1-9][0-9]{0,15}):([0-9a-f]{64})")


class BadReceiptCode(ValueError):
    """The text is no receipt's code of this version."""


class ReceiptCode(Struct, frozen=True, kw_only=True):
    """The entry that stands behind a receipt. `hash`: 64 lower-case hex digits."""

    till: str
    epoch: int
    seq: int
    hash: str

    @classmethod
    def of(cls, named: SignedEntry) -> "ReceiptCode":
        """The code of the receipt that this entry names."""
        entry = named.entry
        return cls(till=entry.writer, epoch=entry.epoch, seq=entry.seq, hash=named.hash)

    @property
    def text(self) -> str:
        """What is printed."""
        return f"{PREFIX}:{self.till}:{self.epoch}:{self.seq}:{self.hash}".upper()


def read_receipt_code(text: str) -> ReceiptCode:
    """The code that a scanner or a person gives.

    Raises:
        BadReceiptCode: it is none.
    """
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise BadReceiptCode(text)
    till, epoch, seq, digest = found.groups()
    return ReceiptCode(till=till, epoch=int(epoch), seq=int(seq), hash=digest)


def receipt_text(till: str, number: int) -> str:
    """A receipt's number as it is printed."""
    return f"{till}-{number:08d}"


def receipt_number(receipt: str) -> int:
    """The number in its till's row; 0 for what is none."""
    digits = receipt.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
