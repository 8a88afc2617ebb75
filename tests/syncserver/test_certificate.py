"""The office's next certificate: made, said, and shown from the next start on, wherever that is cut."""

import ssl
from types import SimpleNamespace

import pytest

from syncserver.office import certificate, keysafe
from syncserver.office.certificate import certificates, renew_certificate, use_certificate
from syncserver.office.errors import OfficeError
from syncserver.office.utility import utility_of


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


def test_cut_in_the_middle_it_is_finished_by_the_same_command(office, monkeypatch):
    following = renew_certificate(office, []).following
    assert following is not None

    def power_cut(*_):
        raise SystemExit

    with monkeypatch.context() as cut:
        cut.setattr(certificate, "os", SimpleNamespace(replace=power_cut))
        with pytest.raises(SystemExit):
            use_certificate(office, anyway=False)
    with pytest.raises((OfficeError, ssl.SSLError)):
        office.folder.tls_context()
    use_certificate(office, anyway=False)
    assert shows(office) == following.pin


def test_one_that_was_made_and_never_said_is_not_used(office):
    renew_certificate(office, [])
    # Cut between making another and saying it: what tills heard is not what lies there.
    certificate.write_certificate(office.folder.next_tls_key, office.folder.next_tls_certificate, [], office.clock())
    with pytest.raises(OfficeError, match="no next certificate"):
        use_certificate(office, anyway=True)
