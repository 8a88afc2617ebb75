"""What every document says besides its tables: whose it is, what it was asked for, what it was made from."""

import hashlib
from collections.abc import Sequence

from common.documents.document import Document, JournalHead, Kind
from common.documents.figures import cell_text
from common.documents.words import Words


def as_of(document: Document) -> str:
    """Up to when, by the newest entry that it was made from."""
    at = cell_text(document, Kind.TIME, document.at)
    return Words(document.language)("frame.as_of", at=at, zone=document.zone)


def made_from(document: Document) -> str:
    """The journals that it was made from, as one line: how many, how many entries, and a seal over all their heads."""
    entries = sum(head.entries for head in document.heads)
    facts = {"journals": f"{len(document.heads):,}", "entries": f"{entries:,}", "seal": heads_seal(document.heads)}
    return Words(document.language)("frame.made_from", **facts)


def head_text(head: JournalHead) -> str:
    """A head as a line of a heads file: writer, epoch, number and hash of its last entry; and how many of its entries
    are known, where that is not all."""
    known = "" if head.entries == head.seq else f" {head.entries}"
    return f"{head.writer} {head.epoch} {head.seq} {head.hash}{known}"


def heads_text(heads: Sequence[JournalHead]) -> str:
    """All heads as a file, a line each, by writer and epoch: what `--as-of` reads."""
    return "".join(f"{head_text(head)}\n" for head in sorted(heads, key=lambda head: (head.writer, head.epoch)))


def heads_seal(heads: Sequence[JournalHead]) -> str:
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


def read_heads(text: str) -> list[JournalHead]:
    """The heads that `heads_text` wrote.

    Raises:
        BadHeads: see there.
    """
    heads: list[JournalHead] = []
    for number, line in enumerate(text.splitlines(), 1):
        writer, epoch, seq, entry_hash, known, *more = [*line.split(), *[""] * 5][:6]
        numbers = (epoch, seq, known or seq)
        if not all(map(str.isdecimal, numbers)) or len(entry_hash) != 64 or any(more):
            raise BadHeads(number)
        counts = [int(text) for text in numbers]
        heads.append(JournalHead(writer=writer, epoch=counts[0], seq=counts[1], hash=entry_hash, entries=counts[2]))
    if not heads:
        raise BadHeads(1)
    return heads
