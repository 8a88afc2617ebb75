"""How each till is: in touch or not, how far behind, for how long it may still sell unseen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from syncserver.office.contacts import IN_TOUCH, Contact, Contacts
from syncserver.office.leases import leases_until
from syncserver.store import Reading, WriterRow, WriterState


@dataclass(frozen=True)
class TillRow:
    """A till, under its latest epoch.

    Attributes:
        line: `in_touch`, `away`, `never`, `stopped` or `revoked`.
        since: when it was last in touch.
        behind: entries of its feed that it has not taken; None where nobody knows.
        lease_left: for how long it may still sell unseen; None without a lease.
        version: of its software.
    """

    row: WriterRow
    line: str
    since: datetime | None
    behind: int | None
    lease_left: timedelta | None
    version: str


@dataclass(frozen=True)
class TillRows:
    """Those that most need to be looked at, and how many more there are."""

    rows: list[TillRow]
    left_out: int


_TROUBLE = ("stopped", "away", "never", "in_touch", "revoked")


class Fleet:
    """All tills, from what the office holds and has heard."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    def tills(self, reading: Reading, now: datetime, *, most: int) -> TillRows:
        """The tills, those in trouble first: stopped, then the longest silent; those out of use last."""
        latest = {row.id: row for row in reading.writers() if row.is_till}
        contacts = self._contacts.all()

        def order(row: WriterRow) -> tuple[int, str, str]:
            contact = contacts.get(row.id)
            since = None if contact is None else contact.at
            line = _line(row, since, now)
            return (_TROUBLE.index(line), "" if line == "in_touch" or since is None else since.isoformat(), row.id)

        chosen = sorted(latest.values(), key=order)
        return TillRows(self._rows(reading, chosen[:most], now), max(0, len(chosen) - most))

    def till(self, reading: Reading, till: str, now: datetime) -> TillRow | None:
        """One till."""
        row = reading.latest_writer(till)
        return None if row is None or not row.is_till else self._rows(reading, [row], now)[0]

    def _rows(self, reading: Reading, rows: list[WriterRow], now: datetime) -> list[TillRow]:
        contacts, leases = self._contacts.all(), leases_until(reading)
        behind = reading.feeds_behind([(row, contacts[row.id].feed) for row in rows if row.id in contacts])
        return [_row(row, contacts.get(row.id), leases.get(row.id), behind.get(row.id), now) for row in rows]


def _row(row: WriterRow, contact: Contact | None, until: datetime | None, behind: int | None, now: datetime) -> TillRow:
    since = None if contact is None else contact.at
    return TillRow(
        row=row,
        line=_line(row, since, now),
        since=since,
        behind=behind,
        lease_left=None if until is None else until - now,
        version="" if contact is None else contact.version,
    )


def _line(row: WriterRow, since: datetime | None, now: datetime) -> str:
    if row.state is not WriterState.ACTIVE:
        return row.state.value
    if since is None:
        return "never"
    return "in_touch" if now - since <= IN_TOUCH else "away"
