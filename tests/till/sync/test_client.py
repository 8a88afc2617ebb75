"""A till's sync with a real office, and with whoever else may answer: nothing is lost, nothing is half done."""

import json
import select
import shutil
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from common.clerks import Role
from common.enrolment import BadCode, make_code
from syncserver.office import grants
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.store import WriterState
from tests.till.branch import ZHEJIANG, freeze
from tests.till.sync.conftest import pretending, serving
from till.journal.fork import FORK, Fork
from till.journal.keys import create_keys, load_keys
from till.journal.writer import Journal
from till.operations.accounts import open_account
from till.operations.desk import Desk
from till.store import Store
from till.sync.client import OfficeClient, run_sync
from till.sync.enrol import enrol
from till.sync.errors import JournalForked, OfficeNonsense, OfficeUnreachable, SyncError, WrongOffice

SERIAL = "6201000000000001"


def code_of(office, secret=b"0123456789", branch="hill"):
    made = make_code(secret, office.keys.certificate)
    with office.store.write() as writing:
        expires = office.clock() + timedelta(days=1)
        grants.add_code(writing, made.secret, branch=branch, name="counter", expires=expires)
    return made.text


class Till:
    """A till that is enrolled, without a reader."""

    def __init__(self, folder, office, url, secret=b"0123456789"):
        self.clock = office.clock
        create_keys(folder / "keys")
        self.keys = load_keys(folder / "keys")
        welcome = enrol(url, code_of(office, secret), self.keys, "test")
        self.reply = welcome.reply
        self.store = Store.open(folder / "till.db")
        self.store.trust(self.reply.office, 1, self.reply.office_key)
        self.journal = Journal(self.store, self.keys, self.reply.till, self.reply.epoch, self.clock, None)
        self.journal.open_first(self.reply.branch, "test")
        self.client = OfficeClient(url, welcome.pin, self.reply.till, self.keys.signing, self.clock)

    @property
    def desk(self):
        return Desk(
            till=self.reply.till,
            clerk="wang",
            roles=[Role.CLERK],
            store=self.store,
            journal=self.journal,
            keys=self.keys,
            now=self.clock,
        )

    def open_account(self, number="A1", meter="M1"):
        open_account(self.desk, number=number, name="李四", meter=meter, tariff_class="residential", limit=3_000_000)

    def sync(self, url=None):
        return run_sync(self.store, self.journal, self.client if url is None else replace(self.client, url=url))


@pytest.fixture
def till(tmp_path, office):
    with serving(office) as url:
        made = Till(tmp_path / "till", office, url)
        made.sync()
    yield made
    made.store.close()


def http(status, body, *headers):
    rows = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(rows).encode() + body


NOW = json.dumps({"product": "kilotill", "version": "1", "protocol": 1, "now": "2026-11-23T01:00:00Z"}).encode()


def test_what_one_till_wrote_the_other_has_after_both_synced(tmp_path, office):
    with serving(office) as url:
        with office.change() as intake:
            grants.publish_tariff(intake, ZHEJIANG)
            grants.allot_cards(intake, office.keys.card_master, "hill", [SERIAL])
        first, second = (Till(tmp_path / name, office, url, name.encode()) for name in ("first-till", "other-till"))
        first.open_account()
        report = first.sync()
        assert (report.sent, report.head) == (2, first.journal.head)
        second.sync()
        assert second.store.account("A1") == first.store.account("A1")
        assert first.sync().sent == 0
        assert first.sync().received == 0
        freeze(second.desk, "A1", "moved away")
        second.sync()
        first.sync()
        facts = first.store.account("A1")
        assert facts is not None
        assert facts.frozen is not None
        for till in (first, second):
            till.journal.verify(lambda _: None)
            till.store.close()


def test_an_office_that_does_not_answer_costs_nothing(till):
    till.open_account()
    with pytest.raises(OfficeUnreachable) as failed:
        till.sync()
    assert failed.value.reason == "Connection refused"
    assert till.journal.head.seq == 2
    assert till.store.acked() == 1


