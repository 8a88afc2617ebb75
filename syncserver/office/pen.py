"""The office's own journal: one Pen a transaction writes its next entries."""

from contextlib import suppress
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry, append
from common.clock import ZERO, ClockTooFarAhead, merge, tick, wall_ms
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

    def heard(self, signed: SignedEntry) -> None:
        """What is written from now on was written knowing of this entry; one of the office's own goes before it."""
        hlc = signed.entry.hlc
        if (signed.entry.writer, signed.entry.epoch) == (self._head.writer, self._head.epoch):
            self._head, self._hlc = signed.head, max(self._hlc, hlc)
            return
        if hlc.n > _MAX_COUNTER:
            return
        with suppress(ClockTooFarAhead):
            self._hlc = merge(self._hlc, hlc, wall_ms(self.now), _MAX_AHEAD_MS)

    def write(self, body: AnyBody) -> SignedEntry:
        """The office's next entry. The caller stores it."""
        self._hlc = tick(self._hlc, wall_ms(self.now))
        signed = append(self._key, self._head, body, at=self.now, hlc=self._hlc)
        self._head = signed.head
        return signed
