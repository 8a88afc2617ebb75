"""The machine's steady clock: it goes on while the machine sleeps, and nobody can set it."""

import time
from datetime import datetime
from pathlib import Path

from common.clock import SteadyMark, wall_ms

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def steady_mark(now: datetime) -> SteadyMark | None:
    """The steady clock beside the wall clock; None where the system has none that tells its starts apart."""
    try:
        boot = _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return None
    return SteadyMark(boot, int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000), wall_ms(now))
