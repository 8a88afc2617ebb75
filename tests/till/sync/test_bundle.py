"""Sync on sticks: they bring what a line brings, whatever happens to them on the way."""

import io
import os
import subprocess

import pytest

from common.bundle.sealed import open_bundle
from common.sealing import box_hex, new_box
from syncserver.office.errors import OfficeError
from syncserver.office.leases import LeaseTerms, set_terms
from tests.till.branch import Clock
from tests.till.sync.sticks import Far, Post, carry
from till.journal.fork import FORK, Fork
from till.store.rebuild import rebuild
from till.sync.bundle.export import export_bundle
from till.sync.bundle.stick import bundles_in, write_whole
from till.sync.errors import BundleRefused, BundleSaysForked, NoBundleThere, NoOfficeBox, StickFailed
from till.sync.restored import is_restored, note_past_unknown


@pytest.fixture
def post(tmp_path):
    made = Post(tmp_path, Clock())
    yield made
    made.central.stop()


@pytest.fixture
def till(tmp_path, post):
    made = Far(tmp_path, post, "hill")
    yield made
    made.store.close()


@pytest.fixture
def stick(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def held(post, till):
    with post.office.store.read() as reading:
        return reading.latest_writer(till.till).head


def test_a_messenger_brings_what_a_line_brings(tmp_path, post, till, stick):
    other = Far(tmp_path, post, "other")
    till.open_account("A1")
    other.open_account("B1")
    post.take(carry_out(other, stick))
    report = carry(post, till, stick)
    assert held(post, till) == till.journal.head
    assert (report.acknowledged, report.waiting, report.stale) == (till.journal.head.seq, 0, False)
    assert till.accounts() == {"A1", "B1"}
    assert carry(post, other, stick).waiting == 0
    assert other.accounts() == {"A1", "B1"}
    for each in (till, other):
        assert rebuild(each.store, check=True, progress=lambda _: None) == []
    other.store.close()


def carry_out(till, stick):
    till.export(stick)
    return stick / f"{till.till}-to-office.kilotill"


def test_the_lease_is_renewed_on_the_stick(post, till, stick):
    with post.office.change() as intake:
        set_terms(intake, till.till, LeaseTerms(seconds=1_000), post.clock())
    carry(post, till, stick)
    before = till.store.allowance().lease
    post.clock.now = before.until
    carry(post, till, stick)
    assert till.store.allowance().lease.until > post.clock.now
    assert till.store.allowance().use.granted_at >= before.until


def test_a_till_on_an_empty_disk_hears_its_past_from_a_stick(tmp_path, post, till, stick):
    till.open_account("A1")
    carry(post, till, stick)
    new = Far(tmp_path, post, "new", synced=False, again=till.till)
    note_past_unknown(new.store)
    given = post.give(new.till, stick)
    cut = tmp_path / "cut.kilotill"
    cut.write_bytes(given.read_bytes()[:-100])
    with pytest.raises(BundleRefused):
        new.take(cut)
    assert is_restored(new.store)
    new.take(given)
    assert not is_restored(new.store)
    assert new.accounts() == {"A1"}
    new.store.close()


def test_a_stick_again_and_an_older_one_change_nothing(post, till, stick):
    till.open_account("A1")
    out_1 = kept(carry_out(till, stick), "out-1")
    post.take(out_1)
    in_1 = kept(post.give(till.till, stick), "in-1")
    till.open_account("A2")
    report = carry(post, till, stick)
    assert report.acknowledged == till.journal.head.seq
    state = dump(till)
    for _ in range(2):
        again = till.take(in_1)
        assert (again.received, again.acknowledged, again.waiting) == (0, till.journal.head.seq, 0)
        assert dump(till) == state
        taken = post.take(out_1)
        assert (taken.new, taken.late, taken.head) == (0, True, till.journal.head.seq)


def kept(path, name):
    copy = path.with_name(f"{name}.kilotill")
    copy.write_bytes(path.read_bytes())
    return copy


def dump(till):
    rows = till.store.database.execute("SELECT name, value FROM setting ORDER BY name").fetchall()
    return rows, [signed.hash for signed in till.store.everything()]


def test_lost_sticks_cost_nothing(post, till, stick):
    for number in range(3):
        till.open_account(f"A{number}")
        carry_out(till, stick)
        post.give(till.till, stick)
    assert carry(post, till, stick).waiting == 0
    assert held(post, till) == till.journal.head


def test_a_lost_stick_tells_nothing(post, till, stick):
    """Neither names nor numbers, nor keys, nor the till's name; compressed it stays as long, as noise does."""
    till.open_account("A-SECRET-1")
    content = carry_out(till, stick).read_bytes()
    post.take(carry_out(till, stick))
    feed = post.give(till.till, stick).read_bytes()
    for bundle in (content, feed):
        told = [b"A-SECRET-1", "李四".encode(), till.till.encode(), b"account", b"writer", b"hill", b"key"]
        assert not [word for word in told if word in bundle]
    packed = subprocess.run(["gzip", "-9"], input=content, capture_output=True, check=True).stdout
    assert len(packed) > len(content) * 0.98
    with pytest.raises(ValueError, match="not_for_us"):
        list(open_bundle(new_box(), io.BytesIO(content).read))


@pytest.mark.parametrize(
    "damage", ["cut", "one byte less", "one bit", "in the head", "longer", "empty", "another file"]
)
def test_a_damaged_stick_is_refused_and_nothing_is_half_done(post, till, stick, damage):
    till.open_account("A1")
    for number in range(400):
        till.open_account(f"N{number:04}")
    out = carry_out(till, stick)
    assert out.stat().st_size > 2 * 64 * 1024
    before = held(post, till)
    whole = out.read_bytes()
    out.write_bytes(harmed(whole, damage))
    with pytest.raises(OfficeError, match="not taken"):
        post.take(out)
    assert held(post, till) == before
    out.write_bytes(whole)
    post.take(out)
    back = post.give(till.till, stick)
    back.write_bytes(harmed(back.read_bytes(), damage))
    state = dump(till)
    with pytest.raises(BundleRefused) as refused:
        till.take(back)
    assert refused.value.reason in ("bundle_damaged", "not_bundle", "not_for_us")
    assert dump(till) == state


def harmed(whole, damage):
    return {
        "cut": whole[: len(whole) // 2],
        "one byte less": whole[:-1],
        "one bit": whole[:-500] + bytes([whole[-500] ^ 4]) + whole[-499:],
        "in the head": whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
        "longer": whole + b"x",
        "empty": b"",
        "another file": b"PK\3\4" + whole,
    }[damage]


def test_a_cut_between_two_chunks_is_seen(post, till, stick):
    for number in range(400):
        till.open_account(f"N{number:04}")
    out = carry_out(till, stick)
    out.write_bytes(out.read_bytes()[: 20 + 80 + 2 * (64 * 1024 + 16)])
    with pytest.raises(OfficeError, match="cut short"):
        post.take(out)


def test_sticks_are_for_one_receiver_and_of_one_writer(tmp_path, post, till, stick):
    other = Far(tmp_path, post, "other")
    strangers = Post(tmp_path / "strangers", Clock())
    out = carry_out(till, stick)
    with pytest.raises(OfficeError, match="sealed to another"):
        strangers.take(out)
    with pytest.raises(BundleRefused, match="not_for_us"):
        other.take(post.give(till.till, stick))
    # The till's own: sealed to the office.
    with pytest.raises(BundleRefused, match="not_for_us"):
        till.take(out)
    # Another who knows the office's public key cannot speak for the till: here another till's key signs.
    till.open_account("A1")
    export_bundle(till.store, till.journal, other.keys.signing, stick / "forged.kilotill", post.clock())
    with pytest.raises(OfficeError, match="not signed"):
        post.take(stick / "forged.kilotill")
    # And nobody but the office for the office.
    post.office.keys = type(post.office.keys)(other.keys.signing, bytes(32), b"", post.keys.box)
    with pytest.raises(BundleRefused, match="not_signed"):
        till.take(post.give(till.till, stick))
    other.store.close()
    strangers.central.stop()


def test_an_office_from_before_bundles_gets_a_key_and_says_it(post, till, stick):
    assert till.store.utility().box == box_hex(post.keys.box)
    with till.store.transaction():
        utility = till.store.utility()
        till.store.set_setting("utility", type(utility)(name="x", currency="CNY", digits=2, zone="UTC"))
    with pytest.raises(NoOfficeBox):
        till.export(stick)
    assert list(stick.iterdir()) == []


def test_an_office_that_was_restored_gets_back_what_it_lost(tmp_path, post, till, stick):
    """The office of before the till was enrolled knows it again from its stick."""
    other = Far(tmp_path, post, "other")
    other.open_account("B1")
    other.sync()
    post.central.back_up()
    late = Far(tmp_path, post, "late")
    late.open_account("L1")
    for each in (till, late, other):
        carry(post, each, stick)
    till.open_account("A1")
    carry(post, till, stick)
    carry(post, late, stick)
    assert {"A1", "B1", "L1"} <= late.accounts() | till.accounts()
    post.central.restore()
    with post.office.store.read() as reading:
        assert reading.latest_writer(late.till) is None
    post.take(carry_out(late, stick))
    lost = till.journal.head.seq
    reports = [carry(post, each, stick) for each in (late, till, other)]
    assert [report.restored for report in reports][:2] == [True, True]
    for _ in range(3):
        for each in (late, till, other):
            report = carry(post, each, stick)
    assert report.waiting == 0
    for each in (late, till, other):
        assert held(post, each) == each.journal.head
        assert each.accounts() == {"A1", "B1", "L1"}
    assert till.journal.head.seq >= lost
    late.store.close()
    other.store.close()


def test_a_till_put_back_to_an_older_image_is_told(post, till, stick):
    carry(post, till, stick)
    with till.before():
        till.open_account("A1")
        till.open_account("A2")
        post.take(carry_out(till, stick))
    office = held(post, till)
    till.open_account("B1")
    with pytest.raises(BundleSaysForked):
        till.take(post.give(till.till, stick))
    assert till.store.setting(FORK, Fork).office == office.seq
    # What it sold on its own reaches the office all the same.
    taken = post.take(carry_out(till, stick))
    assert taken.stopped is not None
    with post.office.store.read() as reading:
        assert {"A1", "A2", "B1"} <= {row.number for row in reading.all_accounts()}
    with pytest.raises(BundleSaysForked):
        till.take(post.give(till.till, stick))
    assert till.store.setting(FORK, Fork).common < office.seq


def test_a_stick_that_goes_on_too_far_ahead_is_refused(post, till, stick):
    """The till is put back after it told where it was: what is between must not be missed."""
    with till.before():
        for _ in range(3):
            carry(post, till, stick)
        far = kept(post.give(till.till, stick), "far")
    position = till.store.feed_position()
    try:
        till.take(far)
    except BundleRefused as refused:
        assert refused.reason == "gap"
        assert till.store.feed_position() == position
    for _ in range(8):
        post.take(carry_out(till, stick))
    report = till.take(post.give(till.till, stick))
    assert report.waiting == 0


def test_files_are_there_whole_or_not_at_all(tmp_path, stick):
    path = stick / "x.kilotill"
    path.write_bytes(b"before")

    def pieces():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(StickFailed, match="No space"):
        write_whole(path, pieces())
    assert path.read_bytes() == b"before"
    assert [file.name for file in stick.iterdir()] == ["x.kilotill"]
    with pytest.raises(NoBundleThere):
        bundles_in(stick / "gone")
    with pytest.raises(NoBundleThere):
        bundles_in(tmp_path / "stick" / "y.kilotill")
    assert bundles_in(stick) == [path]
    assert os.listdir(stick)
