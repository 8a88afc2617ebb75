"""Backups of a till while it works, their restoring, and a till that moves to another machine."""

import hashlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from common.archive import SALT_BYTES, BadArchive, Member, pack, unpack
from common.chain import Head
from common.entries import JournalMovedIn, JournalMovedOut
from common.progress import Progress, unseen
from till import VERSION
from till.journal.errors import BackupRefused, MirrorAbsent
from till.journal.keysafe import LOCKED, is_locked
from till.journal.mirror import is_apart
from till.journal.seat import sit_down
from till.operations.desk import Desk
from till.operations.opening import TillFolder, enrolment_of, mirror_of, open_desk
from till.operations.refusals import BadField
from till.store import Store
from till.store.snapshot import copy_database
from till.sync.bundle.stick import reading, stick, write_whole
from till.sync.restored import no_longer_restored, note_restored

DATABASES = ("till.db", "history.db")
KEYS = "keys*/*.pem"
"""The files of a data folder that make the till, beside the lock on its keys."""

_MANIFEST = "backup.json"
_PIECE = 1024 * 1024


class BackedUp(Struct, frozen=True, kw_only=True):
    """A backup, as it says of itself.

    Attributes:
        head: of the till's journal in it.
        secrets: whether the till's keys are in it: only with a passphrase.
    """

    till: str
    head: Head
    secrets: bool
    version: str


def back_up(
    desk: Desk,
    folder: TillFolder,
    target: Path,
    passphrase: str | None,
    progress: Progress = unseen,
    *,
    keys: bool | None = None,
) -> BackedUp:
    """Copy the till as it is at one moment, while it works, and read the copy back. Without a passphrase its keys are
    left out.

    Args:
        keys: whether its keys are in it, passphrase or not: as they lie on the disk, locked or open.

    Raises:
        StickFailed: it cannot be written or read back; what was there before still is.
        BackupRefused: what was read back is not what was written.
        StoreError: the store cannot be read.
    """
    enrolment = enrolment_of(desk.store, folder.path)
    secret = passphrase is not None if keys is None else keys
    said = BackedUp(till=enrolment.till, head=desk.journal.head, secrets=secret, version=VERSION)
    with stick(target), tempfile.TemporaryDirectory(dir=folder.path, prefix="backup-") as place:
        copies = _copied(folder, Path(place), secrets_too=said.secrets)
        (Path(place) / _MANIFEST).write_bytes(msgspec.json.encode(said))
        files = {_MANIFEST: Path(place) / _MANIFEST, **copies}
        total = 2 * sum(path.stat().st_size for path in files.values())
        done = _Done(progress, total)
        written = {name: hashlib.sha256() for name in files}

        def read(name: str, path: Path) -> Iterator[bytes]:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    written[name].update(piece)
                    done.more(len(piece))
                    yield piece

        members = [Member(name, path.stat().st_size, partial(read, name, path)) for name, path in files.items()]
        write_whole(target, pack(members, passphrase, secrets.token_bytes(SALT_BYTES)))
    _verify(target, passphrase, {name: hashed.hexdigest() for name, hashed in written.items()}, done)
    return said


def restore(
    folder: TillFolder, source: Path, passphrase: str | None, mirror: Path | None, progress: Progress = unseen
) -> BackedUp:
    """Put a till back from a backup into a folder that has none. What came after the backup comes from the mirror; else
    the till sells nothing before the office has told it.

    Raises:
        BadField: there is a till already.
        BackupRefused: it is no backup, damaged, or the passphrase is another; nothing was changed.
        StickFailed: it cannot be read; nothing was changed.
        MirrorAbsent: there is none in that folder. The till is restored, and waits for the office.
        StoreError, JournalError: as at every opening.
    """
    said = put_back(folder, source, passphrase, progress)
    with folder.store() as store:
        store.drop_setting("mirror_apart")
        if mirror is None:
            store.drop_setting("mirror")
        else:
            store.set_setting("mirror", str(mirror.resolve()))
            store.set_setting("mirror_apart", mirror.is_dir() and is_apart(mirror, store.path))
            with stick(mirror):
                sit_down(folder.path, said.till, mirror)
            _meet(folder, store)
    return said


def move_out(desk: Desk, folder: TillFolder, target: Path, passphrase: str, progress: Progress = unseen) -> BackedUp:
    """Close the journal here for good, then write all of the till for another machine. Cut in between, nobody can sell:
    it is repeated.

    Raises:
        StickFailed, BackupRefused, StoreError: as `back_up`; the journal may be closed already.
    """
    if not desk.journal.has_moved:
        desk.journal.commit(JournalMovedOut())
    return back_up(desk, folder, target, passphrase, progress)


