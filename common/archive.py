"""Archives: files packed into one stream, for backups and for a till that moves; encrypted by a passphrase on request.

KILOTILL ARCHIVE 001 and a newline
a letter (S with a passphrase, P without), 16 bytes of salt
chunks (common.chunks) with the key that scrypt (RFC 7914) makes of passphrase and salt; without one, of zeros: then
they hide nothing, and only show damage
within: for each file a line of JSON with its `name` and `size`, and its bytes; at the end a line with `end`, how many
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Struct

from common.chunks import KEY_BYTES, Damaged, Read, decrypt, encrypt

MAGIC = b"KILOTILL ARCHIVE 001\n"
SALT_BYTES = 16

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**16, 8, 1
"""64 MiB and about a quarter of a second for each guess."""

_SECRET, _PLAIN = b"S", b"P"
_LONGEST_LINE = 4_096
_PIECE = 64 * 1024


class BadArchive(ValueError):
    """A file that is no archive of ours, that is damaged, or whose passphrase is another.

    Attributes:
        reason: `not_archive`, `wrong_passphrase`, `needs_passphrase`, `archive_damaged`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Member(Struct, frozen=True):
    """A file to be packed: its name, its size in bytes, and how to read it."""

    name: str
    size: int
    read: Callable[[], Iterable[bytes]]


class _Line(Struct, frozen=True, omit_defaults=True):
    name: str = ""
    size: int = 0
    end: int | None = None


def pack(members: Iterable[Member], passphrase: str | None, salt: bytes) -> Iterator[bytes]:
    """The archive's bytes.

    Args:
        salt: 16 random bytes from the caller, for this archive alone.
    """
    header = MAGIC + (_PLAIN if passphrase is None else _SECRET) + salt
    yield header
    yield from encrypt(_key(passphrase, salt), header, _packed(members))


def unpack(read: Read, passphrase: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file's name and its bytes. Each is to be read to its end before the next one.

    Raises:
        BadArchive: see there.
    """
    header = read(len(MAGIC) + 1 + SALT_BYTES)
    if not header.startswith(MAGIC) or len(header) != len(MAGIC) + 1 + SALT_BYTES:
        raise BadArchive("not_archive")
    secret = header[len(MAGIC) : len(MAGIC) + 1] == _SECRET
    if secret and passphrase is None:
        raise BadArchive("needs_passphrase")
    salt = header[-SALT_BYTES:]
    yield from _unpacked(_Stream(decrypt(_key(passphrase if secret else None, salt), header, read), secret=secret))


def _packed(members: Iterable[Member]) -> Iterator[bytes]:
    count = 0
    for member in members:
        yield msgspec.json.encode(_Line(name=member.name, size=member.size)) + b"\n"
        size = 0
        for piece in member.read():
            size += len(piece)
            yield piece
        if size != member.size:
            raise ValueError(f"{member.name} has {size} bytes, not {member.size}")
        count += 1
    yield msgspec.json.encode(_Line(end=count)) + b"\n"


def _unpacked(stream: "_Stream") -> Iterator[tuple[str, Iterator[bytes]]]:
    count = 0
    while (line := stream.line()).end is None:
        yield line.name, stream.pieces(line.size)
        count += 1
    if line.end != count or not stream.is_at_end():
        raise BadArchive("archive_damaged")


class _Stream:
    """Plaintext that comes in pieces, read by lines and by lengths."""

    def __init__(self, pieces: Iterator[bytes], *, secret: bool) -> None:
        self._pieces = pieces
        self._unproved = secret
        self._waiting = bytearray()
        self._left = 0

    def line(self) -> _Line:
        """The next file's line."""
        for _ in self.pieces(self._left):  # what its reader left of the file before
            pass
        while b"\n" not in self._waiting:
            if len(self._waiting) > _LONGEST_LINE or not self._more():
                raise BadArchive("archive_damaged")
        text, _, rest = bytes(self._waiting).partition(b"\n")
        self._waiting = bytearray(rest)
        try:
            line = msgspec.json.decode(text, type=_Line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadArchive("archive_damaged") from error
        self._left = line.size
        return line

    def pieces(self, size: int) -> Iterator[bytes]:
        """The next so many bytes."""
        self._left = size
        while self._left:
            if not self._waiting and not self._more():
                raise BadArchive("archive_damaged")
            piece = bytes(self._waiting[: min(self._left, _PIECE)])
            del self._waiting[: len(piece)]
            self._left -= len(piece)
            yield piece

    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        return not self._waiting and not self._more()

    def _more(self) -> bool:
        try:
            piece = next(self._pieces, None)
        except Damaged as error:
            # With a wrong passphrase nothing can be read: with the right one something can before the damage.
            raise BadArchive("wrong_passphrase" if self._unproved else "archive_damaged") from error
        if piece is None:
            return False
        self._unproved = False
        self._waiting += piece
        return True


def _key(passphrase: str | None, salt: bytes) -> bytes:
    if passphrase is None:
        return bytes(KEY_BYTES)
    kdf = Scrypt(salt=salt, length=KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return kdf.derive(passphrase.encode())
