"""What every document says besides its tables: whose it is, what it was asked for, what it was made from."""

import hashlib

from common.chain import Head
from common.documents.document import Document, Kind
from common.documents.figures import cell_text
from common.documents.words import Words


def as_of(document: Document) -> str:
    """Up to when, by the newest entry that it was made from."""
    at = cell_text(document, Kind.TIME, document.at)
    return Words(document.language)("frame.as_of", at=at, zone=document.zone)


def made_from(document: Document) -> str:
    """The journals that it was made from, as one line: how many, how many entries, and a seal over all their heads."""
    entries = sum(head.seq for head in document.heads)
    facts = {"journals": f"{len(document.heads):,}", "entries": f"{entries:,}", "seal": heads_seal(document.heads)}
    return Words(document.language)("frame.made_from", **facts)


def head_text(head: Head) -> str:
    """A head as a line of a heads file: writer, epoch, number and hash of its last entry."""
    return f"{head.writer} {head.epoch} {head.seq} {head.hash}"


def heads_text(heads: list[Head]) -> str:
    """All heads as a file, a line each, by writer and epoch: what `--as-of` reads."""
    return "".join(f"{head_text(head)}\n" for head in sorted(heads, key=lambda head: (head.writer, head.epoch)))


def heads_seal(heads: list[Head]) -> str:
    """SHA-256 of the heads file: two reports with one seal were made from the same entries."""
    return hashlib.sha256(heads_text(heads).encode()).hexdigest()


class BadHeads(ValueError):
    """Text that is no heads file.

    Attributes:
        line: its number, from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def read_heads(text: str) -> list[Head]:
    """The heads that `heads_text` wrote.

    Raises:
        BadHeads: see there.
    """
    heads: list[Head] = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if len(parts) != 4 or not (parts[1].isdecimal() and parts[2].isdecimal()) or len(parts[3]) != 64:
            raise BadHeads(number)
        heads.append(Head(writer=parts[0], epoch=int(parts[1]), seq=int(parts[2]), hash=parts[3]))
    if not heads:
        raise BadHeads(1)
    return heads
