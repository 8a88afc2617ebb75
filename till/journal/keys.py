"""The till's private keys, as PEM files that only its user may read."""

import os
from dataclasses import dataclass
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

_SIGNING, _BOX = "signing.pem", "box.pem"


@dataclass(frozen=True)
class TillKeys:
    """The key that signs the journal, and the key that card keys are sealed to."""

    signing: Ed25519PrivateKey
    box: X25519PrivateKey


def create_keys(folder: Path) -> TillKeys:
    """New keys in a folder that has none.

    Raises:
        KeysUnreadable: they cannot be written.
    """
    keys = TillKeys(Ed25519PrivateKey.generate(), new_box())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / _BOX, keys.box)
        _write(folder / _SIGNING, keys.signing)
    except OSError as error:
        raise KeysUnreadable(str(folder), error.strerror or str(error)) from error
    return keys


def keys_exist(folder: Path) -> bool:
    """Whether the folder holds a complete pair: the signing key is written last."""
    return (folder / _SIGNING).exists()


def load_keys(folder: Path) -> TillKeys:
    """The keys in this folder.

    Raises:
        KeysUnreadable: see there.
    """
    signing, box = _read(folder / _SIGNING), _read(folder / _BOX)
    if not isinstance(signing, Ed25519PrivateKey) or not isinstance(box, X25519PrivateKey):
        raise KeysUnreadable(str(folder), "not an Ed25519 and an X25519 key")
    return TillKeys(signing, box)


def _write(path: Path, key: Ed25519PrivateKey | X25519PrivateKey) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def _read(path: Path) -> object:
    try:
        return load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeysUnreadable(str(path), error.strerror or str(error)) from error
    except ValueError as error:
        raise KeysUnreadable(str(path), "not a PEM private key") from error
