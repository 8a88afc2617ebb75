"""The steps of a card job, told to whoever watches: the screen shows them, the crash tests stop at each."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """How far a card job has come. Each is told after it is done."""

    READ = "read"
    """The card was read and authenticated."""
    JUDGED = "judged"
    """The card and the amount are good; nothing is written yet."""
    STARTED = "started"
    """The start is in the journal, on disk and on the mirror."""
    WRITTEN = "written"
    """The card was written and read back."""
    COMPLETED = "completed"
    """The end is in the journal, and the receipt in the queue."""
    PRINTED = "printed"
    """The one original receipt is out."""


Observer = Callable[[Step], None]
"""Told each step. What it raises ends the job there, as a power cut would."""


def unobserved(step: Step) -> None:
    """An observer for jobs that nobody watches."""
    del step
