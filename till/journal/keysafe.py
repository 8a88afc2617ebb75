"""The till's private keys behind a passphrase: one locked document in the data folder in place of the key files, and
where the passphrase comes from when the till starts."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from common.locked import BadLock, Unlocked, lock, lock_id, unlock, unlock_with, with_files
from till.journal.errors import KeysLocked, KeysUnreadable
from till.journal.keyring import key_from_keyring

LOCKED = "keys.locked"
"""The document, within the data folder."""

CREDENTIAL = "kilotill-till"
"""The passphrase as systemd hands it in: a file of this name in $CREDENTIALS_DIRECTORY (systemd.exec(5))."""

FILE_VARIABLE = "KILOTILL_KEYS_PASSPHRASE_FILE"
"""The environment's variable with the path of a file that holds it."""

Ask = Callable[[], str | None]
"""Asks whoever is there for the passphrase; None where nobody is."""

_known: dict[str, bytes] = {}
"""What opens the locks that this process has opened before, by their ids: a till opens its keys several times."""

_asking: list[Ask] = []


def ask_with(ask: Ask | None) -> None:
    """From now on, where the machine does not know the passphrase, ask so."""
    _asking[:] = [] if ask is None else [ask]


def is_locked(data: Path) -> bool:
    """Whether this till's keys are locked."""
    return (data / LOCKED).exists()


def locked_files(data: Path) -> Mapping[str, bytes]:
    """All key files behind the lock, by their paths within the data folder.

    Raises:
        KeysLocked: nobody has told the passphrase, or it is another one.
        KeysUnreadable: the document cannot be read.
    """
    return _open(data, _read(data / LOCKED)).files


def lock_keys(data: Path, passphrase: str) -> str:
    """Lock all keys of this till with a passphrase, or with another one than before. Where this is cut, they are locked
    or not; run again, it is finished. Returns the lock's id.

    Raises:
        KeysLocked: the passphrase of now was not told; or the new one is too short. Nothing was changed.
        KeysUnreadable: they cannot be read or written.
    """
    files = dict(locked_files(data)) if is_locked(data) else {}
    loose = sorted(data.glob("keys*/*.pem"))
    files |= {f"{path.parent.name}/{path.name}": _read(path) for path in loose}
    try:
        document = lock(files, passphrase, secrets.token_bytes)
    except BadLock as error:
        raise KeysLocked(str(data / LOCKED), error.reason) from error
    _known[lock_id(document)] = unlock(document, passphrase).key
    _keep(data, document, loose)
    return lock_id(document)


def add_keys(data: Path, files: Mapping[str, bytes]) -> None:
    """Put more keys behind the lock, as those of another epoch.

    Raises:
        KeysLocked, KeysUnreadable: as `locked_files`; nothing was changed.
    """
    document = _read(data / LOCKED)
    _keep(data, with_files(document, _open(data, document), files, secrets.token_bytes), [])


def key_of(data: Path) -> tuple[str, bytes]:
    """The lock's id, and what opens it without the passphrase: for the machine's keyring alone.

    Raises:
        KeysLocked, KeysUnreadable: as `locked_files`.
    """
    opened = _open(data, _read(data / LOCKED))
    return opened.id, opened.key


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its user may read; whole, or not at all. Raises OSError."""
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def _keep(data: Path, document: bytes, loose: list[Path]) -> None:
    try:
        write_private(data / LOCKED, document)
        for path in loose:
            path.unlink()
    except OSError as error:
        raise KeysUnreadable(str(data / LOCKED), error.strerror or str(error)) from error


def _open(data: Path, document: bytes) -> Unlocked:
    """The open document: by what this process knows already, the machine, or somebody who is asked."""
    path = str(data / LOCKED)
    try:
        name = lock_id(document)
        if name in _known:
            return unlock_with(document, _known[name])
        passphrase = _told()
        kept = None if passphrase is not None else key_from_keyring(name)
        if kept is not None:
            opened = unlock_with(document, kept)
        else:
            passphrase = passphrase if passphrase is not None else _asked()
            if passphrase is None:
                raise KeysLocked(path, "passphrase_missing")
            opened = unlock(document, passphrase)
    except BadLock as error:
        raise KeysLocked(path, error.reason) from error
    _known[opened.id] = opened.key
    return opened


def _told() -> str | None:
    """The passphrase in a file that systemd, or whoever set the environment, names.

    Raises:
        KeysUnreadable: the file is named and cannot be read.
    """
    folder, named = os.environ.get("CREDENTIALS_DIRECTORY"), os.environ.get(FILE_VARIABLE)
    path = Path(named) if named else Path(folder) / CREDENTIAL if folder else None
    if path is None or (not named and not path.exists()):
        return None
    try:
        return _read(path).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise KeysUnreadable(str(path), "not UTF-8") from error


def _asked() -> str | None:
    for ask in _asking:
        if (answer := ask()) is not None:
            return answer
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeysUnreadable(str(path), error.strerror or str(error)) from error
