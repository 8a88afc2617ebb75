"""Which folder a till goes on in, once it has two: after its first disk failed, and when that came back.

The mirror's disk holds the claim: the folder in use, under a generation. A till's folder whose own generation is lower
writes nothing while it sees that. A folder that was left, and that could be written, says so itself too, for the day
when the mirror's disk is out.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from till.journal.errors import TakenOver

_SEAT = "seat.json"
T = TypeVar("T")


class Seat(Struct, frozen=True, kw_only=True):
    """What a data folder says of itself.

    Attributes:
        generation: of the claim that it was made under.
        mirror: the folder on the other disk.
        gone_to: the folder that took over; "" while none has, or none could say so.
    """

    till: str
    generation: int
    mirror: str
    gone_to: str = ""


class Claim(Struct, frozen=True, kw_only=True):
    """What the mirror's disk says: the folder in use, and the one before it. Within the mirror's folder they are kept
    by their names in it: a disk is not always mounted at the same place."""

    generation: int
    folder: str
    source: str


def seat_of(data: Path) -> Seat | None:
    """What this data folder says; None where it says nothing that can be read."""
    return _read(data / _SEAT, Seat)


def take_seat(data: Path, seat: Seat) -> None:
    """Have a data folder say so. Raises OSError."""
    _write(data / _SEAT, seat)


def claim_in(mirror: Path, till: str) -> Claim | None:
    """What the mirror's disk says of a till; None where it says nothing, or is out."""
    claim = _read(_claim_path(mirror, till), Claim)
    if claim is None:
        return None
    here = mirror.resolve()
    return Claim(generation=claim.generation, folder=str(here / claim.folder), source=str(here / claim.source))


def make_claim(mirror: Path, till: str, claim: Claim) -> None:
    """From here on, whoever sees the mirror's disk knows it. Raises OSError."""
    folder, source = (_within(mirror.resolve(), Path(path)) for path in (claim.folder, claim.source))
    _write(_claim_path(mirror, till), Claim(generation=claim.generation, folder=folder, source=source))


def expect_seat(till: str, generation: int, mirror: Path) -> None:
    """Go on only while no later folder is in use, as far as the mirror's disk can be asked.

    Raises:
        TakenOver: one is.
    """
    claim = _read(_claim_path(mirror, till), Claim)  # at each entry: nothing more is looked up than is needed
    if claim is not None and claim.generation > generation:
        raise TakenOver(till, str(mirror / claim.folder))


def generation_of(data: Path, till: str, mirror: Path) -> int:
    """The generation that a data folder goes on under: its own, or the claim's where that names this very folder, which
    was put back to an older image since.

    Raises:
        TakenOver: the till goes on in another folder, or is not all here yet.
    """
    seat, claim = seat_of(data), claim_in(mirror, till)
    if seat is not None and seat.gone_to:
        raise TakenOver(till, seat.gone_to)
    generation = 0 if seat is None else seat.generation
    if claim is None or claim.generation <= generation:
        return generation
    here = Path(claim.folder) == data.resolve()
    if not here or (claim.source != claim.folder and (Path(claim.source) / "till.db").exists()):
        raise TakenOver(till, claim.folder)
    return claim.generation


def in_use(data: Path) -> Path:
    """The folder in which the till of this data folder goes on: itself, or the one that took over."""
    seat = seat_of(data)
    if seat is None:
        return data
    claim = claim_in(Path(seat.mirror), seat.till)
    later = seat.gone_to or (claim.folder if claim is not None and claim.generation > seat.generation else "")
    return Path(later) if later and (Path(later) / "till.db").exists() else data


def sit_down(data: Path, till: str, mirror: Path) -> None:
    """From here on the folder in use is this one: that on another disk may come back. Raises OSError."""
    here = str(data.resolve())
    generation = 1 + max(0 if known is None else known.generation for known in (claim_in(mirror, till), seat_of(data)))
    take_seat(data, Seat(till=till, generation=generation, mirror=str(mirror.resolve())))
    if mirror.is_dir():
        make_claim(mirror, till, Claim(generation=generation, folder=here, source=here))


def lives_on_second(data: Path) -> bool:
    """Whether a till goes on in its mirror's folder, for its own disk has failed."""
    seat = seat_of(data)
    return seat is not None and data.resolve().is_relative_to(Path(seat.mirror).resolve())


def leave_word(data: Path) -> None:
    """Have the folder that this one took over say so itself, once it can be written: it writes nothing more then when
    the mirror's disk is out, either."""
    seat = seat_of(data)
    claim = None if seat is None else claim_in(Path(seat.mirror), seat.till)
    if seat is None or claim is None or Path(claim.folder) != data.resolve() or claim.source == claim.folder:
        return
    left = Path(claim.source)
    before = seat_of(left)
    if (left / "till.db").exists() and (before is None or not before.gone_to):
        known = before or Seat(till=seat.till, generation=0, mirror=seat.mirror)
        with suppress(OSError):  # it cannot be written yet
            take_seat(left, msgspec.structs.replace(known, gone_to=claim.folder))


def _within(mirror: Path, folder: Path) -> str:
    folder = folder.resolve()
    return str(folder.relative_to(mirror) if folder.is_relative_to(mirror) else folder)


def _claim_path(mirror: Path, till: str) -> Path:
    return mirror / f"{till}.seat"


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, value: Struct) -> None:
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        file.write(msgspec.json.encode(value))
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
