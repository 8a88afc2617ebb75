"""What is waited for: which work nobody waits for, and which may be left without harm. No Kivy."""

from enum import Enum

QUIET = frozenset({"status", "journal", "touch", "heard", "unsent", "utility", "close", "reader", "disk"})
"""Jobs that nobody waits for."""

_LOOKS = frozenset(
    {"account", "clerks", "closing", "decided", "fees", "find", "forms", "history"}
    | {"printer_look", "quote", "report", "report_month", "settings", "shift", "sold", "supervisors"}
)
"""Jobs that only look something up."""

_STEPPED = frozenset({"cut_off", "bundle_out", "bundle_in", "heal"})
"""Jobs that go step by step."""

_CARD = frozenset({"sell", "makeup", "write"})
"""Jobs that write a card."""


class Leaving(Enum):
    """Whether a wait may be left; the value is its name in the words under `wait`.

    LOOK: nothing is written: whoever waits may stop, and what is found is thrown away.
    READ: a card is read: taking it out ends it.
    STOP: what was asked stops it, between two steps.
    OPEN: nothing can be done before it has ended.
    CARD: a card is being written; only its end is safe.
    RECORD: something is being recorded; it ends by itself.
    """

    LOOK = "look"
    READ = "read"
    STOP = "stop"
    OPEN = "open"
    CARD = "card"
    RECORD = "record"


def leaving(name: str) -> Leaving:
    """Whether the wait for a job may be left."""
    if name in _LOOKS:
        return Leaving.LOOK
    if name in _CARD:
        return Leaving.CARD
    if name == "read":
        return Leaving.READ
    if name in ("open", "resume"):
        return Leaving.OPEN
    return Leaving.STOP if name in _STEPPED else Leaving.RECORD
