"""Leases: what each till may do while the office cannot be reached, granted anew whenever it is in touch."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from common.entries import LeaseGranted
from common.lease import Lease
from common.units import LARGEST
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.store import Reading, WriterRow, WriterState, Writing

_LONGEST_DAYS = 366
_UNTIL = "lease/"


class LeaseTerms(Struct, frozen=True, kw_only=True):
    """What every lease of a till is granted for, until the office says otherwise.

    Attributes:
        seconds: how long it holds.
        money: the most that the office may not have seen yet, minor units.
        clock_tolerance_s: how far the till's clock may be set unnoticed.
    """

    seconds: int = 7 * 24 * 3600
    money: int = 5_000_000
    clock_tolerance_s: int = 600


def terms_of(reading: Reading, till: str) -> LeaseTerms:
    """The terms of a till's leases."""
    said = reading.meta(_terms(till))
    return LeaseTerms() if said is None else msgspec.json.decode(said, type=LeaseTerms)


def set_terms(intake: Intake, till: str, terms: LeaseTerms, now: datetime) -> None:
    """Say what a till's leases are granted for, and grant it one at once.

    Raises:
        OfficeError: there is no such till in use, or a term is out of range.
    """
    row = intake.writing.latest_writer(till)
    if row is None or not row.is_till or row.state is not WriterState.ACTIVE:
        raise OfficeError(f"No till {till} is in use.", "See: syncserver till list", "till_not_in_use", till=till)
    if not 0 < terms.seconds <= _LONGEST_DAYS * 24 * 3600:
        raise OfficeError(
            f"A lease holds at most {_LONGEST_DAYS} days, and more than none.",
            "Choose --days within.",
            "lease_days",
            most=_LONGEST_DAYS,
        )
    if not 0 < terms.money <= LARGEST or not 0 < terms.clock_tolerance_s <= 24 * 3600:
        raise OfficeError(
            "A lease's money and its clock's tolerance are above zero.", "Tolerate a day at most.", "lease_money"
        )
    intake.writing.set_meta(_terms(till), msgspec.json.encode(terms).decode())
    grant_lease(intake, till, now)


def grant_lease(intake: Intake, till: str, now: datetime) -> None:
    """Let a till sell unseen from now on, by its terms."""
    terms = terms_of(intake.writing, till)
    until = now + timedelta(seconds=terms.seconds)
    lease = Lease(until=until, money=terms.money, clock_tolerance_s=terms.clock_tolerance_s)
    intake.say(LeaseGranted(till=till, lease=lease))
    intake.writing.set_meta(_until(till), until.isoformat())


def lease_until(reading: Reading, till: str) -> datetime | None:
    """Until when a till may sell unseen; None when it was granted no lease."""
    until = reading.meta(_until(till))
    return None if until is None else datetime.fromisoformat(until)


def leases_until(reading: Reading, latest: datetime | None = None) -> dict[str, datetime]:
    """Until when each till may sell unseen, of those that were granted a lease; of those that end by `latest`."""
    found = reading.metas(_UNTIL, None if latest is None else latest.isoformat())
    return {name.removeprefix(_UNTIL): datetime.fromisoformat(until) for name, until in found.items()}


def lease_is_due(reading: Reading, row: WriterRow, now: datetime) -> bool:
    """Whether less than half of the till's lease is left, and it may have another."""
    if row.state is not WriterState.ACTIVE:
        return False
    until = lease_until(reading, row.id)
    return until is None or (until - now) * 2 < timedelta(seconds=terms_of(reading, row.id).seconds)


def renew_lease(intake: Intake, row: WriterRow, now: datetime) -> None:
    """Grant a till that is in touch a new lease when it is due."""
    if lease_is_due(intake.writing, row, now):
        grant_lease(intake, row.id, now)


def adopt_lease(writing: Writing, granted: LeaseGranted, at: datetime) -> None:
    """What a lease that the office granted and then lost with its disk says about itself, now that it came back."""
    until = granted.lease.until.isoformat()
    if until > (writing.meta(_until(granted.till)) or ""):
        terms = LeaseTerms(
            seconds=int((granted.lease.until - at).total_seconds()),
            money=granted.lease.money,
            clock_tolerance_s=granted.lease.clock_tolerance_s,
        )
        writing.set_meta(_until(granted.till), until)
        writing.set_meta(_terms(granted.till), msgspec.json.encode(terms).decode())


def _terms(till: str) -> str:
    return f"lease_terms/{till}"


def _until(till: str) -> str:
    return f"{_UNTIL}{till}"
