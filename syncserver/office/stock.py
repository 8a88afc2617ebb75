"""Blank cards as they are handed out: by their serials, or so many numbered on from the last."""

from syncserver.ingest.intake import Intake
from syncserver.office import grants
from syncserver.office.errors import OfficeError

SERIAL_DIGITS = 16
_FIRST_SERIAL = 6201000000000001
_NEXT = "next_serial"
_MOST = 100_000


def hand_out(intake: Intake, master: bytes, branch: str, *, serials: list[str], count: int = 0) -> list[str]:
    """Allot these cards to a branch, or so many when none is named. Returns their serials.

    Raises:
        OfficeError: none or too many are named, a serial cannot be one, or see grants.allot_cards.
    """
    chosen = serials or _next_serials(int(intake.writing.meta(_NEXT) or _FIRST_SERIAL), count)
    _check(chosen)
    grants.allot_cards(intake, master, branch, chosen)
    if not serials:
        intake.writing.set_meta(_NEXT, str(int(chosen[-1]) + 1))
    return chosen


def _next_serials(first: int, count: int) -> list[str]:
    if count < 1:
        raise OfficeError("No card was named.", "Give their serials, or --count.", "no_card")
    if count > _MOST:
        raise OfficeError(f"At most {_MOST} cards at once.", "Allot them in parts.", "many_cards", most=_MOST)
    return [str(first + place) for place in range(count)]


def _check(serials: list[str]) -> None:
    for serial in serials:
        if len(serial) != SERIAL_DIGITS or not serial.isdecimal() or not serial.isascii():
            what = f"{serial} is no card's serial."
            raise OfficeError(what, "A serial has 16 digits.", "bad_serial", serial=serial, digits=SERIAL_DIGITS)
    if len(set(serials)) != len(serials):
        raise OfficeError("A serial is there twice.", "Name each card once.", "serial_twice")
