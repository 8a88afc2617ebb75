"""A till whose own disk has failed goes on from its second disk, and comes back when there is a good disk again.

From the first disk itself where it can still be read: it has every entry that anybody was told of. Else from the spare
and the mirror. It sells then only if the mirror is known to have all: by a program that was at work when the disk
failed, or by the last receipt that was given out. Else the office must say first.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from common.chain import Head
from common.progress import Progress, unseen
from common.receipt_code import receipt_number, receipt_text
from till.journal.errors import FirstDiskWorks, MirrorAbsent, MirrorFailed, NothingToTakeOver
from till.journal.heal import Healed
from till.journal.keysafe import LOCKED, is_locked, write_private
from till.journal.mirror import is_apart
from till.journal.seat import Claim, Seat, claim_in, make_claim, seat_of, take_seat
from till.operations.backup import DATABASES, KEYS, put_back
from till.operations.mirror import heal_mirror
from till.operations.opening import TillFolder, open_desk
from till.operations.spare import spare_path, spares_in
from till.store import Store, StoreError, StoreTampered, StoreUnreadable
from till.store.snapshot import copy_database, is_sound
from till.sync.bundle.stick import reading, stick
from till.sync.errors import StickFailed
from till.sync.restored import is_restored, no_longer_restored

_PIECE = 1024 * 1024


class TookOver(Struct, frozen=True, kw_only=True):
    """What a taking over did.

    Attributes:
        folder: where the till goes on.
        read: whether the disk that it was on could be read.
        sells: whether it sells at once; else the office must say first.
        last: the last receipt that it knows of; "" where there is none.
        apart: whether it and its mirror are on two disks.
    """

    till: str
    folder: str
    entries: int
    read: bool
    sells: bool
    last: str
    apart: bool


def take_over(
    old: TillFolder,
    mirror: Path | None = None,
    target: TillFolder | None = None,
    *,
    known: Head | None = None,
    last: str | None = None,
    progress: Progress = unseen,
) -> TookOver:
    """Go on from the second disk. Safe to repeat, wherever it was cut.

    Args:
        old: the till's data folder, on the disk that failed.
        mirror: the folder on the second disk; None: as the data folder says.
        target: where to; None: the data folder where it can be written, else a folder on the second disk.
        known: the last entry of a program that was at work when the disk failed, and to which the mirror was there.
        last: the number of the last receipt that the till gave out, as somebody says.

    Raises:
        FirstDiskWorks: nothing need take over.
        MirrorAbsent, NothingToTakeOver: the second disk is not there, or has not what it takes.
        MirrorDiverged, StoreError: the two do not agree, or cannot be read.
        MirrorFailed, StickFailed, BackupRefused: the second disk cannot be written or read.
    """
    seat = seat_of(old.path)
    place = Path(seat.mirror) if mirror is None and seat is not None else mirror
    if place is None or not place.is_dir():
        raise MirrorAbsent("" if place is None else str(place))
    works = can_be_written(old.path)
    till = seat.till if seat is not None else _only_till(place)
    claim = claim_in(place, till)
    with _explained(place):
        if claim is not None and works and _is_elsewhere(claim.folder, old):
            come_back(old, place, till, progress)
            return _told(old, till, read=True)
        if claim is not None and TillFolder(Path(claim.folder)).database.exists():
            there = TillFolder(Path(claim.folder))
            confirmed = _confirm(there, known, last)
            if confirmed or _is_elsewhere(claim.folder, old):
                return _told(there, till, read=False)
        if works and old.database.exists() and is_sound(old.database):
            raise FirstDiskWorks(str(old.path))
        if target is None:
            target = old if works else TillFolder(place / till)
        generation = 1 if claim is None else claim.generation + 1
        part = _new_part(target, Seat(till=till, generation=generation, mirror=str(place.resolve())))
        read = _copy_files(old, part, progress)
        if not read:
            _copy_spare([old, target], part, spare_path(place, till), progress)
        _meet(part, place, known, last, read=read)
        told = msgspec.structs.replace(_told(part, till, read=read), folder=str(target.path))
        make_claim(place, till, Claim(generation=generation, folder=str(target.path.resolve()), source=str(old.path)))
        _put_in_place(part, target, generation)
    return told


def may_be_the_disk(error: BaseException | None) -> bool:
    """Whether a disk that cannot be read or written may be behind an error."""
    while error is not None:
        if type(error) in (StoreError, StoreUnreadable):
            return True
        error = error.__cause__
    return False


def heal_or_come_back(home: TillFolder, progress: Progress = unseen) -> Healed:
    """Put the two disks right, each from the other; where the till goes on from the second disk because this one had
    failed, bring it back first. Safe to stop and to repeat.

    Raises:
        MirrorAbsent: the second disk is not there.
        MirrorDiverged, ChainError: nobody can tell which is right; nothing was changed.
        MirrorFailed, StoreError: a disk cannot be read or written.
    """
    seat = seat_of(home.path)
    if seat is not None:
        place = Path(seat.mirror)
        claim = claim_in(place, seat.till)
        if claim is None and seat.gone_to:
            raise MirrorAbsent(seat.mirror)
        if claim is not None and (claim.generation > seat.generation or not home.database.exists()):
            with _explained(place):
                come_back(home, place, seat.till)  # what is begun here is not stopped
    return heal_mirror(home, progress)


def come_back(home: TillFolder, place: Path, till: str, progress: Progress = unseen) -> None:
    """Bring the till back to its own disk from where it goes on. From the claim on nobody sells until it is here.

    Raises:
        MirrorFailed: a disk cannot be read or written.
        StoreError: the store cannot be copied.
    """
    claim = claim_in(place, till)
    assert claim is not None, "there is nothing to come back from"
    resumed = Path(claim.folder) == home.path.resolve()
    used = TillFolder(Path(claim.source if resumed else claim.folder))
    with _explained(place):
        generation = claim.generation if resumed else claim.generation + 1
        part = _new_part(home, Seat(till=till, generation=generation, mirror=str(place)))
        with used.store_as_it_is() as store:
            if not resumed:
                with store.transaction():  # whoever writes next sees the claim, and nobody writes meanwhile
                    new = Claim(generation=generation, folder=str(home.path.resolve()), source=str(used.path))
                    make_claim(place, till, new)
            files = [used.path / name for name in DATABASES if (used.path / name).exists()]
            for done, path in enumerate(files):
                progress(done, len(files))
                copy_database(path, part.path / path.name)
        _copy_keys(used.path, part.path)
        with part.store_as_it_is() as store:
            store.set_setting("mirror_apart", is_apart(place, part.database))
        _put_in_place(part, home, generation)
        shutil.rmtree(used.path, ignore_errors=True)  # the claim keeps it from selling, were it to stay


# --- within ---


def _only_till(place: Path) -> str:
    found = spares_in(place)
    if len(found) != 1:
        raise NothingToTakeOver(str(place), "several_tills" if found else "no_spare")
    return found[0]


def _is_elsewhere(folder: str, home: TillFolder) -> bool:
    """Whether the till lives in that folder, and not in this one."""
    return Path(folder) != home.path.resolve() and TillFolder(Path(folder)).database.exists()


def can_be_written(folder: Path) -> bool:
    """Whether the disk that a folder is on takes anything; a full one only wants room."""
    trial = folder / "written"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with trial.open("wb") as file:
            file.write(bytes(_PIECE))
            file.flush()
            os.fsync(file.fileno())
        trial.unlink()
    except OSError as error:
        with suppress(OSError):
            trial.unlink(missing_ok=True)
        return error.errno == errno.ENOSPC  # then it wants room, and others may write to it still
    return True


def _new_part(target: TillFolder, seat: Seat) -> TillFolder:
    """An empty folder beside the target, or within it, for the till to be made in."""
    part = TillFolder(target.path / "coming")
    shutil.rmtree(part.path, ignore_errors=True)
    part.path.mkdir(mode=0o700, parents=True)
    take_seat(part.path, seat)
    return part


def _copy_files(old: TillFolder, part: TillFolder, progress: Progress) -> bool:
    """The till as it lies on a disk that nobody can write any more, with what is in its log. Returns whether it could
    be read, and is sound."""
    if not old.database.exists():
        return False
    names = [name + log for name in DATABASES for log in ("", "-wal") if (old.path / (name + log)).exists()]
    try:
        for done, name in enumerate(names):
            progress(done, len(names))
            _copy(old.path / name, part.path / name)
        if not is_sound(part.database):
            return False
        _copy_keys(old.path, part.path)
    except StickFailed:
        return False
    return True


def _copy_spare(others: Sequence[TillFolder], part: TillFolder, spare: Path, progress: Progress) -> None:
    """The till as the second disk keeps it; where its keys are not there, with those that lie in one of the others."""
    for name in DATABASES:
        for path in part.path.glob(f"{name}*"):
            path.unlink()
    if not spare.exists():
        raise NothingToTakeOver(str(spare.parent), "no_spare")
    said = put_back(part, spare, None, progress)
    for other in others if not said.secrets else ():
        with suppress(StickFailed):
            _copy_keys(other.path, part.path)
    if not (is_locked(part.path) or any(part.path.glob(KEYS))):
        raise NothingToTakeOver(str(spare.parent), "no_keys")


def _copy(source: Path, target: Path) -> None:
    with reading(source) as file, target.open("wb") as copy:
        while True:
            with stick(source):
                piece = file.read(_PIECE)
            if not piece:
                break
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())


def _copy_keys(source: Path, target: Path) -> None:
    for path in [*source.glob(KEYS), source / LOCKED]:
        if path.exists():
            with stick(path):
                content = path.read_bytes()
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(place, content)


def _meet(part: TillFolder, place: Path, known: Head | None, last: str | None, *, read: bool) -> None:
    """Take from the mirror what it has besides, and give it what it lacks."""
    with part.store_as_it_is() as store:
        store.set_setting("mirror", str(place.resolve()))
        store.set_setting("mirror_apart", is_apart(place, part.database))
    try:
        _open(part)
    except StoreTampered:
        heal_mirror(part)
        _open(part)
    if not read:
        _confirm(part, known, last)


def _confirm(folder: TillFolder, known: Head | None, last: str | None) -> bool:
    """Whether a till that waits to hear if it has all is told so now."""
    with folder.store_as_it_is() as store:
        confirmed = is_restored(store) and _has_all(store, known, last)
        if confirmed:
            no_longer_restored(store)
        return confirmed


def _open(part: TillFolder) -> None:
    with part.store_as_it_is() as store:
        problem = open_desk(part, store).journal.mirror_problem
        if problem is not None:
            raise MirrorFailed(str(part.path), problem.reason)


def _has_all(store: Store, known: Head | None, last: str | None) -> bool:
    """Whether the mirror had all that this till told anybody."""
    if known is not None:
        return store.entry_hash(known.writer, known.epoch, known.seq) == known.hash
    till = "" if store.owner is None else store.owner.till
    if last is None or not last.startswith(f"{till}-"):
        return False
    return 0 < receipt_number(last) < store.receipts.next()


def _told(folder: TillFolder, till: str, *, read: bool) -> TookOver:
    with folder.store_as_it_is() as store:
        owner, given = store.owner, store.receipts.next() - 1
        return TookOver(
            till=till,
            folder=str(folder.path),
            entries=0 if owner is None else store.last_seq(owner.till, owner.epoch),
            read=read,
            sells=not is_restored(store),
            last=receipt_text(till, given) if given else "",
            apart=bool(store.setting("mirror_apart", bool)),
        )


def _put_in_place(part: TillFolder, target: TillFolder, generation: int) -> None:
    """What is in the target's place of a till is set aside; with the database, last, the till is there."""
    aside = target.path / f"before-{generation}"
    old = [path for name in DATABASES for path in target.path.glob(f"{name}*")]
    for path in [*old, *(path.parent for path in target.path.glob(KEYS)), target.path / LOCKED]:
        if path.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            os.replace(path, aside / path.name)
    for path in sorted(part.path.iterdir(), key=lambda path: path.name == "till.db"):
        os.replace(path, target.path / path.name)
    part.path.rmdir()
    (target.path / "reserve.used").unlink(missing_ok=True)


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MirrorFailed(str(place), error.strerror or str(error)) from error
