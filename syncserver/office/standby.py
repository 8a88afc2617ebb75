"""The second server of the database, which an acknowledgement waits for."""

from syncserver.office.problem import Problem
from syncserver.store import Reading

_PATIENCE = 10.0
"""Seconds after which a commit that waits for it is worth a word."""


def standby_problems(reading: Reading) -> list[Problem]:
    """What an operator is to be told."""
    waited = reading.standby_waited()
    if waited < _PATIENCE:
        return []
    english = (
        "The standby has not confirmed a commit for {seconds} s: nothing is acknowledged until it does, and tills sell "
        "on. Bring it back, or make another one (packaging/POSTGRESQL.md)."
    )
    return [Problem("standby_waits", english, {"seconds": f"{waited:,.0f}"})]
