"""What is within a bundle's seal: a manifest, lines, and the writer's signature over all of them.

Each line is a letter, a space, what it carries, and a newline. The first is the manifest (`m`), the last the signature
(`s`). In between a till's bundle has journal lines: its own (`j`), and others' that it hands back (`r`). The office's
has pages of a snapshot (`p`), lines of the feed (`f`), how far the feed was read (`e`), and journal lines about
accounts that were asked for (`a`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from common.bundle.sealed import BadBundle
from common.chain import Head

DOMAIN = b"kilotill.bundle.v1\n"
"""Stands before the contents' hash in what is signed."""

MANIFEST, SIGNATURE = b"m", b"s"
OWN, RETURNED = b"j", b"r"
PAGE, FEED, ACCOUNT, END = b"p", b"f", b"a", b"e"

MOST_WANTED = 1_000
"""Accounts that a till may ask for in one bundle."""

_LONGEST_LINE = 16 * 1024 * 1024


class Heard(Struct, frozen=True, kw_only=True):
    """What a till had heard when it wrote a bundle; the office's next one for it says so again.

    Attributes:
        serial: the till's bundles are numbered from 1, each epoch's.
        run, position: of the office's feed (PROTOCOL.md).
        fresh: it knows no account yet: the snapshot saves it the past.
        wants: accounts of which it lacks entries.
    """

    epoch: int
    serial: int
    run: str = ""
    position: int = 0
    fresh: bool = False
    wants: list[str] = []


class JournalManifest(Struct, frozen=True, kw_only=True, tag_field="kind", tag="journal"):
    """A till's bundle for the office.

    Attributes:
        box: the receiver's public key: so that nobody can pass it on to another as if it were for him.
        head: the journal's end; the lines reach up to it.
        enrolled: the office's entry that enrolled this till, as a journal line.
    """

    till: str
    box: str
    heard: Heard
    head: Head
    enrolled: str
    made: datetime
    version: str


class FeedManifest(Struct, frozen=True, kw_only=True, tag_field="kind", tag="feed"):
    """The office's bundle for a till.

    Attributes:
        box: see JournalManifest.
        heard: what the office had last been told by a bundle of this till; null: nothing.
        after: the feed's lines begin after this position.
        snapshot: pages of the snapshot are before them, for a till that knows nothing yet.
        end: the feed's length.
        runs: the office's latest runs, each with the feed's length at its beginning; the last one wrote this.
        head: what the office holds of the till's journal: all up to it is acknowledged.
        stopped: why the office takes no more of the journal, if so; then there is no feed.
        common: where the journal forked, the last entry that all branches have in common.
        now: the office's clock.
    """

    till: str
    epoch: int
    box: str
    heard: Heard | None
    after: int
    snapshot: bool
    end: int
    runs: list[tuple[str, int]]
    head: Head
    stopped: str | None
    common: int | None
    now: datetime
    version: str

    def same_feed(self, run: str, position: int) -> int | None:
        """Up to where the feed is what a till heard that has heard it up to a position, the last of it in this run;
        null when this bundle is too old to tell."""
        names = [name for name, _ in self.runs]
        if not run or run == names[-1]:
            return position  # a feed that is shorter is only of an older bundle: within a run it grows
        if run not in names:
            return 0 if self.heard is not None and self.heard.run == run else None
        return min(position, self.runs[names.index(run) + 1][1])


Manifest = JournalManifest | FeedManifest
Lines = Iterator[tuple[bytes, bytes]]
"""A letter, and what the line carries."""

_decoder: msgspec.json.Decoder[Manifest] = msgspec.json.Decoder(Manifest)


def write_document(key: Ed25519PrivateKey, manifest: Manifest, lines: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The contents, signed: lines as bytes."""
    hashed = hashlib.sha256()
    for letter, carried in chain([(MANIFEST, msgspec.json.encode(manifest))], lines):
        line = _line(letter, carried)
        hashed.update(line)
        yield line
    yield _line(SIGNATURE, key.sign(_signed(hashed.hexdigest())).hex().encode())


def check_document(pieces: Iterable[bytes], key_of: Callable[[Manifest], Ed25519PublicKey]) -> Manifest:
    """The manifest, once all that it stands for is proved to be its writer's.

    Args:
        key_of: the writer's key; it may raise what it finds wrong with the manifest.

    Raises:
        BadBundle: see there.
    """
    lines = _lines(pieces)
    letter, first = _parted(next(lines, b""))
    if letter != MANIFEST:
        raise BadBundle("bundle_damaged")
    manifest = read_manifest(first)
    key = key_of(manifest)
    hashed = hashlib.sha256(_line(letter, first))
    signature = None
    for line in lines:
        if signature is not None:
            raise BadBundle("bundle_damaged")
        letter, carried = _parted(line)
        if letter == SIGNATURE:
            signature = carried
        else:
            hashed.update(line)
    if signature is None:
        raise BadBundle("bundle_damaged")
    try:
        key.verify(bytes.fromhex(signature.decode("ascii")), _signed(hashed.hexdigest()))
    except (InvalidSignature, ValueError) as error:
        raise BadBundle("not_signed") from error
    return manifest


def read_document(pieces: Iterable[bytes]) -> Lines:
    """The lines of a document that was checked, without manifest and signature.

    Raises:
        BadBundle: see there.
    """
    for line in _lines(pieces):
        letter, carried = _parted(line)
        if letter not in (MANIFEST, SIGNATURE):
            yield letter, carried


def read_manifest(carried: bytes) -> Manifest:
    """The manifest of a document.

    Raises:
        BadBundle: it is of a kind that there is not, or damaged.
    """
    try:
        return _decoder.decode(carried)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBundle("another_kind") from error


def _line(letter: bytes, carried: bytes) -> bytes:
    return letter + b" " + carried + b"\n"


def _parted(line: bytes) -> tuple[bytes, bytes]:
    if len(line) < 3 or line[1:2] != b" " or not line.endswith(b"\n"):
        raise BadBundle("bundle_damaged")
    return line[:1], line[2:-1]


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        *whole, waiting = (waiting + piece).split(b"\n")
        if len(waiting) > _LONGEST_LINE:
            raise BadBundle("bundle_damaged")
        for line in whole:
            yield line + b"\n"
    if waiting:
        raise BadBundle("bundle_damaged")


def _signed(digest: str) -> bytes:
    return DOMAIN + digest.encode()
