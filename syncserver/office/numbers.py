"""Account numbers that are given out: what the office hears of it again, and what others have already."""

from collections.abc import Iterable

from common.entries import NumbersAllotted
from syncserver.office.errors import OfficeError
from syncserver.store import Reading, Writing

DIGITS, FIRST_NUMBER = 10, 1_000_000_000
"""Of the account numbers that tills give out."""

_LEAST_LEFT = 100_000_000


def note_numbers(writing: Writing, said: NumbersAllotted) -> None:
    """Numbers that the office allotted and then lost with its disk are nobody else's, now that it says so again."""
    after = said.first + said.count
    if after > int(writing.meta("next_number") or 0):
        writing.set_meta("next_number", str(after))
    if said.first > int(writing.meta(f"numbers/{said.till}") or 0):
        writing.set_meta(f"numbers/{said.till}", str(said.first))


def allotted_before(writing: Reading, number: str) -> bool:
    """Whether a till may open an account under this number."""
    is_ours = len(number) == DIGITS and number.isdecimal() and int(number) >= FIRST_NUMBER
    return is_ours and int(number) < int(writing.meta("next_number") or FIRST_NUMBER)


def keep_clear(writing: Writing, numbers: Iterable[str]) -> None:
    """Let no till be given these numbers: accounts from elsewhere have them. What tills are given begins after them.

    Raises:
        OfficeError: too few numbers would be left.
    """
    taken = [int(number) for number in numbers if len(number) == DIGITS and number.isdecimal()]
    last = max(taken, default=0)
    if last < int(writing.meta("next_number") or FIRST_NUMBER):
        return
    if last > 10**DIGITS - _LEAST_LEFT:
        raise OfficeError(
            f"Account number {last} leaves too few for new accounts.",
            "Give the old accounts numbers of another length: widths.account in the mapping.",
        )
    writing.set_meta("next_number", str(last + 1))