def test_the_line_cut_at_any_request_and_at_any_byte_of_an_answer_is_made_good_by_the_next_sync(till, office):
    """Somebody sits between and cuts: the office may have taken what the till thinks it has not."""
    with serving(office) as url:
        real = int(url.rsplit(":", 1)[1])
        for number, cut in enumerate((0, 1, 20, 100, 200, 300, 500, 700, 1_000, 1_500, 2_500)):
            till.open_account(f"A{number}", f"M{number}")
            with cutting(real, cut) as through, suppress(SyncError):
                till.sync(f"https://127.0.0.1:{through}")
            till.sync(url)
            assert till.store.acked() == till.journal.head.seq == number + 2
        till.journal.verify(lambda _: None)
    with office.store.read() as reading:
        held = b"".join(stored.line for stored in reading.entries(till.reply.till, 1))
    assert held == b"".join(signed.line for signed in till.store.entries(till.reply.till, 1))


class cutting:  # used as a verb
    """A relay that passes so many bytes of the office's and then cuts the line."""

    def __init__(self, port, allowed):
        self._port, self._allowed = port, allowed
        self._server = socket.create_server(("127.0.0.1", 0))

    def __enter__(self):
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()
        return self._server.getsockname()[1]

    def __exit__(self, *_):
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the accept
        self._server.close()
        self._thread.join(10)

    def _relay(self):
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                left = self._allowed
                with near, far:
                    while True:
                        ready, _, _ = select.select([near, far], [], [], 5)
                        if near in ready:
                            data = near.recv(65536)
                            if not data:
                                break
                            far.sendall(data)
                        if far in ready:
                            data = far.recv(65536)
                            near.sendall(data[:left])
                            left -= len(data)
                            if not data or left <= 0:
                                break


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01\x02\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        http(200, b""),
        http(200, b"<html>Please log in to the hotel's network</html>"),
        http(200, b'{"product":"kilotill"}'),
        http(200, b"\xff\xfe\xfd"),
        http(200, b"[" * 100_000),
        http(302, b"", "Location: https://127.0.0.1:1/"),
        http(404, b"not here"),
        http(500, b'{"error":1}'),
        http(200, NOW)[:-10],
        b"HTTP/1.1 200 X\r\nContent-Length: 1000000\r\n\r\n{",
        b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nxxxxx",
    ],
)
def test_nonsense_is_said_to_be_nonsense_and_changes_nothing(till, office, answer):
    till.open_account()
    with pretending(office.folder, lambda _: answer) as url, pytest.raises((OfficeNonsense, OfficeUnreachable)):
        till.sync(url)
    assert (till.journal.head.seq, till.store.acked()) == (2, 1)
    till.open_account("A2", "M2")
    with serving(office) as url:
        assert till.sync(url).sent == 2


def head(till, **changed):
    own = {"writer": till.reply.till, "epoch": 1, "seq": 1, "hash": till.store.entry_hash(till.reply.till, 1, 1)}
    return json.dumps({"head": own | changed, "now": "2026-11-23T01:00:00Z"}).encode()


@pytest.mark.parametrize(
    "changed",
    [{"writer": "till-0099"}, {"epoch": 2}, {"seq": -1}],
)
def test_an_office_that_claims_what_cannot_be_is_not_believed(till, office, changed):
    """Above all it must not make the till think that its entries are safe when they are not."""
    till.open_account()

    def answers(request):
        return http(200, NOW if "version" in request else head(till, **changed))

    with pretending(office.folder, answers) as url, pytest.raises(OfficeNonsense):
        till.sync(url)
    assert till.store.acked() == 1


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b"1 x\n", "1"),
        (b"x", "1"),
        (b"1 " + b"0" * 128 + b" {}\n", "1"),
        (b"", ""),
        (b"", "x"),
        (b"", "99999999999999999999"),
        (b"\xff\n", "5"),
    ],
)
def test_a_feed_of_nonsense_is_refused_whole(till, office, body, position):
    def answers(request):
        if "version" in request:
            return http(200, NOW)
        return http(200, body, f"Kilotill-Position: {position}") if "feed" in request else http(200, head(till))

    before = till.store.feed_position()
    with pretending(office.folder, answers) as url, pytest.raises(OfficeNonsense):
        till.sync(url)
    assert till.store.feed_position() == before


