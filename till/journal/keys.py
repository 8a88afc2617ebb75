"""The till's private keys, as PEM files that only its user may read; or locked (till.journal.keysafe)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from common.sealing import new_box
from till.journal.errors import KeysUnreadable
from till.journal.keysafe import add_keys, is_locked, locked_files, write_private

_SIGNING, _BOX = "signing.pem", "box.pem"


@dataclass(frozen=True)
class TillKeys:
    """The key that signs the journal, and the key that card keys are sealed to."""

    signing: Ed25519PrivateKey = field(repr=False)
    box: X25519PrivateKey = field(repr=False)


def create_keys(folder: Path) -> TillKeys:
    """New keys in a folder that has none; behind the lock, where there is one on the data folder that it is in.

    Raises:
        KeysUnreadable: they cannot be written.
        KeysLocked: see there.
    """
    keys = TillKeys(Ed25519PrivateKey.generate(), new_box())
    data, files = folder.parent, {_BOX: _pem(keys.box), _SIGNING: _pem(keys.signing)}
    if is_locked(data):
        add_keys(data, {f"{folder.name}/{name}": content for name, content in files.items()})
        return keys
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            write_private(folder / name, content)
    except OSError as error:
        raise KeysUnreadable(str(folder), error.strerror or str(error)) from error
    return keys


def keys_exist(folder: Path) -> bool:
    """Whether the folder holds a complete pair: the signing key is written last.

    Raises:
        KeysLocked, KeysUnreadable: see there.
    """
    if (folder / _SIGNING).exists():
        return True
    return is_locked(folder.parent) and f"{folder.name}/{_SIGNING}" in locked_files(folder.parent)


def load_keys(folder: Path) -> TillKeys:
    """The keys in this folder.

    Raises:
        KeysLocked, KeysUnreadable: see there.
    """
    files = locked_files(folder.parent) if is_locked(folder.parent) else None
    signing, box = _read(folder / _SIGNING, files), _read(folder / _BOX, files)
    if not isinstance(signing, Ed25519PrivateKey) or not isinstance(box, X25519PrivateKey):
        raise KeysUnreadable(str(folder), "not an Ed25519 and an X25519 key")
    return TillKeys(signing, box)


def _pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path, locked: Mapping[str, bytes] | None) -> object:
    try:
        content = None if locked is None else locked.get(f"{path.parent.name}/{path.name}")
        return load_pem_private_key(path.read_bytes() if content is None else content, password=None)
    except OSError as error:
        raise KeysUnreadable(str(path), error.strerror or str(error)) from error
    except ValueError as error:
        raise KeysUnreadable(str(path), "not a PEM private key") from error
