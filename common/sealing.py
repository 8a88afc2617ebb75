"""Secrets sealed to one receiver: HPKE (RFC 9180), base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305."""

import base64

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_CARD_KEYS = b"kilotill.card-keys.v1"


class SealBroken(ValueError):
    """What was sealed is not for this receiver, or was altered."""


def new_box() -> X25519PrivateKey:
    """A new receiver's key."""
    return X25519PrivateKey.generate()


def box_hex(box: X25519PrivateKey | X25519PublicKey) -> str:
    """A receiver's public key as 64 hex digits."""
    public = box.public_key() if isinstance(box, X25519PrivateKey) else box
    return public.public_bytes_raw().hex()


def seal(box: str, plaintext: bytes, info: bytes) -> bytes:
    """Seal bytes to the receiver with this public key (hex); `info` names the purpose and must be the same to open."""
    receiver = X25519PublicKey.from_public_bytes(bytes.fromhex(box))
    return _SUITE.encrypt(plaintext, receiver, info=info)


def unseal(box: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes:
    """Open what was sealed to us.

    Raises:
        SealBroken: see there.
    """
    try:
        return _SUITE.decrypt(sealed, box, info=info)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("sealed to another key, or altered") from error


def seal_card_keys(box: str, keys: dict[str, bytes]) -> str:
    """Card keys by serial, sealed to one till, as base64."""
    plaintext = msgspec.json.encode({serial: key.hex() for serial, key in keys.items()}, order="sorted")
    return base64.b64encode(seal(box, plaintext, _CARD_KEYS)).decode()


def open_card_keys(box: X25519PrivateKey, text: str) -> dict[str, bytes]:
    """The card keys that were sealed to us.

    Raises:
        SealBroken: see there.
    """
    try:
        sealed = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SealBroken("not base64") from error
    keys = msgspec.json.decode(unseal(box, sealed, _CARD_KEYS), type=dict[str, str])
    return {serial: bytes.fromhex(key) for serial, key in keys.items()}
