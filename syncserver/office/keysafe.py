"""The office's private keys behind a passphrase: one locked document in place of the key files, and where the
passphrase comes from when the server starts."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from common.locked import BadLock, Unlocked, lock, lock_id, unlock, unlock_with, with_files
from syncserver.office.errors import OfficeError

LOCKED = "keys.locked"
"""The document, beside the key files."""

CREDENTIAL = "kilotill-office"
"""The passphrase as systemd hands it in: a file of this name in $CREDENTIALS_DIRECTORY (systemd.exec(5))."""

FILE_VARIABLE = "KILOTILL_OFFICE_PASSPHRASE_FILE"
"""The environment's variable with the path of a file that holds it."""

_WORDS = {
    "wrong_passphrase": ("The passphrase of the office's keys is another.", "Give the right one."),
    "too_short": ("A passphrase has 10 letters or more.", "Nothing was changed. Choose a longer one."),
    "lock_damaged": ("The office's locked keys are damaged.", "Put a copy of the keys folder back from the safe."),
}

Ask = Callable[[], str | None]
"""Asks whoever is there for the passphrase; None where nobody is."""

_known: dict[str, bytes] = {}
"""What opens the locks that this process has opened before, by their ids."""

_asking: list[Ask] = []


def ask_with(ask: Ask | None) -> None:
    """From now on, where no file holds the passphrase, ask so."""
    _asking[:] = [] if ask is None else [ask]


def is_locked(keys: Path) -> bool:
    """Whether the keys in this folder are locked."""
    return (keys / LOCKED).exists()


def read_key(path: Path) -> bytes:
    """A private key's file, from behind the lock where there is one.

    Raises:
        OfficeError: nobody has told the passphrase, or it is another one.
        OSError: it is not there.
    """
    if not is_locked(path.parent):
        return path.read_bytes()
    found = _open(path.parent).files.get(path.name)
    return path.read_bytes() if found is None else found


def key_exists(path: Path) -> bool:
    """Whether there is such a key, without opening the lock: what is locked is a whole office's."""
    return path.exists() or is_locked(path.parent)


def write_key(path: Path, content: bytes) -> None:
    """Keep a private key; behind the lock where there is one.

    Raises:
        OfficeError: as `read_key`.
        OSError: it cannot be written.
    """
    if is_locked(path.parent):
        document = (path.parent / LOCKED).read_bytes()
        opened = _open(path.parent)
        path, content = path.parent / LOCKED, with_files(document, opened, {path.name: content}, secrets.token_bytes)
    write_private(path, content)


def lock_keys(keys: Path, private: list[str], passphrase: str) -> None:
    """Lock the private ones of these files with a passphrase, or with another one than before. Where this is cut, they
    are locked or not; run again, it is finished.

    Raises:
        OfficeError: the passphrase of now was not told, or the new one is too short; nothing was changed.
    """
    files: dict[str, bytes] = dict(_open(keys).files) if is_locked(keys) else {}
    try:
        loose = [keys / name for name in private if (keys / name).exists()]
        files |= {path.name: path.read_bytes() for path in loose}
        document = lock(files, passphrase, secrets.token_bytes)
        _known[lock_id(document)] = unlock(document, passphrase).key
        write_private(keys / LOCKED, document)
        for path in loose:
            path.unlink()
    except BadLock as error:
        raise OfficeError(*_WORDS[error.reason]) from error
    except OSError as error:
        raise OfficeError(
            f"The keys in {keys} cannot be locked: {error.strerror}.", "Mend that, then repeat."
        ) from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its user may read; whole, or not at all. Raises OSError."""
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def _open(keys: Path) -> Unlocked:
    try:
        document = (keys / LOCKED).read_bytes()
        name = lock_id(document)
        if name in _known:
            return unlock_with(document, _known[name])
        passphrase = _told() or _asked()
        if passphrase is None:
            raise OfficeError(
                "The office's keys are locked, and nobody gave the passphrase.",
                f"Type it in at a terminal, name a file with it in {FILE_VARIABLE}, or let systemd hand it in: "
                f"LoadCredentialEncrypted={CREDENTIAL}:...",
            )
        opened = unlock(document, passphrase)
    except BadLock as error:
        raise OfficeError(*_WORDS[error.reason]) from error
    except OSError as error:
        raise OfficeError(
            f"{keys / LOCKED} cannot be read: {error.strerror}.", "Restore it from the backup."
        ) from error
    _known[opened.id] = opened.key
    return opened


def _told() -> str | None:
    """The passphrase in a file that systemd, or whoever set the environment, names."""
    folder, named = os.environ.get("CREDENTIALS_DIRECTORY"), os.environ.get(FILE_VARIABLE)
    path = Path(named) if named else Path(folder) / CREDENTIAL if folder else None
    if path is None or (not named and not path.exists()):
        return None
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OfficeError(f"The passphrase cannot be read: {path}: {error}.", "Name another file.") from error


def _asked() -> str | None:
    if not sys.stdin.isatty():
        return None
    return next((answer for ask in _asking if (answer := ask()) is not None), None)