def test_a_till_that_the_office_stopped_is_told_that_it_must_be_enrolled_again(till, office):
    with office.store.write() as writing:
        writing.set_state(till.reply.till, 1, WriterState.STOPPED, "its disk was restored")
    till.open_account()
    with serving(office) as url, pytest.raises(JournalForked) as refused:
        till.sync(url)
    assert (refused.value.seq, refused.value.office_seq) == (1, 1)
    assert till.store.setting(FORK, Fork) == Fork(common=1, office=1)


def test_a_server_with_another_certificate_hears_nothing(till, tmp_path, clock):
    other = OfficeFolder(tmp_path / "other")
    other.create([], clock())
    asked = []

    def answers(request):
        asked.append(request)
        return http(200, NOW)

    with pretending(other, answers) as url, pytest.raises(WrongOffice):
        till.sync(url)
    assert asked == []


def test_a_code_names_its_office_so_that_nobody_can_pose_as_it(tmp_path, office, clock):
    other = OfficeFolder(tmp_path / "other")
    other.create([], clock())
    create_keys(tmp_path / "keys")
    asked = []

    def answers(request):
        asked.append(request)
        return http(200, b"{}")

    with pretending(other, answers) as url, pytest.raises(WrongOffice):
        enrol(url, code_of(office), load_keys(tmp_path / "keys"), "test")
    assert asked == []


def test_a_mistyped_code_is_found_before_anything_is_sent(tmp_path):
    create_keys(tmp_path / "keys")
    with pytest.raises(BadCode):
        enrol("https://127.0.0.1:1", "ABCD", load_keys(tmp_path / "keys"), "test")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1", "", "https://", "https://127.0.0.1:1", "ftp://x"])
def test_an_address_that_leads_nowhere_is_said_so(tmp_path, office, url):
    create_keys(tmp_path / "keys")
    with pytest.raises(OfficeUnreachable):
        enrol(url, code_of(office), load_keys(tmp_path / "keys"), "test")


def test_something_that_speaks_no_tls_is_not_reached(till):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen()

        def slam():
            near, _ = silent.accept()
            near.sendall(b"220 mail ready\r\n")
            near.close()

        thread = threading.Thread(target=slam, daemon=True)
        thread.start()
        with pytest.raises(OfficeUnreachable):
            till.sync(f"https://127.0.0.1:{silent.getsockname()[1]}")
        thread.join(5)


def test_an_office_restored_from_an_older_backup_gets_the_entries_again(tmp_path, office, clock):
    with serving(office) as url:
        till = Till(tmp_path / "till", office, url)
        till.sync()
        office.close()
    shutil.copytree(office.folder.path, tmp_path / "backup")
    with serving(again := Office.open(office.folder, clock)) as url:
        till.open_account()
        till.sync(url)
        again.close()
    shutil.rmtree(office.folder.path)
    shutil.copytree(tmp_path / "backup", office.folder.path)
    restored = Office.open(office.folder, clock)
    with serving(restored) as url:
        assert till.sync(url).sent == 1
        with restored.store.read() as reading:
            assert reading.accounts(["A1"]).keys() == {"A1"}
    restored.close()
    till.store.close()


def test_the_office_reads_in_the_journal_how_far_a_tills_clock_is_off(tmp_path, office):
    with serving(office) as url:
        till = Till(tmp_path / "till", office, url)
        till.sync()
        own = (till.journal.head.writer, till.journal.head.epoch)
        assert compared(office, own[0]) == []
        ahead = replace(till.client, clock=lambda: office.clock() + timedelta(seconds=90))
        for _ in range(2):
            assert abs(run_sync(till.store, till.journal, ahead).offset_ms - 90_000) < 1_000
        (offset,) = compared(office, own[0])
        assert abs(offset - 90_000) < 1_000
        till.store.close()


def compared(office, till):
    with office.store.read() as reading:
        return [found.signed.entry.body.offset_ms for found in reading.of_type(till, "clock.compared")]
