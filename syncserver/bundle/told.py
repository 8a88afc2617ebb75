"""What each till's latest bundle said that it had heard: from there on the next bundle for it goes."""

import msgspec

from common.bundle.document import Heard
from syncserver.store import Reading, Writing


def told_by(reading: Reading, till: str, epoch: int) -> Heard | None:
    """What a till had heard, of this epoch; None where no bundle of it came."""
    value = reading.meta(_name(till))
    heard = None if value is None else msgspec.json.decode(value, type=Heard)
    return heard if heard is not None and heard.epoch == epoch else None


def note_told(writing: Writing, till: str, heard: Heard) -> bool:
    """Note what a bundle says, unless a later one said it already. Returns whether it is news."""
    value = writing.meta(_name(till))
    known = None if value is None else msgspec.json.decode(value, type=Heard)
    if known is not None and (known.epoch, known.serial) > (heard.epoch, heard.serial):
        return False
    writing.set_meta(_name(till), msgspec.json.encode(heard).decode())
    return True


def _name(till: str) -> str:
    return f"bundle/{till}"
