"""Private keys at rest: a few small files, locked with a passphrase into one document.

The document is JSON: how scrypt (RFC 7914) makes a key of passphrase and salt; a random key, sealed with that one; and
the files, sealed with the random key. Seals are ChaCha20-Poly1305 (RFC 8439), a random nonce before each. Whoever keeps
the random key elsewhere, as in a machine's keyring, opens the document without the passphrase.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Struct

KEY_BYTES = 32
LEAST_CHARACTERS = 10
"""Of a passphrase: with fewer the cost of a guess does not help."""

_SALT_BYTES, _NONCE_BYTES = 16, 12
_KEY, _FILES = b"kilotill.keys.v1 key", b"kilotill.keys.v1 files"
_COST = 2**17
"""128 MiB and about half a second for each guess (OWASP Password Storage Cheat Sheet, 2026: scrypt)."""
_MOST_COST, _MOST_BLOCK = 2**20, 8

Random = Callable[[int], bytes]
"""So many random bytes, from the caller."""


class BadLock(ValueError):
    """The document cannot be opened so.

    Attributes:
        reason: `wrong_passphrase`, `too_short`, `lock_damaged`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Document(Struct, frozen=True, kw_only=True):
    format: Literal["kilotill.keys.v1"] = "kilotill.keys.v1"
    id: str
    cost: int
    block: int
    salt: bytes
    key: bytes
    files: bytes


@dataclass(frozen=True)
class Unlocked:
    """An open document.

    Attributes:
        id: of the lock; another passphrase makes another one.
        key: opens the document without the passphrase.
        files: what was locked, by name.
    """

    id: str
    key: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)


def lock(files: Mapping[str, bytes], passphrase: str, random: Random, cost: int | None = None) -> bytes:
    """The files as a document that only the passphrase opens.

    Args:
        cost: scrypt's N, a power of two; else the one of today.

    Raises:
        BadLock: too_short.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise BadLock("too_short")
    key, salt, cost = random(KEY_BYTES), random(_SALT_BYTES), _COST if cost is None else cost
    return msgspec.json.encode(
        _Document(
            id=random(8).hex(),
            cost=cost,
            block=8,
            salt=salt,
            key=_seal(_stretch(passphrase, salt, cost, 8), key, _KEY, random),
            files=_seal(key, msgspec.json.encode(files), _FILES, random),
        )
    )


def unlock(document: bytes, passphrase: str) -> Unlocked:
    """Open a document with its passphrase.

    Raises:
        BadLock: wrong_passphrase, lock_damaged.
    """
    found = _read(document)
    stretched = _stretch(passphrase, found.salt, found.cost, found.block)
    try:
        key = _open(stretched, found.key, _KEY)
    except InvalidTag as error:
        raise BadLock("wrong_passphrase") from error
    return unlock_with(document, key)


def unlock_with(document: bytes, key: bytes) -> Unlocked:
    """Open a document with the key that is kept elsewhere.

    Raises:
        BadLock: lock_damaged; or the key is another document's.
    """
    found = _read(document)
    try:
        files = msgspec.json.decode(_open(key, found.files, _FILES), type=dict[str, bytes])
    except (InvalidTag, msgspec.DecodeError) as error:
        raise BadLock("lock_damaged") from error
    return Unlocked(found.id, key, files)


def lock_id(document: bytes) -> str:
    """The lock's id.

    Raises:
        BadLock: lock_damaged.
    """
    return _read(document).id


def with_files(document: bytes, opened: Unlocked, more: Mapping[str, bytes], random: Random) -> bytes:
    """The document with more files behind the same lock.

    Raises:
        BadLock: lock_damaged.
    """
    files = _seal(opened.key, msgspec.json.encode({**opened.files, **more}), _FILES, random)
    return msgspec.json.encode(msgspec.structs.replace(_read(document), files=files))


def _read(document: bytes) -> _Document:
    try:
        found = msgspec.json.decode(document, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLock("lock_damaged") from error
    # What somebody wrote there must not take all memory.
    if not (1 < found.cost <= _MOST_COST and found.cost & (found.cost - 1) == 0 and 1 <= found.block <= _MOST_BLOCK):
        raise BadLock("lock_damaged")
    return found


def _stretch(passphrase: str, salt: bytes, cost: int, block: int) -> bytes:
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=block, p=1).derive(typed)


def _seal(key: bytes, plaintext: bytes, purpose: bytes, random: Random) -> bytes:
    nonce = random(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plaintext, purpose)


def _open(key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES:
        raise InvalidTag
    return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose)
