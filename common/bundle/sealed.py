"""The seal of a bundle: a key for one file, sealed to the receiver (HPKE), and the contents encrypted with it."""

from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.chunks import Damaged, Read, decrypt, encrypt
from common.sealing import SealBroken, seal, unseal

MAGIC = b"KILOTILL BUNDLE "
VERSION = 1
SUFFIX = ".kilotill"

_INFO = b"kilotill.bundle.v1"
_VERSION_BYTES = 4
_SEALED = 80
"""Bytes of a sealed key: HPKE's encapsulated key, the key, its tag."""


class BadBundle(ValueError):
    """A file that is no bundle for us.

    Attributes:
        reason: `not_bundle`, `newer`, `not_for_us`, `bundle_damaged`, `not_signed`, `another_kind`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def seal_bundle(box: str, key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A bundle's bytes for the receiver with this public key (hex).

    Args:
        key: 32 random bytes from the caller, for this file alone.
    """
    header = MAGIC + b"%03d\n" % VERSION + seal(box, key, _INFO)
    yield header
    yield from encrypt(key, header, pieces)


def open_bundle(box: X25519PrivateKey, read: Read) -> Iterator[bytes]:
    """What was sealed to us, piece by piece; nothing of it is to be believed before all of it has been checked.

    Raises:
        BadBundle: see there.
    """
    magic = read(len(MAGIC) + _VERSION_BYTES)
    version = magic[len(MAGIC) :].removesuffix(b"\n")
    if not magic.startswith(MAGIC) or not version.isdigit():
        raise BadBundle("not_bundle")
    if int(version) != VERSION:
        raise BadBundle("newer")
    sealed = read(_SEALED)
    if len(sealed) != _SEALED:
        raise BadBundle("bundle_damaged")
    try:
        key = unseal(box, sealed, _INFO)
    except SealBroken as error:
        raise BadBundle("not_for_us") from error
    try:
        yield from decrypt(key, magic + sealed, read)
    except Damaged as error:
        raise BadBundle("bundle_damaged") from error
