"""Clerks as the office keeps them, and whom it tells."""

import pytest

from common.clerks import Role
from common.entries import ClerkSet
from syncserver.office.clerks import add_clerk, change_clerk, clerks, retire_clerk, set_pin
from syncserver.office.errors import OfficeError

PIN = "380512"


def add(office, name="wang", pin=PIN, branch="hill", roles=(Role.CLERK,), full="王芳"):
    with office.change() as intake:
        return add_clerk(intake, name, name=full, branch=branch, roles=list(roles), pin=pin)


def known(office):
    with office.store.read() as reading:
        return clerks(reading)


def told(office, branch):
    """What the feed of a branch says about clerks."""
    with office.store.read() as reading:
        at = {item.position: item.signed.entry.body for item in reading.of_type("office", "clerk.set")}
        runs = [range(row.entry, row.entry + row.count) for row in reading.feed() if row.scope == branch]
    bodies = [at.get(entry) for run in runs for entry in run]
    return [(body.clerk, body.active) for body in bodies if isinstance(body, ClerkSet)]


def test_the_latest_word_holds(office):
    first = add(office)
    with office.change() as intake:
        change_clerk(intake, "wang", name=None, branch=None, roles=[Role.SUPERVISOR])
    assert known(office)["wang"].roles == [Role.SUPERVISOR]
    assert known(office)["wang"].pin == first.pin
    with office.change() as intake:
        set_pin(intake, "wang", "194673")
    assert known(office)["wang"].pin != first.pin
    with office.change() as intake:
        retire_clerk(intake, "wang")
    assert not known(office)["wang"].active


def test_only_the_own_branch_is_told_and_the_old_one_when_a_clerk_moves(office):
    add(office)
    assert (told(office, "hill"), told(office, "town")) == ([("wang", True)], [])
    with office.change() as intake:
        change_clerk(intake, "wang", name=None, branch="town", roles=None)
    assert told(office, "hill")[-1] == ("wang", False)
    assert told(office, "town") == [("wang", True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pin": "12345"},
        {"pin": "1234567890123"},
        {"pin": "38051a"},
        {"pin": "٣٨٠٥١٢"},
        {"pin": "000000"},
        {"pin": "123456"},
        {"pin": "987654"},
        {"pin": "890123"},
        {"name": "Wang"},
        {"name": ""},
        {"branch": "till-0001"},
        {"roles": ()},
        {"full": " "},
    ],
)
def test_what_cannot_be_a_clerk_is_refused_and_nothing_is_stored(office, wrong):
    with pytest.raises(OfficeError):
        add(office, **wrong)
    assert known(office) == {}


def test_a_name_is_taken_once_and_only_a_known_clerk_changes(office):
    add(office)
    with pytest.raises(OfficeError):
        add(office)
    with pytest.raises(OfficeError), office.change() as intake:
        retire_clerk(intake, "zhao")
