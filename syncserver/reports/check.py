"""Whether the totals that are kept are what the stored lines add up to."""

from functools import cache
from zoneinfo import ZoneInfo

from common.reports.calendar import Calendar
from common.reports.totals import NOTHING, Changes, sum_of
from syncserver.store import Reading

_MOST_TOLD = 20


def full_sum(reading: Reading) -> Changes:
    """The totals, from every stored line."""
    calendar = Calendar(ZoneInfo(reading.zone()), reading.clock_words)
    return sum_of(reading.all_lines(), calendar, cache(reading.branch_of))


def check_totals(reading: Reading) -> list[str]:
    """What differs, in words, a line each."""
    right, kept = full_sum(reading), dict(reading.totals())
    wrong = [key for key in sorted(right.keys() | kept.keys()) if right.get(key, NOTHING) != kept.get(key, NOTHING)]
    lines = [
        f"{' '.join(part or '-' for part in key)}: kept {tuple(kept.get(key, NOTHING))}, "
        f"the lines add up to {tuple(right.get(key, NOTHING))}"
        for key in wrong[:_MOST_TOLD]
    ]
    return lines + [f"and {len(wrong) - _MOST_TOLD} more"] * (len(wrong) > _MOST_TOLD)
