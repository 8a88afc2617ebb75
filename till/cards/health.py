"""Readers wear out and cards break: told apart by what failed where, before anybody has to guess."""

import statistics
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from till.cards.errors import CardError, CardMute, CardRemoved, CardUnreadable, CardWriteFailed, UnexpectedStatus

RECENT = 20
"""Attempts in a reader that say how it is now."""

SLOWER = 2
"""A reader that takes so many times as long as in its first days wears out."""

_CARDS_FAILED = 3
_FAILURES = 2
_OTHERS_GOOD = 3
_PHYSICAL = (CardMute, CardRemoved, CardUnreadable, CardWriteFailed, UnexpectedStatus)


class Attempt(Struct, frozen=True, kw_only=True):
    """One try to read or write a card.

    Attributes:
        card: its serial; "" when the card did not even say it.
        kind: `connect`, `read` or `write`.
        ms: how long it took.
        error: the error's name; "" when it went well.
    """

    at: datetime
    reader: str
    card: str
    kind: str
    ms: int
    error: str


class Finding(StrEnum):
    """What is wrong."""

    READER_WORN = "reader_worn"
    """Several cards fail in the reader."""
    READER_SLOW = "reader_slow"
    """It takes ever longer."""
    CARD_BAD = "card_bad"
    """The card fails where others do not."""


class ReaderHealth(Struct, frozen=True, kw_only=True):
    """A reader by its attempts. Times are medians of good reads, milliseconds."""

    reader: str
    attempts: int
    failures: int
    ms_first: int
    ms_now: int
    finding: Finding | None


def is_physical(error: CardError) -> bool:
    """Whether an error may come from a worn contact: not one of a wrong key, another make, or an empty reader."""
    return isinstance(error, _PHYSICAL)


def diagnose(attempts: Sequence[Attempt], reader: str, card: str) -> Finding | None:
    """What these attempts (the oldest first) say about a card that just failed in a reader; None: too few to tell."""
    here = [attempt for attempt in attempts if attempt.reader == reader][-RECENT:]
    failed = {attempt.card for attempt in here if attempt.error}
    good_elsewhere = {attempt.card for attempt in attempts if not attempt.error and attempt.reader != reader}
    if len(failed) >= _CARDS_FAILED or (len(failed) >= _FAILURES and failed & good_elsewhere):
        return Finding.READER_WORN
    mine = [attempt for attempt in attempts if attempt.card == card and attempt.error]
    others_good = {attempt.card for attempt in here if not attempt.error and attempt.card != card}
    in_two_readers = len({attempt.reader for attempt in mine}) > 1
    if in_two_readers or (len(mine) >= _FAILURES and len(others_good) >= _OTHERS_GOOD and failed <= {card}):
        return Finding.CARD_BAD
    return _slow(here, attempts, reader)


def reader_health(attempts: Sequence[Attempt], reader: str) -> ReaderHealth:
    """How a reader is, by these attempts (the oldest first)."""
    here = [attempt for attempt in attempts if attempt.reader == reader]
    finding = diagnose(attempts, reader, "")
    return ReaderHealth(
        reader=reader,
        attempts=len(here),
        failures=sum(1 for attempt in here if attempt.error),
        ms_first=_median(here[:RECENT]),
        ms_now=_median(here[-RECENT:]),
        finding=None if finding is Finding.CARD_BAD else finding,
    )


def _slow(here: Sequence[Attempt], attempts: Sequence[Attempt], reader: str) -> Finding | None:
    ever = [attempt for attempt in attempts if attempt.reader == reader]
    first, now = _median(ever[:RECENT]), _median(here)
    return Finding.READER_SLOW if len(ever) >= 2 * RECENT and now >= SLOWER * first > 0 else None


def _median(attempts: Sequence[Attempt]) -> int:
    times = [attempt.ms for attempt in attempts if attempt.kind == "read" and not attempt.error]
    return round(statistics.median(times)) if times else 0
