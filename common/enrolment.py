"""The enrolment code: what an operator types into a new till, once."""

import hashlib
import hmac

from msgspec import Struct

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_HALF = 10
"""Bytes of each half: 80 bits."""


class BadCode(ValueError):
    """Not an enrolment code: mistyped, or cut."""


class EnrolCode(Struct, frozen=True):
    """A one-time secret, and the start of the fingerprint of the office's certificate.

    The second half lets the till know the office at first contact, so that nobody between them can pose as it.
    """

    secret: bytes
    fingerprint: bytes

    @property
    def text(self) -> str:
        """Eight groups of four Crockford base-32 characters."""
        number = int.from_bytes(self.secret + self.fingerprint)
        digits = [_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(32))]
        return "-".join("".join(digits[start : start + 4]) for start in range(0, 32, 4))

    def matches(self, certificate: bytes) -> bool:
        """Whether this is the certificate (DER) of the office that made the code."""
        return hmac.compare_digest(self.fingerprint, hashlib.sha256(certificate).digest()[:_HALF])


def make_code(secret: bytes, certificate: bytes) -> EnrolCode:
    """The code with this secret (10 random bytes, from the caller) for the office with this certificate (DER)."""
    if len(secret) != _HALF:
        raise BadCode(f"the secret has {_HALF} bytes")
    return EnrolCode(secret, hashlib.sha256(certificate).digest()[:_HALF])


def parse_code(text: str) -> EnrolCode:
    """Read a code as typed: case, spaces, dashes and look-alikes (O for 0, I and L for 1) are forgiven.

    Raises:
        BadCode: it has not 32 characters, or one that no code has.
    """
    letters = "".join(text.upper().replace("-", " ").split()).translate(_LOOKALIKES)
    if len(letters) != 32:
        raise BadCode(f"a code has 32 letters and digits, this one {len(letters)}")
    number = 0
    for letter in letters:
        place = _ALPHABET.find(letter)
        if place < 0:
            raise BadCode(f"no code has the character {letter!r}")
        number = number << 5 | place
    raw = number.to_bytes(2 * _HALF)
    return EnrolCode(raw[:_HALF], raw[_HALF:])
