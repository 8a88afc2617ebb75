"""A backup: the database as it is at one moment, the keys where a passphrase hides them, read back once written."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from common.archive import SALT_BYTES, BadArchive, Member, pack, unpack
from common.progress import Progress, unseen
from syncserver import VERSION
from syncserver.bundle.files import write_whole
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.office.runs import begin_run
from syncserver.store import MasterStore

_MANIFEST = "backup.json"
_PIECE = 1024 * 1024
_WORDS = {
    "not_archive": ("It is no backup of an office.", "Name another file."),
    "wrong_passphrase": ("The passphrase is another.", "Type it again."),
    "needs_passphrase": ("It needs its passphrase.", "Give it with --passphrase, or type it in."),
    "archive_damaged": ("It is cut short, or damaged.", "Take another backup; the mirror and the tills have the rest."),
}


class BackedUp(Struct, frozen=True, kw_only=True):
    """A backup, as it says of itself.

    Attributes:
        office: the office's public key.
        entries: that it holds.
        secrets: whether the office's keys are in it: only with a passphrase.
        postgresql: whether the office worked with PostgreSQL; what is in the backup is a SQLite file all the same.
    """

    office: str
    entries: int
    secrets: bool
    version: str
    postgresql: bool = False


def back_up(office: Office, target: Path, passphrase: str | None, progress: Progress = unseen) -> BackedUp:
    """Copy the office as it is at one moment, while it serves, and read the copy back. Without a passphrase its keys
    are left out.

    Raises:
        OfficeError: it cannot be written, or what was read back is not what was written.
        StoreUnavailable: the database cannot be read.
    """
    with tempfile.TemporaryDirectory(dir=office.folder.path, prefix="backup-") as place:
        copy = Path(place) / "office.db"
        office.store.copy_to(copy, office.clock())
        said = _said(office, copy, secrets_too=passphrase is not None)
        manifest = Path(place) / _MANIFEST
        manifest.write_bytes(msgspec.json.encode(said))
        files = {_MANIFEST: manifest, "office.db": copy}
        if said.secrets:
            files |= {f"keys/{path.name}": path for path in sorted((office.folder.path / "keys").iterdir())}
        packing = _Packing(files, progress)
        write_whole(target, pack(packing.members(), passphrase, secrets.token_bytes(SALT_BYTES)))
    with _explained(target), target.open("rb") as file:
        found = {name: packing.hashed(pieces) for name, pieces in unpack(file.read, passphrase)}
    if found != packing.written:
        raise OfficeError(f"{target} is not what was written.", "The disk may be failing: back up to another.")
    return said


def restore(folder: OfficeFolder, source: Path, passphrase: str | None, progress: Progress = unseen) -> BackedUp:
    """Put an office back from a backup into a folder that has none. The tills send again what came after it; a mirror
    has it at once (`syncserver mirror heal`).

    Raises:
        OfficeError: there is an office already, or it is no backup, or damaged; nothing was changed.
    """
    if folder.database.exists() or folder.store_url.exists():
        raise OfficeError(f"There is an office in {folder.path} already.", "Name another folder with --data.")
    beside = folder.path.with_name(folder.path.name + ".part")
    with _explained(source), source.open("rb") as file:
        done = _Done(progress, source.stat().st_size)
        shutil.rmtree(beside, ignore_errors=True)
        (beside / "keys").mkdir(mode=0o700, parents=True)
        for name, pieces in unpack(file.read, passphrase):
            _write(beside, name, pieces, done)
    said = _manifest(beside, source)
    _begin_anew(OfficeFolder(beside))
    with _explained(source):
        (folder.path / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (*sorted((beside / "keys").iterdir()), beside / "office.db"):  # with the database it is there
            os.replace(path, folder.path / path.relative_to(beside))
        shutil.rmtree(beside)
    return said


def _begin_anew(folder: OfficeFolder) -> None:
    """Tills are to notice that the office is another one than they heard last (PROTOCOL.md, "The office's loss")."""
    store = MasterStore.open(folder.database)
    try:
        with store.write() as writing:
            begin_run(writing, secrets.token_hex(8))
    finally:
        store.close()
    for leftover in folder.path.glob("office.db-*"):
        leftover.unlink()


class _Done:
    """Bytes that are done."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def more(self, count: int) -> None:
        self._done += count
        self._progress(self._done, max(self._total, self._done))


class _Packing:
    """Files on their way into the archive, and what they hashed to."""

    def __init__(self, files: dict[str, Path], progress: Progress) -> None:
        self._files = files
        self._done = _Done(progress, 2 * sum(path.stat().st_size for path in files.values()))
        self.written: dict[str, str] = {}

    def members(self) -> Iterator[Member]:
        for name, path in self._files.items():
            yield Member(name, path.stat().st_size, partial(self._read, name, path))

    def hashed(self, pieces: Iterable[bytes]) -> str:
        hashed = hashlib.sha256()
        for piece in pieces:
            hashed.update(piece)
            self._done.more(len(piece))
        return hashed.hexdigest()

    def _read(self, name: str, path: Path) -> Iterator[bytes]:
        hashed = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                hashed.update(piece)
                self._done.more(len(piece))
                yield piece
        self.written[name] = hashed.hexdigest()


def _said(office: Office, copy: Path, *, secrets_too: bool) -> BackedUp:
    """What is in the copy, which is looked at from end to end."""
    store = MasterStore.open(copy)
    try:
        with store.read() as reading:
            if not reading.is_whole():
                raise OfficeError("The database is damaged within.", "Heal it: syncserver mirror heal --anew")
            entries = reading.last_position()
    finally:
        store.close()
    for leftover in copy.parent.glob("office.db-*"):
        leftover.unlink()
    key = office.keys.signing.public_key().public_bytes_raw().hex()
    postgresql = isinstance(office.folder.address, str)
    return BackedUp(office=key, entries=entries, secrets=secrets_too, version=VERSION, postgresql=postgresql)


def _write(place: Path, name: str, pieces: Iterable[bytes], done: _Done) -> None:
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise BadArchive("archive_damaged")
    descriptor = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
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
        raise OfficeError(f"{source} is no backup of an office.", "Name another file.") from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except BadArchive as error:
        what, advice = _WORDS[error.reason]
        raise OfficeError(f"{path} cannot be used. {what}", advice) from error
    except OSError as error:
        raise OfficeError(f"{path} cannot be used: {error.strerror}.", "Nothing was changed.") from error
