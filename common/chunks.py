"""Encryption of files too large for memory: chunks of ChaCha20-Poly1305, none of which can be moved, left out or added.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015), laid out as age does it (age-encryption.org/v1):
the nonce of a chunk is its number in 11 bytes and a byte that is 1 for the last one.
"""

from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

CHUNK = 64 * 1024
"""Bytes of plaintext in each chunk but the last."""

KEY_BYTES = 32
_TAG = 16


class Damaged(ValueError):
    """The file ends too early, goes on after its end, or was altered."""


Read = Callable[[int], bytes]
"""So many bytes of a file; fewer only at its end."""


def encrypt(key: bytes, header: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as encrypted chunks. A key serves once. `header` is bound to them and must be the same to decrypt."""
    cipher = ChaCha20Poly1305(key)
    number, waiting = 0, bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), header)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), header)


def decrypt(key: bytes, header: bytes, read: Read) -> Iterator[bytes]:
    """The plaintext, piece by piece. Only when it has come to its end was nothing cut off.

    Raises:
        Damaged: at the first chunk that does not hold.
    """
    cipher = ChaCha20Poly1305(key)
    number, chunk = 0, read(CHUNK + _TAG)
    while chunk:
        following = read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, header)
        except InvalidTag as error:
            raise Damaged(f"chunk {number + 1}") from error
        number, chunk = number + 1, following
    if number == 0:
        raise Damaged("nothing in it")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
