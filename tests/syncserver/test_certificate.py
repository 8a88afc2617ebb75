"""The office's next certificate: made, said, and shown from the next start on, wherever that is cut."""

import contextlib
import os
import signal

import pytest

import common.locked
from syncserver.ingest.intake import Intake
from syncserver.office import certificate, keysafe
from syncserver.office.certificate import certificates, renew_certificate, use_certificate
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.office.utility import utility_of
from tests.syncserver.conftest import UTILITY


def shows(office):
    """The pin of the certificate that the server would show, with its key."""
    office.folder.tls_context()
    return certificates(office).shown.pin


def test_the_next_one_is_said_to_tills_and_used_when_it_is_said_to_be(office):
    before = certificates(office)
    assert (before.following, before.unheard) == (None, [])
    after = renew_certificate(office, ["office.example", "10.0.0.7"])
    assert after.shown == before.shown
    assert after.following is not None
    assert {"office.example", "10.0.0.7"} <= set(after.following.hosts)
    with office.store.read() as reading:
        said = utility_of(reading)
    assert (said.next_pin, said.name) == (after.following.pin, "测试电力 Test Power")
    assert use_certificate(office, anyway=False) == after.following
    assert shows(office) == after.following.pin
    assert use_certificate(office, anyway=False) == after.following  # said again, it is in use already


def test_without_a_next_one_there_is_nothing_to_use(office):
    with pytest.raises(OfficeError, match="no next certificate"):
        use_certificate(office, anyway=True)


def test_renewed_twice_the_later_one_is_the_next(office):
    first = renew_certificate(office, []).following
    second = renew_certificate(office, []).following
    assert second is not None
    assert second != first
    assert use_certificate(office, anyway=False) == second


def test_the_key_stays_behind_the_lock(office, monkeypatch):
    monkeypatch.setattr(keysafe, "_known", {})
    office.folder.lock("correct horse battery")
    following = renew_certificate(office, []).following
    use_certificate(office, anyway=False)
    assert following is not None
    assert shows(office) == following.pin
    assert {path.name for path in (office.folder.path / "keys").iterdir()} == {"keys.locked", "tls.pem"}


def killed_at(step, act):
    """Do something in a process of its own, which is killed before its nth change of a file or of the journal. Whether
    it came that far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = iter(range(step))

    def counted(change):
        def changes(*args, **settings):
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*args, **settings)

        return changes

    os.replace, os.unlink, Intake.say = counted(os.replace), counted(os.unlink), counted(Intake.say)
    with contextlib.suppress(BaseException):
        act()
        os._exit(0)
    os._exit(1)


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
def test_a_second_renewal_killed_at_any_step_is_finished_by_the_same_command(locked, tmp_path, clock, monkeypatch):
    monkeypatch.setattr(keysafe, "_known", {})
    folder = OfficeFolder(tmp_path / "office")

    def acts(act):
        """Open the office, as every command and every start of the server does, and act; whether the server can show
        its certificate then."""
        opened = Office.open(folder, clock)
        try:
            return act(opened), shows(opened)
        finally:
            opened.close()

    def renew(opened):
        return renew_certificate(opened, []).following.pin

    def use(opened):
        return use_certificate(opened, anyway=False).pin

    Office.create(folder, UTILITY, [], clock).close()
    if locked:
        monkeypatch.setattr(common.locked, "_COST", 2**10)
        folder.lock("correct horse battery")
    acts(renew)
    (before, _), steps = acts(use), 0
    while killed_at(steps, lambda: acts(renew)):
        assert acts(certificates)[1] == before
        steps += 1
    assert steps > 2
    following, _ = acts(renew)
    steps = 0
    while killed_at(steps, lambda: acts(use)):
        found, shown = acts(certificates)
        assert shown in (before, following)
        assert (found.following is None) == (shown == following)
        assert acts(use) == (following, following)
        before, (following, _), steps = following, acts(renew), steps + 1  # and the one after it, killed a step later
    assert steps > 1
    assert acts(use) == (following, following)


def test_locked_between_renewal_and_use_the_next_key_is_behind_the_lock_too(office, monkeypatch):
    monkeypatch.setattr(keysafe, "_known", {})
    monkeypatch.setattr(common.locked, "_COST", 2**10)
    following = renew_certificate(office, []).following
    office.folder.lock("correct horse battery")
    assert not office.folder.next_tls_key.exists()
    assert use_certificate(office, anyway=False) == following
    assert shows(office) == following.pin


def test_one_that_was_made_and_never_said_is_not_used(office):
    renew_certificate(office, [])
    # Cut between making another and saying it: what tills heard is not what lies there.
    certificate.write_certificate(office.folder.next_tls_key, office.folder.next_tls_certificate, [], office.clock())
    with pytest.raises(OfficeError, match="no next certificate"):
        use_certificate(office, anyway=True)
