"""One transaction of the office: entries stored, folded, settled and put in the feed, all of it or nothing."""

from datetime import datetime
from itertools import count

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
            bodies = [body for number in sorted(waiting) for body in self._due(number)]
            if not bodies:
                self._projector.flush()
                return
            self.say(*bodies)
            waiting, self._touched = self._touched, set()
        raise NotAtRest(", ".join(sorted(waiting)))

    def _due(self, number: str) -> list[AnyBody]:
        facts = self._projector.in_question(number)
        return [] if facts is None else settle(facts, self._projector.tariffs)

    def _keep(self, entries: list[SignedEntry]) -> None:
        if not entries:
            return
        first = self._position + 1
        previous = self._projector.place(entries, self._position)
        self.writing.add_entries(map(stored, count(first), entries, previous))
        self._position += len(entries)
        self.writing.move_head(entries[-1].head)
        self._touched |= self._projector.project(zip(count(first), entries, previous))


def stored(position: int, signed: SignedEntry, previous: int) -> StoredEntry:
    """The row of an entry."""
    entry, body = signed.entry, signed.entry.body
    return StoredEntry(
        position,
        entry.writer,
        entry.epoch,
        entry.seq,
        signed.hash,
        signed.signature,
        signed.raw,
        type_of(body),
        account_of(body),
        previous,
    )
