"""An account's whole life is one thread, followed by the database itself."""

import pytest
from sqlalchemy import delete

from syncserver.office.office import Office
from syncserver.store import tables
from tests.browser.scene import a_week
from tests.syncserver.questions import questions

ACCOUNT = "0001100000"


def last_of(office: Office, account: str) -> int:
    with office.store.read() as reading:
        return reading.accounts([account])[account].last


def test_a_life_is_all_entries_about_the_account_in_their_order(office: Office) -> None:
    a_week(office)
    last = last_of(office, ACCOUNT)
    with office.store.read() as reading:
        wanted = [entry for entry in reading.ingested() if entry.account == ACCOUNT]
        assert len(wanted) > 10
        assert reading.about(last) == wanted
        assert reading.positions_about(last) == [entry.position for entry in wanted]
        assert reading.about(wanted[4].position) == wanted[:5]
        assert (reading.about(0), reading.positions_about(0)) == ([], [])


def test_a_longer_life_takes_no_more_questions(office: Office) -> None:
    a_week(office)
    last = last_of(office, ACCOUNT)
    with office.store.read() as reading, questions() as said:
        first = len(reading.about(reading.positions_about(last)[2]))
        short = len(said)
        assert len(reading.about(last)) > first
    assert len(said) - short < short


def test_an_entry_that_is_missing_is_named(office: Office) -> None:
    a_week(office)
    last = last_of(office, ACCOUNT)
    with office.store.read() as reading:
        missing = reading.positions_about(last)[3]
    with office.store.write() as writing:
        writing._connection.execute(delete(tables.journal).where(tables.journal.c.position == missing))
    with office.store.read() as reading, pytest.raises(LookupError, match=f"position {missing} "):
        reading.about(last)
