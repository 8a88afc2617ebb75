"""How each till is: asked for all of them at once."""

from datetime import timedelta

from common.chain import GENESIS, public_hex
from common.entries import AccountFrozen, AccountOpened
from syncserver.office.alerts import alerts
from syncserver.office.contacts import Contacts
from syncserver.office.leases import leases_until, renew_lease
from syncserver.office.office import Office
from syncserver.store import Reading, WriterRow, WriterState
from syncserver.web.fleet import Fleet
from tests.syncserver.questions import questions
from tests.syncserver.voice import Clock, Line, Voice


def add_tills(office: Office, first: int, last: int) -> None:
    """Tills of two branches, each with a lease."""
    with office.change() as intake:
        for number in range(first, last + 1):
            row = WriterRow(
                id=f"till-{number:04d}", epoch=1, branch=f"branch-{number % 2}", name="", box="", seq=0, hash=GENESIS,
                key=public_hex(Voice(Clock()).key), state=WriterState.ACTIVE, reason="",
            )  # fmt: skip
            intake.writing.add_writer(row)
            renew_lease(intake, row, office.clock())


def asked(office: Office, contacts: Contacts) -> int:
    """How many questions it takes to show the tills, and to look for what is to be told."""
    with questions() as said, office.store.read() as reading:
        Fleet(contacts).tills(reading, office.clock(), most=1_000)
        alerts(reading, contacts.all(), office.clock())
    return len(said)


def test_more_tills_are_not_more_questions(office: Office) -> None:
    contacts = contacts_of(office)
    counts = []
    for first, last in ((1, 2), (3, 40)):
        add_tills(office, first, last)
        for number in range(first, last + 1):
            contacts.heard(f"till-{number:04d}", office.clock(), feed=1)
        counts.append(asked(office, contacts))
    assert counts[0] == counts[1] < 12


def contacts_of(office: Office) -> Contacts:
    with office.store.read() as reading:
        return Contacts(reading)


def counted(reading: Reading, row: WriterRow, after: int) -> int:
    """Entries of a till's feed after a position, one by one."""
    runs = [run for run in reading.feed() if run.scope in ("*", row.branch, row.id)]
    return sum(run.position + place > after for run in runs for place in range(run.count))


async def test_what_a_till_has_not_heard_is_counted_right_from_anywhere(line: Line, clock: Clock) -> None:
    tills = [await line.till(clock, branch) for branch in ("hill", "hill", "lake")]
    for number in range(4):
        for till in tills:
            till.write(
                AccountOpened(
                    account=f"{till.till}-{number}", name="李四", meter=f"{till.till}-M{number}",
                    tariff_class="residential", limit=3_000_000, clerk="wang",
                )
            )  # fmt: skip
            till.write(AccountFrozen(account=f"{till.till}-{number}", reason="moved", clerk="wang"))
            await line.push(till)
    with line.office.store.read() as reading:
        rows = [row for row in reading.writers() if row.is_till]
        for after in range(reading.last_feed_position() + 2):
            found = reading.feeds_behind([(row, after) for row in rows])
            assert found == {row.id: counted(reading, row, after) for row in rows}
        assert reading.feeds_behind([]) == {}


def test_a_lease_is_known_for_each_till_that_has_one(office: Office) -> None:
    add_tills(office, 1, 3)
    with office.store.read() as reading:
        leases = leases_until(reading)
        shown = Fleet(Contacts(reading)).tills(reading, office.clock(), most=10).rows
    assert set(leases) == {"till-0001", "till-0002", "till-0003"}
    assert all(row.lease_left is not None and row.lease_left > timedelta(days=6) for row in shown)
