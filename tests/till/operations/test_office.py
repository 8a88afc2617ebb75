"""The office's address: another one for the same office, by a supervisor."""

import asyncio
import shutil

import msgspec
import pytest

from common.clerks import Role
from till.operations.office import address_of, set_address
from till.operations.opening import ENROLMENT, Enrolment
from till.operations.refusals import BadField, NotAllowed, NotEnrolled
from till.screens.open import setup_of
from till.sync.errors import OfficeUnreachable

ENROLLED = Enrolment(
    till="till-0001",
    branch="B1",
    name="x",
    epoch=1,
    office="office",
    office_key="",
    url="https://127.0.0.1:9",
    pin="00" * 32,
)


@pytest.fixture
def desk(branch, counter):
    with counter.desk() as desk:
        desk.roles = [Role.SUPERVISOR]
        desk.store.set_setting(ENROLMENT, ENROLLED)
        yield desk


@pytest.mark.parametrize("address", ["https://office.example", "https://office.example:8443/", "https://[::1]:8443"])
def test_another_address_is_kept_with_all_else(desk, address):
    set_address(desk, address)
    assert address_of(desk.store) == address.rstrip("/")
    assert desk.store.setting(ENROLMENT, Enrolment) == msgspec.structs.replace(ENROLLED, url=address.rstrip("/"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "office",
        "http://office.example",
        "https://",
        "https://office:99999",
        "https://office/v1",
        "https://a@office",
    ],
)
def test_what_is_no_address_changes_nothing(desk, address):
    with pytest.raises(BadField):
        set_address(desk, address)
    assert address_of(desk.store) == ENROLLED.url


def test_only_a_supervisor_may(desk):
    desk.roles = [Role.CLERK]
    with pytest.raises(NotAllowed):
        set_address(desk, "https://office.example")


def test_a_till_of_no_office_has_none(branch, counter):
    with counter.desk() as desk:
        desk.roles = [Role.SUPERVISOR]
        assert address_of(desk.store) == ""
        with pytest.raises(NotEnrolled):
            set_address(desk, "https://office.example")


def test_a_window_goes_to_the_address_of_now_with_the_keys_of_its_enrolment(desk, counter):
    """A till that was enrolled again has another folder of keys; it once synced with those from before."""
    setup = setup_of(counter.folder, f"tray:{counter.folder}", "en")
    shutil.move(counter.folder / "keys", counter.folder / "keys-2")
    desk.store.set_setting(ENROLMENT, msgspec.structs.replace(ENROLLED, keys="keys-2"))
    set_address(desk, "https://127.0.0.1:1")
    assert setup.follow is not None
    with pytest.raises(OfficeUnreachable) as failed:
        asyncio.run(setup.follow(lambda _: None))
    assert "127.0.0.1:1" in str(failed.value)
