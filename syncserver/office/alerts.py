"""What the office's people want to be told of: kept in the office's journal, so that a rebuild or a move loses none."""

from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from common.entries import AlertsSet, CaseOpened
from syncserver.ingest.intake import Intake
from syncserver.office.contacts import Contact
from syncserver.office.errors import OfficeError
from syncserver.office.leases import leases_until
from syncserver.store import DecisionState, Reading, WriterState

_MOST_CASES = 100
"""Waiting cases whose age is looked at: who has more knows that they wait."""

_MOST_LOOKED = 500
"""Entries of an account that are gone through for when a case of it was opened."""

DEFAULT = AlertsSet(silent_hours=24, lease_hours=24, case_days=7)


class Alert(Struct, frozen=True, kw_only=True):
    """Something that somebody asked to be told.

    Attributes:
        word: `till_stopped`, `till_silent`, `lease_low`, `lease_over`, `case_waits`.
        subject: the till, or the case's key.
        span: for how long, or how long still.
        reason: why a till is stopped.
    """

    word: str
    subject: str
    span: timedelta = timedelta()
    reason: str = ""

    @property
    def text(self) -> str:
        """In English: for health and logs."""
        hours = f"{self.span.total_seconds() / 3600:.0f} h"
        match self.word:
            case "till_stopped":
                return f"{self.subject}: {self.reason}"
            case "till_silent":
                return f"{self.subject} has not been in touch for {hours}."
            case "lease_low":
                return f"{self.subject} may sell unseen for {hours} only."
            case "lease_over":
                return f"{self.subject} may not sell until it is in touch: its lease is over."
            case _:
                return f"Case {self.subject} has waited for {self.span.days} days."


def alerts_set(reading: Reading) -> AlertsSet:
    """What was asked for last; DEFAULT before anybody did."""
    said = [stored.signed.entry.body for stored in reading.supplies(["alerts.set"])]
    found = [body for body in said if isinstance(body, AlertsSet)]
    return found[-1] if found else DEFAULT


def set_alerts(intake: Intake, wanted: AlertsSet) -> None:
    """Say when people want to be told.

    Raises:
        OfficeError: a limit is longer than a year.
    """
    if max(wanted.silent_hours, wanted.lease_hours, wanted.case_days * 24) > 366 * 24:
        raise OfficeError("A limit is a year at most.", "Choose a shorter one; 0 turns it off.", "alert_limit")
    intake.say(wanted)


def alerts(reading: Reading, contacts: dict[str, Contact], now: datetime) -> list[Alert]:
    """What there is to tell now, the gravest first."""
    wanted = alerts_set(reading)
    found = [Alert(word="till_stopped", subject=row.id, reason=row.reason) for row in reading.stopped()]
    leases = leases_until(reading, now + timedelta(hours=wanted.lease_hours))
    silent = _silent_since(contacts, now - timedelta(hours=wanted.silent_hours)) if wanted.silent_hours else {}
    if leases or silent:
        for till in reading.tills_by_state()[WriterState.ACTIVE]:
            found += _of_till(till, leases.get(till), silent.get(till), now)
    return found + (_of_cases(reading, wanted, now) if wanted.case_days else [])


def _silent_since(contacts: dict[str, Contact], latest: datetime) -> dict[str, datetime]:
    return {till: contact.at for till, contact in contacts.items() if contact.at < latest}


def _of_till(till: str, until: datetime | None, since: datetime | None, now: datetime) -> list[Alert]:
    found: list[Alert] = []
    if until is not None:
        over = until <= now
        found.append(
            Alert(word="lease_over", subject=till) if over else Alert(word="lease_low", subject=till, span=until - now)
        )
    if since is not None:
        found.append(Alert(word="till_silent", subject=till, span=now - since))
    return found


def _of_cases(reading: Reading, wanted: AlertsSet, now: datetime) -> list[Alert]:
    limit = timedelta(days=wanted.case_days)
    waiting = (
        (row.key, opened_at(reading, row.account, row.key))
        for row in reading.decisions_page(DecisionState.OPEN.value, ("", ""), _MOST_CASES)
    )
    return [Alert(word="case_waits", subject=key, span=now - at) for key, at in waiting if at and now - at > limit]


def opened_at(reading: Reading, account: str, key: str) -> datetime | None:
    """When the office opened a case; None where that stands beside its journal, or much has happened since."""
    place = reading.accounts([account]).get(account)
    for stored in islice(reading.back_from(0 if place is None else place.last), _MOST_LOOKED):
        if stored.type == "case.opened":
            entry = stored.signed.entry
            if isinstance(entry.body, CaseOpened) and entry.body.key == key:
                return entry.at
    return None
