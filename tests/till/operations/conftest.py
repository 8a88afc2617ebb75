"""An enrolled till that has sold, with a mirror."""

import pytest

from common.chain import public_hex
from common.clerks import Role
from common.entries import ClerkSet
from tests.till.branch import Branch, Counter
from tests.till.operations.staff import HASHER, LI
from till.operations.opening import ENROLMENT, Enrolment
from till.operations.vend import Amount, vend


@pytest.fixture
def sold(branch: Branch, tmp_path) -> Counter:
    """The till `till-0002`, whose mirror has all that it wrote; it has sold to A1 once."""
    disk = tmp_path / "second-disk"
    disk.mkdir()
    branch.counter = counter = branch.new_till("till-0002", disk)
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
        enrolment = Enrolment(
            till=counter.till,
            branch="B1",
            name="x",
            epoch=1,
            office="office",
            office_key=public_hex(branch.office.key),
            url="",
            pin="",
        )
        desk.store.set_setting(ENROLMENT, enrolment)
        desk.store.set_setting("mirror", str(disk))
    return counter


@pytest.fixture
def staffed(branch: Branch, counter: Counter) -> Counter:
    """A counter with a clerk and a supervisor."""
    for name, role, pin in (("li", Role.SUPERVISOR, LI.pin), ("wang", Role.CLERK, "380512")):
        branch.office.say(ClerkSet(clerk=name, name=name, branch="B1", roles=[role], pin=HASHER.hash(pin), active=True))
    counter.hear()
    return counter
