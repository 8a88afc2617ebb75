"""What people type in."""

from till.operations.refusals import BadField

LONGEST_TEXT = 200


def check_text(field: str, text: str) -> None:
    """Check what a person typed for others to read.

    Raises:
        BadField: it is empty, too long, or not one line.
    """
    if not text.strip() or len(text) > LONGEST_TEXT or not text.isprintable():
        raise BadField(field, f"1 to {LONGEST_TEXT} letters on one line")
