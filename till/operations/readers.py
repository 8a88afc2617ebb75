"""The health of the till's readers, and what is wrong when a card fails."""

from collections.abc import Sequence

from till.cards.errors import CardBad, CardError, ReaderSlow, ReaderWorn
from till.cards.health import Attempt, Finding, ReaderHealth, diagnose, reader_health
from till.store import Store


def note_attempts(store: Store, attempts: Sequence[Attempt]) -> CardError | None:
    """Keep what was tried with a card. Returns what is wrong when the last try failed, if it can be told."""
    if not attempts:
        return None
    with store.transaction():
        store.attempts.add(
            [(tried.at, tried.reader, tried.card, tried.kind, tried.ms, tried.error) for tried in attempts]
        )
    last = attempts[-1]
    if not last.error:
        return None
    finding = diagnose(_known(store), last.reader, last.card)
    match finding:
        case Finding.READER_WORN:
            return ReaderWorn(last.reader)
        case Finding.READER_SLOW:
            return ReaderSlow(last.reader)
        case Finding.CARD_BAD:
            return CardBad(last.card)
        case None:
            return None


def readers_health(store: Store) -> list[ReaderHealth]:
    """Every reader that was used of late."""
    known = _known(store)
    return [reader_health(known, reader) for reader in dict.fromkeys(attempt.reader for attempt in known)]


def _known(store: Store) -> list[Attempt]:
    return [
        Attempt(at=at, reader=reader, card=card, kind=kind, ms=ms, error=error)
        for at, reader, card, kind, ms, error in store.attempts.all()
    ]
