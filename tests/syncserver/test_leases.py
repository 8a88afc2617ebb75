"""Leases as the office grants them: by its terms, renewed when half of one is gone, known again after a restore."""

from datetime import timedelta

import pytest

from common.entries import LeaseGranted
from syncserver.office.errors import OfficeError
from syncserver.office.leases import LeaseTerms, adopt_lease, lease_is_due, renew_lease, set_terms, terms_of

SHORT = LeaseTerms(seconds=7_200, money=10_000, clock_tolerance_s=60)


def granted(office):
    with office.store.read() as reading:
        said = [stored.signed.entry for stored in reading.of_type("office", "lease.granted")]
    return [(entry.at, entry.body.lease) for entry in said if isinstance(entry.body, LeaseGranted)]


async def test_terms_hold_for_this_lease_and_those_that_follow(office, line, clock):
    till = (await line.till(clock)).till
    now = office.clock()
    with office.change() as intake:
        set_terms(intake, till, SHORT, now)
    with office.store.read() as reading:
        row = reading.latest_writer(till)
        assert not lease_is_due(reading, row, now + timedelta(seconds=3_500))
        assert lease_is_due(reading, row, now + timedelta(seconds=3_700))
    with office.change() as intake:
        renew_lease(intake, row, now + timedelta(seconds=3_700))
    _, last = granted(office)[-1]
    assert (last.until, last.money, last.clock_tolerance_s) == (now + timedelta(seconds=3_700 + 7_200), 10_000, 60)


@pytest.mark.parametrize(
    "terms",
    [
        LeaseTerms(seconds=0),
        LeaseTerms(seconds=367 * 24 * 3600),
        LeaseTerms(money=0),
        LeaseTerms(clock_tolerance_s=0),
        LeaseTerms(clock_tolerance_s=24 * 3600 + 1),
    ],
)
async def test_terms_that_cannot_be_are_refused(office, line, clock, terms):
    till = (await line.till(clock)).till
    before = granted(office)
    with pytest.raises(OfficeError), office.change() as intake:
        set_terms(intake, till, terms, office.clock())
    assert granted(office) == before


def test_nobody_has_a_lease_who_is_no_till(office):
    with pytest.raises(OfficeError, match="till-9999"), office.change() as intake:
        set_terms(intake, "till-9999", SHORT, office.clock())


async def test_a_lease_that_came_back_after_a_restore_says_its_terms(office, line, clock):
    till = (await line.till(clock)).till
    at = office.clock() + timedelta(days=10)
    with office.change() as intake:
        set_terms(intake, till, SHORT, at)
    _, lease = granted(office)[-1]
    with office.change() as intake:
        intake.writing.set_meta(f"lease_terms/{till}", "{}")
        intake.writing.set_meta(f"lease/{till}", at.isoformat())
        adopt_lease(intake.writing, LeaseGranted(till=till, lease=lease), at)
        assert terms_of(intake.writing, till) == SHORT
