"""Runs of the office: how a till finds out that the office was restored from a backup.

Each start of the server is a run, noted in the database with the feed's length before the first thing that it writes:
until then the feed is that of the run before. A till says which run it last heard, and up to where. A database from a
backup does not know that run, or knows that it ended before.
"""

import msgspec

from syncserver.store import Reading, Writing

_NAME = "runs"
_decoder = msgspec.json.Decoder(list[tuple[str, int]])


def begin_run(writing: Writing, run: str) -> None:
    """A server writes for the first time. `run` is random: no two are alike."""
    runs = runs_of(writing)
    if runs[-1:] and runs[-1][0] == run:
        return  # two writers began together
    writing.set_meta(_NAME, msgspec.json.encode([*runs, (run, writing.last_feed_position())]).decode())


def latest_run(reading: Reading) -> str:
    """The run that goes on; empty before the first."""
    runs = runs_of(reading)
    return runs[-1][0] if runs else ""


def same_feed(reading: Reading, run: str, position: int) -> int:
    """Up to where the feed is what a reader heard who has heard it up to a position, the last of it in this run."""
    if not run:
        return min(position, reading.last_feed_position())
    runs = runs_of(reading)
    names = [name for name, _ in runs]
    if run not in names:
        return 0
    place = names.index(run)
    ended = runs[place + 1][1] if place + 1 < len(runs) else reading.last_feed_position()
    return min(position, ended)


def runs_of(reading: Reading) -> list[tuple[str, int]]:
    """Every run, each with the feed's length at its beginning."""
    return _decoder.decode(reading.meta(_NAME) or "[]")
