"""Card keys: all from one master key by HKDF-SHA256 (RFC 5869), a label for each purpose.

The office holds the master key and derives a card key for each serial; a till holds card keys only. Each key used
on a card comes from its card key by HKDF-Expand, so that none of them tells another.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

CARD_KEY_LENGTH = 32

_NEVER_PSC = (b"\xff\xff\xff", b"\x00\x00\x00")


def derive_card_key(master: bytes, serial: str) -> bytes:
    """The 32-byte key of the card with this serial (16 decimal digits)."""
    return HKDF(SHA256(), CARD_KEY_LENGTH, salt=None, info=b"kilotill card key v1:" + serial.encode("ascii")).derive(
        master
    )


def mac_key(card_key: bytes) -> bytes:
    """AES-128 key of the MACs over the card's zones."""
    return _expand(card_key, b"kilotill card mac v1", 16)


def auth_key(card_key: bytes) -> bytes:
    """AES-128 key that a CPU card asks for in EXTERNAL AUTHENTICATE."""
    return _expand(card_key, b"kilotill card auth v1", 16)


def psc(card_key: bytes) -> bytes:
    """The 3-byte Programmable Security Code of an SLE4442. Never FFFFFF, a new card's, and never 000000."""
    attempt = 0
    while True:
        code = _expand(card_key, b"kilotill card psc v1:%d" % attempt, 3)
        if code not in _NEVER_PSC:
            return code
        attempt += 1


def _expand(card_key: bytes, label: bytes, length: int) -> bytes:
    return HKDFExpand(SHA256(), length, info=label).derive(card_key)