def move_in(folder: TillFolder, source: Path, passphrase: str, progress: Progress = unseen) -> Head:
    """Go on here with a till that was moved out, and delete the file that brought it, so that it goes on nowhere else.
    Cut in between, nobody can sell: it is repeated.

    Raises:
        BadField: another till is here.
        BackupRefused, StickFailed: as `restore`.
    """
    if not folder.database.exists():
        put_back(folder, source, passphrase, progress, moving=True)
    with folder.store() as store:
        desk = open_desk(folder, store)
        if not desk.journal.has_moved:
            raise BadField("data", "till_here", str(folder.path))
        with stick(source):
            source.unlink(missing_ok=True)
        with store.transaction():
            for name in ("mirror", "mirror_apart"):
                store.drop_setting(name)
        no_longer_restored(store)  # it was closed: nothing came after
        desk.journal.commit(JournalMovedIn(version=VERSION))
        return desk.journal.head


class _Done:
    """Bytes that are done."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def more(self, count: int) -> None:
        self._done += count
        self._progress(self._done, max(self._total, self._done))


def _copied(folder: TillFolder, place: Path, *, secrets_too: bool) -> dict[str, Path]:
    """The databases as they are at one moment, and the keys."""
    files: dict[str, Path] = {}
    for path in (folder.path / name for name in DATABASES):
        if path.exists():
            copy_database(path, place / path.name)
            files[path.name] = place / path.name
    if secrets_too:
        for path in sorted(folder.path.glob(KEYS)):
            files[f"{path.parent.name}/{path.name}"] = path
        if is_locked(folder.path):
            files[LOCKED] = folder.path / LOCKED
    return files


def _verify(target: Path, passphrase: str | None, written: dict[str, str], done: _Done) -> None:
    """Read the whole backup back.

    Raises:
        BackupRefused: it is not what was written.
    """
    found: dict[str, str] = {}
    with reading(target) as file, _explained(target):
        for name, pieces in unpack(file.read, passphrase):
            hashed = hashlib.sha256()
            for piece in pieces:
                hashed.update(piece)
                done.more(len(piece))
            found[name] = hashed.hexdigest()
    if found != written:
        raise BackupRefused(str(target), "archive_damaged")


def put_back(
    folder: TillFolder, source: Path, passphrase: str | None, progress: Progress, *, moving: bool = False
) -> BackedUp:
    """Unpack into a folder beside, which then takes the till's place whole. It sells nothing before it is known what
    came after, unless it was moving.

    Raises:
        BadField, BackupRefused, StickFailed: as `restore`.
    """
    if folder.database.exists():
        raise BadField("data", "till_here", str(folder.path))
    partial_folder = folder.path.with_name(folder.path.name + ".part")
    with stick(source):
        size = source.stat().st_size
    done = _Done(progress, size)
    with reading(source) as file, _explained(source):
        shutil.rmtree(partial_folder, ignore_errors=True)
        partial_folder.mkdir(mode=0o700, parents=True)
        for name, pieces in unpack(file.read, passphrase):
            _write(partial_folder, name, pieces, done)
    said = _manifest(partial_folder, source)
    with closing(sqlite3.connect(partial_folder / "till.db")) as database:
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupRefused(str(source), "archive_damaged")
    store = Store.open(partial_folder / "till.db")
    try:
        if not moving:
            note_restored(store)
    finally:
        store.close()
    folder.path.mkdir(parents=True, exist_ok=True)
    for path in sorted(partial_folder.iterdir(), key=lambda path: path.name == "till.db"):  # with it the till is there
        if path.name != _MANIFEST:
            os.replace(path, folder.path / path.name)
    shutil.rmtree(partial_folder)
    return said


def _write(place: Path, name: str, pieces: Iterable[bytes], done: _Done) -> None:
    path = place / name
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise BadArchive("archive_damaged")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
            done.more(len(piece))
        file.flush()
        os.fsync(file.fileno())


def _manifest(place: Path, source: Path) -> BackedUp:
    try:
        return msgspec.json.decode((place / _MANIFEST).read_bytes(), type=BackedUp)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupRefused(str(source), "not_archive") from error


def _meet(folder: TillFolder, store: Store) -> None:
    """Take from the mirror what came after the backup."""
    mirror = mirror_of(store, enrolment_of(store, folder.path))
    if mirror is None or mirror.absent or not mirror.path.exists():
        raise MirrorAbsent("" if mirror is None else str(mirror.path.parent))
    if open_desk(folder, store).journal.mirror_problem is None:
        no_longer_restored(store)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except BadArchive as error:
        raise BackupRefused(str(path), error.reason) from error
