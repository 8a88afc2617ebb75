"""How the office is, in words: what an operator must do something about."""

import shutil
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from syncserver.office.alerts import Alert, alerts
from syncserver.office.contacts import Contact
from syncserver.office.months import months_problems
from syncserver.office.office import Office
from syncserver.office.problem import Problem
from syncserver.office.standby import standby_problems
from syncserver.store import DecisionState, Reading

_LOW_SHARE, _LOW_BYTES = 20, 1024**3
"""A disk is low when less than one part in so many is free, and less than so many bytes."""

_MOST_COUNTED = 10_000


class Health(Struct, frozen=True, kw_only=True):
    """The office at one moment.

    Attributes:
        problems: sentences for an operator; what people asked to be told is among them.
        tills: how many, by state.
        waiting: cases that wait for a person; it is not counted further than to 10,000.
        disk_free: bytes on the database's disk.
    """

    problems: list[str]
    alerts: list[Alert]
    entries: int
    tills: dict[str, int]
    waiting: int
    disk_free: int


def look(office: Office, contacts: dict[str, Contact], now: datetime) -> Health:
    """Look at everything.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    free = shutil.disk_usage(office.folder.path).free
    with office.store.read() as reading:
        told = alerts(reading, contacts, now)
        return Health(
            problems=[*(said.text for said in server_problems(office, reading, now)), *(alert.text for alert in told)],
            alerts=told,
            entries=reading.last_position(),
            tills={state.value: len(tills) for state, tills in reading.tills_by_state().items()},
            waiting=reading.count_decisions(DecisionState.OPEN.value, _MOST_COUNTED),
            disk_free=free,
        )


def server_problems(office: Office, reading: Reading, now: datetime) -> list[Problem]:
    """What is to be said about the machine and its disks, to whoever runs it."""
    return [
        *office.problems(),
        *disk_problems(office.folder.path),
        *months_problems(reading, now),
        *standby_problems(reading),
    ]


def disk_problems(folder: Path) -> list[Problem]:
    """What is to be said about the disk of a folder."""
    usage = shutil.disk_usage(folder)
    if usage.free * _LOW_SHARE >= usage.total or usage.free >= _LOW_BYTES:
        return []
    english = "The disk of {folder} is low: {free} MB are free. Make room before it is full."
    return [Problem("disk_low", english, {"folder": folder, "free": f"{usage.free // 1024**2:,}"})]
