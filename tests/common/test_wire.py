"""Messages between tills and the office."""

from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from common.chain import Head, append
from common.clock import ZERO
from common.entries import AccountFrozen, BadEntry
from common.wire import EnrolRequest, FeedItem, JournalReply, Problem, read_feed_line

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
SIGNED = append(
    Ed25519PrivateKey.generate(),
    Head.empty("till-0001", 1),
    AccountFrozen(account="A1", reason="迁出", clerk="wang"),
    at=AT,
    hlc=ZERO,
)


@given(st.integers(0, 10**16 - 1))
def test_a_feed_line_reads_back(position: int) -> None:
    item = FeedItem(position, SIGNED)
    assert item.line == f"{position} ".encode() + SIGNED.line
    for line in (item.line, item.line.removesuffix(b"\n")):
        read = read_feed_line(line)
        assert (read.position, read.signed.raw, read.line) == (position, SIGNED.raw, item.line)


NO_FEED_LINES = [
    b"",
    b"1",
    b"1 ",
    b" " + SIGNED.line,
    b"-1 " + SIGNED.line,
    b"+1 " + SIGNED.line,
    b"1.0 " + SIGNED.line,
    b"x " + SIGNED.line,
    b"1  " + SIGNED.line,
    b"12345678901234567 " + SIGNED.line,
    "１ ".encode() + SIGNED.line,
    SIGNED.line,
    b"1 " + SIGNED.line[:-2],
    b"1 " + SIGNED.line + SIGNED.line,
]


@pytest.mark.parametrize("line", NO_FEED_LINES, ids=range(len(NO_FEED_LINES)))
def test_what_is_no_feed_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadEntry):
        read_feed_line(line)


@pytest.mark.parametrize(
    "member",
    [{"key": "0" * 63}, {"key": "G" * 64}, {"box": "0" * 64 + "\n"}, {"code": "0" * 201}, {"version": "1" * 201}],
)
def test_an_enrolment_with_wrong_members_is_refused(member: dict[str, str]) -> None:
    good = {"code": "0000", "key": "0" * 64, "box": "f" * 64, "version": "0.1.0"}
    assert msgspec.convert(good, EnrolRequest).key == "0" * 64
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(good | member, EnrolRequest)


def test_replies_read_back() -> None:
    for reply in (
        JournalReply(head=SIGNED.head, now=AT),
        Problem(error="fork", message="…", head=SIGNED.head, seq=7),
        Problem(error="revoked", message="…"),
    ):
        assert msgspec.json.decode(msgspec.json.encode(reply), type=type(reply)) == reply
