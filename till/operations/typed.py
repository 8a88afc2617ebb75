"""What people type in."""

import re

from till.operations.refusals import BadField

LONGEST_TEXT = 200
_IDENTIFIER = re.compile(r"[0-9A-Z-]{1,12}")


def check_text(field: str, text: str) -> None:
    """Check what a person typed for others to read.

    Raises:
        BadField: it is empty, too long, or not one line.
    """
    if not text.strip() or len(text) > LONGEST_TEXT or not text.isprintable():
        raise BadField(field, "one_line", str(LONGEST_TEXT))


def check_identifier(field: str, text: str) -> None:
    """Check the number of an account or a meter, as cards can carry it.

    Raises:
        BadField: it is none.
    """
    if not _IDENTIFIER.fullmatch(text):
        raise BadField(field, "identifier")


def check_number(field: str, value: int, largest: int) -> None:
    """Check a number.

    Raises:
        BadField: it is negative or too large.
    """
    if not 0 <= value <= largest:
        raise BadField(field, "range", f"0 – {largest:,}")
