"""One transaction of the office: entries stored, folded, settled and put in the feed, all of it or nothing."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry
from common.entries import AnyBody, account_of, type_of
from common.resolution import settle
from syncserver.ingest.projector import Projector
from syncserver.office.pen import Pen
from syncserver.store import StoredEntry, Writing

_MOST_ROUNDS = 20
"""Rounds in which the rules must come to rest. They do in two; more is a fault of ours, and must not loop for ever."""


class NotAtRest(RuntimeError):
    """The rules ask for ever more: a fault of ours."""


class Intake:
    """Takes entries within one transaction of the store. Call `finish` at its end."""

    def __init__(self, writing: Writing, key: Ed25519PrivateKey, now: datetime) -> None:
        self.writing = writing
        self._pen = Pen(key, writing, now)
        self._projector = Projector(writing)
        self._position = writing.last_position()
        self._touched: set[str] = set()

    def take(self, entries: list[SignedEntry]) -> None:
        """Take a writer's new entries, checked already, in their order."""
        self._keep(entries)
        for signed in entries:
            self._pen.heard(signed)

    def say(self, *bodies: AnyBody) -> None:
        """Write office entries."""
        self._keep([self._pen.write(body) for body in bodies])

    def finish(self) -> None:
        """Let the rules settle every account that was touched, and store what was folded."""
        waiting, self._touched = self._touched, set()
        for _ in range(_MOST_ROUNDS):
            bodies = [body for number in sorted(waiting) for body in settle(self._projector.facts(number))]
            if not bodies:
                self._projector.flush()
                return
            self.say(*bodies)
            waiting, self._touched = self._touched, set()
        raise NotAtRest(", ".join(sorted(waiting)))

    def _keep(self, entries: Iterable[SignedEntry]) -> None:
        batch = [(self._position + place, signed) for place, signed in enumerate(entries, 1)]
        if not batch:
            return
        self.writing.add_entries(stored(position, signed) for position, signed in batch)
        self._position = batch[-1][0]
        self.writing.move_head(batch[-1][1].head)
        self._touched |= self._projector.project(batch)


def stored(position: int, signed: SignedEntry) -> StoredEntry:
    """The row of an entry."""
    entry, body = signed.entry, signed.entry.body
    return StoredEntry(
        position=position,
        writer=entry.writer,
        epoch=entry.epoch,
        seq=entry.seq,
        hash=signed.hash,
        signature=signed.signature,
        raw=signed.raw,
        type=type_of(body),
        account=account_of(body),
    )
