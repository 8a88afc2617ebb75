"""The hash chain: how entries are linked, signed, written as lines and checked. The format is in JOURNAL.md."""

import hashlib
from binascii import unhexlify
from collections.abc import Iterable, Iterator
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from common.clock import Hlc
from common.entries import AnyBody, BadEntry, Entry, EntryCarried, account_of, decode_entry, encode_entry

DOMAIN = b"kilotill.entry.v1\n"
"""Stands before the hash in what is signed, so that a signature of ours can be taken for nothing else."""

VOUCHED = b"kilotill.vouched.v1\n"
"""Stands before the hash in what the office signs when it vouches for an entry whose own signature does not hold."""

GENESIS = "0" * 64
"""What the first entry has for its previous hash."""


class Head(Struct, frozen=True, kw_only=True):
    """The last entry of a journal: all before it is proved by its hash. `seq` 0 is an empty journal."""

    writer: str
    epoch: int
    seq: int
    hash: str

    @classmethod
    def empty(cls, writer: str, epoch: int) -> "Head":
        """The head of a journal without an entry."""
        return cls(writer=writer, epoch=epoch, seq=0, hash=GENESIS)


class SignedEntry(Struct, frozen=True):
    """An entry with the very bytes that were hashed, their hash (hex) and the signature (64 bytes)."""

    entry: Entry
    raw: bytes
    hash: str
    signature: bytes

    @property
    def head(self) -> Head:
        """The journal's head once this entry is its last."""
        return Head(writer=self.entry.writer, epoch=self.entry.epoch, seq=self.entry.seq, hash=self.hash)

    @property
    def line(self) -> bytes:
        """The journal line: signature in hex, a space, the entry's bytes, a newline."""
        return self.signature.hex().encode() + b" " + self.raw + b"\n"


class ChainError(ValueError):
    """A journal that does not hold together.

    Attributes:
        writer: whose journal.
        seq: the first bad entry's sequence number, or where it was expected.
        reason: what is wrong, in a word or two.
    """

    def __init__(self, writer: str, seq: int, reason: str) -> None:
        super().__init__(f"entry {seq} of {writer}: {reason}")
        self.writer = writer
        self.seq = seq
        self.reason = reason


def digest(raw: bytes) -> str:
    """SHA-256 over an entry's bytes, in hex."""
    return hashlib.sha256(raw).hexdigest()


def signed_bytes(entry_hash: str) -> bytes:
    """What is signed for an entry with this hash."""
    return DOMAIN + entry_hash.encode()


def append(key: Ed25519PrivateKey, head: Head, body: AnyBody, *, at: datetime, hlc: Hlc) -> SignedEntry:
    """The entry that follows `head` and says `body`, signed.

    Raises:
        BadEntry: a value of the body is out of range.
    """
    entry = Entry(
        v=1, writer=head.writer, epoch=head.epoch, seq=head.seq + 1, prev=head.hash, at=at, hlc=hlc, body=body
    )
    raw = encode_entry(entry)
    entry_hash = digest(raw)
    return SignedEntry(entry, raw, entry_hash, key.sign(signed_bytes(entry_hash)))


def read_line(line: bytes) -> SignedEntry:
    """Read a journal line (with or without its newline) that somebody else wrote. Checks the form, no signature.

    Raises:
        BadEntry: the line or the entry in it is malformed.
    """
    signature, space, raw = line.removesuffix(b"\n").partition(b" ")
    if not space or len(signature) != 128:
        raise BadEntry("a journal line is 128 hex digits of signature, a space and an entry")
    if signature.translate(None, b"0123456789abcdef"):
        raise BadEntry("the signature is not lower-case hex")
    return SignedEntry(decode_entry(raw, foreign=True), raw, digest(raw), unhexlify(signature))


def carried(signed: SignedEntry) -> SignedEntry | None:
    """The entry that this one carries, if it carries one.

    Raises:
        BadEntry: what it carries is no entry, is about another account than it says, or carries another itself.
    """
    body = signed.entry.body
    if not isinstance(body, EntryCarried):
        return None
    inner = read_line(body.line.encode())
    if isinstance(inner.entry.body, EntryCarried) or account_of(inner.entry.body) != body.account:
        raise BadEntry("it carries another entry than it says")
    return inner


def signature_holds(key: Ed25519PublicKey, signed: SignedEntry) -> bool:
    """Whether the entry's own signature is the key's."""
    return hash_signed_by(key, signed.hash, signed.signature)


def hash_signed_by(key: Ed25519PublicKey, entry_hash: str, signature: bytes) -> bool:
    """Whether the entry with this hash was signed so by the key."""
    try:
        key.verify(signature, signed_bytes(entry_hash))
    except InvalidSignature:
        return False
    return True


def vouch(key: Ed25519PrivateKey, entry_hash: str) -> bytes:
    """The office's signature in place of one that does not hold: a later one in the same journal proves the entry."""
    return key.sign(VOUCHED + entry_hash.encode())


def vouched_for(office: Ed25519PublicKey, signed: SignedEntry) -> bool:
    """Whether the office vouches for the entry."""
    try:
        office.verify(signed.signature, VOUCHED + signed.hash.encode())
    except InvalidSignature:
        return False
    return True


def follow(head: Head, entries: Iterable[SignedEntry]) -> Iterator[SignedEntry]:
    """Pass the entries on, checking that each follows the one before, the first following `head`.

    Raises:
        ChainError: naming the first entry that does not.
    """
    writer, epoch, seq, hash = head.writer, head.epoch, head.seq, head.hash
    for signed in entries:
        entry = signed.entry
        if entry.writer != writer or entry.epoch != epoch:
            raise ChainError(writer, seq + 1, f"written by {entry.writer}, epoch {entry.epoch}")
        if entry.seq != seq + 1:
            raise ChainError(writer, seq + 1, f"missing: the next one there is {entry.seq}")
        if entry.prev != hash:
            raise ChainError(writer, entry.seq, "does not follow the entry before it")
        seq, hash = entry.seq, signed.hash
        yield signed


def public_key(hex_key: str) -> Ed25519PublicKey:
    """The Ed25519 public key of 64 hex digits.

    Raises:
        ValueError: it is none.
    """
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(hex_key))


def public_hex(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """A key's public half as 64 hex digits."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw().hex()
