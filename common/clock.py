"""The hybrid logical clock (Kulkarni et al. 2014): wall time that never runs back and respects cause and effect."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from common.units import Count


class Hlc(Struct, frozen=True, array_like=True, order=True, gc=False):
    """A reading: milliseconds since 1970 (UTC), and a counter for readings within one of them."""

    ms: Count
    n: Count


ZERO = Hlc(0, 0)


def wall_ms(now: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return int((now - _EPOCH) // timedelta(milliseconds=1))


def tick(last: Hlc, wall: int) -> Hlc:
    """The reading for the next event of our own, when the wall clock says `wall` milliseconds."""
    return Hlc(wall, 0) if wall > last.ms else Hlc(last.ms, last.n + 1)


def latest_followed(readings: Iterable[Hlc], wall: int, max_ahead_ms: int, max_counter: int) -> Hlc | None:
    """The latest of other writers' readings: what is written after hearing of them goes after it. None where there is
    none.

    One that is more than `max_ahead_ms` ahead of our wall clock is not followed, for that would carry its error on; nor
    one that counts beyond `max_counter`, for ours would run out of numbers.
    """
    limit = wall + max_ahead_ms
    return max((hlc for hlc in readings if hlc.ms <= limit and hlc.n <= max_counter), default=None)


def clock_step(last_at: datetime, now: datetime, tolerance: timedelta) -> int:
    """How many milliseconds the wall clock was set back since `last_at`: negative, or 0 within the tolerance."""
    step = now - last_at
    return wall_ms(now) - wall_ms(last_at) if step < -tolerance else 0


class SteadyMark(Struct, frozen=True, array_like=True):
    """What the wall clock and the machine's steady clock said at one moment, in milliseconds. Steady clocks begin anew
    with each start of the machine, so `boot` names which."""

    boot: str
    steady: int
    wall: int


def clock_jump(before: SteadyMark, now: SteadyMark, tolerance: timedelta) -> int:
    """How many milliseconds the wall clock was set since `before`, forward or (negative) back; 0 within the tolerance,
    or where the machine has been started since."""
    if before.boot != now.boot:
        return 0
    jump = (now.wall - before.wall) - (now.steady - before.steady)
    return jump if abs(jump) > tolerance // timedelta(milliseconds=1) else 0


class ClockWord(Struct, frozen=True, order=True):
    """What a writer's journal says about its own wall clock, at one place in it.

    Attributes:
        epoch, seq: the place.
        ahead_ms: how far ahead of the office's clock it was found, milliseconds; None where it was only set.
        set_ms: how far it was set; negative: back.
    """

    epoch: int
    seq: int
    ahead_ms: int | None
    set_ms: int


def ahead_at(words: Sequence[ClockWord], epoch: int, seq: int) -> int:
    """How far a writer's wall clock was ahead of the office's when it wrote an entry, milliseconds.

    By the last comparison before it, and how the clock was set since; before the first comparison, by that one and how
    the clock was set until then; 0 where it was never compared.

    Args:
        words: in the journal's order.
    """
    ahead: int | None = None
    for word in words:
        if (word.epoch, word.seq) <= (epoch, seq):
            if word.ahead_ms is not None:
                ahead = word.ahead_ms
            elif ahead is not None:
                ahead += word.set_ms
    if ahead is not None:
        return ahead
    set_since = 0
    for word in words:
        if (word.epoch, word.seq) > (epoch, seq):
            if word.ahead_ms is not None:
                return word.ahead_ms - set_since
            set_since += word.set_ms
    return 0


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
