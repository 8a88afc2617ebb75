"""The office's own journal: one Pen a transaction writes its next entries."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry, append
from common.clock import ZERO, Hlc, latest_followed, tick, wall_ms
from common.entries import OFFICE, AnyBody
from syncserver.store import Writing

EPOCH = 1
_MAX_AHEAD_MS = 24 * 3600 * 1000
"""A till's clock further ahead than this is not followed."""

_MAX_COUNTER = 2**32
"""Nor one with more readings within a millisecond: ours would run out of them."""


class Pen:
    """Signs the office's entries within one transaction of the store."""

    def __init__(self, key: Ed25519PrivateKey, writing: Writing, now: datetime) -> None:
        self.now = now
        self._key = key
        row = writing.writer(OFFICE, EPOCH)
        if row is None:
            raise LookupError("the office has no journal")
        self._head = row.head
        self._hlc = ZERO
        for last in writing.entries(OFFICE, EPOCH, after=row.seq - 1):
            self._hlc = last.signed.entry.hlc

    def heard(self, entries: Iterable[SignedEntry]) -> None:
        """What is written from now on was written knowing of these entries; the office's own go before it."""
        others: list[Hlc] = []
        for signed in entries:
            if (signed.entry.writer, signed.entry.epoch) == (self._head.writer, self._head.epoch):
                self._head, self._hlc = signed.head, max(self._hlc, signed.entry.hlc)
            else:
                others.append(signed.entry.hlc)
        self.heard_of(latest_heard(others, self.now))

    def heard_of(self, reading: Hlc | None) -> None:
        """What is written from now on was written knowing of what happened at this reading."""
        if reading is not None:
            self._hlc = max(self._hlc, reading)

    def write(self, body: AnyBody) -> SignedEntry:
        """The office's next entry. The caller stores it."""
        self._hlc = tick(self._hlc, wall_ms(self.now))
        signed = append(self._key, self._head, body, at=self.now, hlc=self._hlc)
        self._head = signed.head
        return signed


def latest_heard(readings: Iterable[Hlc], now: datetime) -> Hlc | None:
    """The latest of other writers' clock readings that the office follows; None where there is none."""
    return latest_followed(readings, wall_ms(now), _MAX_AHEAD_MS, _MAX_COUNTER)
