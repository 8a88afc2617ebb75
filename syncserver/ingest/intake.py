"""One transaction of the office: entries stored, folded, settled and put in the feed, all of it or nothing."""

from datetime import datetime
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry
from common.entries import AnyBody
from common.resolution import settle
from syncserver.ingest.prepare import Prepared, row_of
from syncserver.ingest.projector import Projector
from syncserver.office.pen import Pen
from syncserver.store import Writing

_MOST_ROUNDS = 20
"""Rounds in which the rules must come to rest. They do in two; more is a fault of ours, and must not loop for ever."""


class NotAtRest(RuntimeError):
    """The rules ask for ever more: a fault of ours."""


class Intake:
    """Takes entries within one transaction of the store. Call `finish` at its end."""

    def __init__(self, writing: Writing, key: Ed25519PrivateKey, now: datetime) -> None:
        self.writing = writing
        self._now = now
        self._pen = Pen(key, writing, now)
        self._projector = Projector(writing)
        self._position = writing.last_position()
        self._touched: set[str] = set()

    def take(self, entries: list[SignedEntry]) -> None:
        """Take a writer's new entries, checked already, in their order."""
        self._keep(entries)
        self._pen.heard(entries)

    def take_prepared(self, batch: Prepared) -> None:
        """Take a batch that follows the head which the office holds."""
        first = self._position + 1
        previous, others = self._projector.adopt(batch, self._position)
        rows = batch.rows
        self.writing.add_rows(((first + i, *row, previous[i]) for i, row in enumerate(rows)), self._now)
        self._position += len(rows)
        self.writing.move_head(batch.head)
        self._touched |= self._projector.project_adopted(batch, first, previous, others)
        self._pen.heard_of(batch.heard)

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
        rows = [row_of(signed) for signed in entries]
        previous = self._projector.place([row[-1] for row in rows], self._position)
        self.writing.add_rows(((first + i, *row, previous[i]) for i, row in enumerate(rows)), self._now)
        self._position += len(entries)
        self.writing.move_head(entries[-1].head)
        self._touched |= self._projector.project(zip(count(first), entries, previous))
