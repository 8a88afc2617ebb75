"""Account numbers that were given out, when the office hears of it again."""

from common.entries import NumbersAllotted
from syncserver.store import Writing


def note_numbers(writing: Writing, said: NumbersAllotted) -> None:
    """Numbers that the office allotted and then lost with its disk are nobody else's, now that it says so again."""
    after = said.first + said.count
    if after > int(writing.meta("next_number") or 0):
        writing.set_meta("next_number", str(after))
    if said.first > int(writing.meta(f"numbers/{said.till}") or 0):
        writing.set_meta(f"numbers/{said.till}", str(said.first))
