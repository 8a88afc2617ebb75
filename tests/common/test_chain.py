"""The chain: whatever is done to a journal that was written, its reader finds it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.chain import (
    DOMAIN,
    GENESIS,
    ChainError,
    Head,
    SignedEntry,
    append,
    digest,
    follow,
    public_hex,
    public_key,
    read_line,
    signature_holds,
    signed_bytes,
)
from common.clock import ZERO, tick, wall_ms
from common.entries import AccountFrozen, AnyBody, BadEntry, ClockStepped, JournalOpened, Unknown

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TILL = "till-0001"
OPENED = JournalOpened(kind="till", key=public_hex(KEY), branch="城西", version="0.1.0")


def journal(bodies: Iterable[AnyBody], *, key: Ed25519PrivateKey = KEY, epoch: int = 1) -> list[SignedEntry]:
    """What the till writes: its opening and these bodies."""
    head, hlc, written = Head.empty(TILL, epoch), ZERO, []
    for minute, body in enumerate([OPENED, *bodies]):
        at = START + timedelta(minutes=minute)
        hlc = tick(hlc, wall_ms(at))
        written.append(append(key, head, body, at=at, hlc=hlc))
        head = written[-1].head
    return written


def frozen(number: int) -> AccountFrozen:
    return AccountFrozen(account=f"A{number}", reason="迁出", clerk="wang")


JOURNAL = journal([frozen(1), ClockStepped(by_ms=-600_001), frozen(2), frozen(3)])
LINES = b"".join(signed.line for signed in JOURNAL)
EMPTY = Head.empty(TILL, 1)


def audit(text: bytes) -> Head:
    """What anybody does with an exported journal; raises when anything is wrong with it."""
    head = EMPTY
    key = public_key(public_hex(KEY))
    lines = text.splitlines(keepends=True)
    for signed in follow(EMPTY, (read_line(line) for line in lines)):
        if not signature_holds(key, signed):
            raise ChainError(TILL, signed.entry.seq, "signature")
        head = signed.head
    return head


def finds(text: bytes, *, acknowledged: Head = JOURNAL[-1].head) -> bool:
    """Whether the audit, or comparing its head with the one acknowledged, shows that this is not the journal."""
    try:
        return audit(text) != acknowledged
    except (BadEntry, ChainError):
        return True


def test_what_was_written_is_read_back() -> None:
    assert audit(LINES) == JOURNAL[-1].head
    for signed in JOURNAL:
        for line in (signed.line, signed.line.removesuffix(b"\n")):
            read = read_line(line)
            assert (read.line, read.raw, read.head) == (signed.line, signed.raw, signed.head)
            assert (read.signature, read.entry.body) == (signed.signature, signed.entry.body)


def test_each_entry_names_the_one_before() -> None:
    assert JOURNAL[0].entry.prev == GENESIS
    assert [signed.entry.seq for signed in JOURNAL] == [1, 2, 3, 4, 5]
    for before, after in pairwise(JOURNAL):
        assert after.entry.prev == before.hash == digest(before.raw)


def test_a_line_is_a_signature_and_an_entry() -> None:
    signature, _, raw = JOURNAL[1].line.partition(b" ")
    KEY.public_key().verify(bytes.fromhex(signature.decode()), DOMAIN + digest(raw.rstrip()).encode())
    assert raw == JOURNAL[1].raw + b"\n"


def test_every_flipped_bit_is_found() -> None:
    """Every bit of two entries, newlines too."""
    two = JOURNAL[0].line + JOURNAL[1].line
    assert not finds(two, acknowledged=JOURNAL[1].head)
    for place in range(len(two)):
        for bit in range(8):
            altered = bytearray(two)
            altered[place] ^= 1 << bit
            assert finds(bytes(altered), acknowledged=JOURNAL[1].head), f"bit {bit} of byte {place}"


@settings(max_examples=300)
@given(st.integers(0, len(LINES) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_every_alteration_is_found(place: int, put: bytes, removed: int) -> None:
    altered = LINES[:place] + put + LINES[place + removed :]
    # A last line whose newline is missing says the same.
    assert altered in (LINES, LINES[:-1]) or finds(altered)


@given(st.integers(0, len(LINES) - 1))
def test_a_journal_cut_anywhere_is_found(length: int) -> None:
    assert length == len(LINES) - 1 or finds(LINES[:length])


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=2), st.sets(st.integers(0, 4), max_size=2))
def test_entries_removed_repeated_or_moved_are_found(order: list[int], again: list[int], without: set[int]) -> None:
    places = [place for place in order if place not in without] + again
    if places == [0, 1, 2, 3, 4]:
        return
    assert finds(b"".join(JOURNAL[place].line for place in places))


@pytest.mark.parametrize("missing", range(5))
def test_the_first_missing_entry_is_named(missing: int) -> None:
    kept = [signed for place, signed in enumerate(JOURNAL) if place != missing]
    if missing == 4:
        assert list(follow(EMPTY, kept))[-1].head != JOURNAL[-1].head
        return
    with pytest.raises(ChainError) as found:
        list(follow(EMPTY, kept))
    assert (found.value.writer, found.value.seq) == (TILL, missing + 1)
    assert "missing" in found.value.reason


def test_an_entry_put_in_between_is_found() -> None:
    head = JOURNAL[1].head
    forged = append(KEY, head, frozen(9), at=START, hlc=ZERO)
    with pytest.raises(ChainError) as found:
        list(follow(EMPTY, [*JOURNAL[:2], forged, *JOURNAL[2:]]))
    assert found.value.seq == 4
    with pytest.raises(ChainError, match="does not follow"):
        list(follow(EMPTY, [*JOURNAL[:2], forged, *JOURNAL[3:]]))


def test_good_entries_are_passed_on_until_the_bad_one() -> None:
    passed = []
    with pytest.raises(ChainError):
        for signed in follow(EMPTY, [*JOURNAL[:3], JOURNAL[4]]):
            passed.append(signed)
    assert passed == JOURNAL[:3]


def test_a_journal_goes_on_from_any_head() -> None:
    assert list(follow(JOURNAL[1].head, JOURNAL[2:])) == JOURNAL[2:]
    with pytest.raises(ChainError):
        list(follow(JOURNAL[1].head, JOURNAL[3:]))


def test_a_forged_head_is_found() -> None:
    head = msgspec.structs.replace(JOURNAL[1].head, hash="f" * 64)
    with pytest.raises(ChainError, match="does not follow"):
        list(follow(head, JOURNAL[2:]))


def test_another_writers_or_epochs_entries_do_not_follow() -> None:
    for head in (Head.empty("till-0002", 1), Head.empty(TILL, 2)):
        with pytest.raises(ChainError, match="written by till-0001, epoch 1"):
            list(follow(head, JOURNAL))


def test_another_keys_signature_does_not_hold() -> None:
    other = Ed25519PrivateKey.generate()
    forged = journal([frozen(1)], key=other)
    assert list(follow(EMPTY, forged)) == forged
    assert not any(signature_holds(KEY.public_key(), signed) for signed in forged)
    assert all(signature_holds(other.public_key(), signed) for signed in forged)


def test_a_signature_of_something_else_does_not_hold() -> None:
    signed = JOURNAL[1]
    for said in (signed.raw, signed.hash.encode(), DOMAIN + bytes.fromhex(signed.hash), signed_bytes(GENESIS)):
        forged = SignedEntry(signed.entry, signed.raw, signed.hash, KEY.sign(said))
        assert not signature_holds(KEY.public_key(), forged)


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_does_not_hold(size: int) -> None:
    signed = JOURNAL[1]
    forged = SignedEntry(signed.entry, signed.raw, signed.hash, bytes(size))
    assert not signature_holds(KEY.public_key(), forged)


LINE = JOURNAL[1].line


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        LINE[:128],
        LINE[1:],
        b"0" + LINE,
        b" " + LINE,
        LINE[:128].upper() + LINE[128:],
        b"x" * 128 + LINE[128:],
        b"\t" * 128 + LINE[128:],
        b"\xff" * 128 + LINE[128:],
        LINE[:128] + b"\t" + LINE[129:],
        LINE[:128] + b" " + LINE[128:],
        LINE + b"\n",
        LINE[:-1] + b"\r\n",
        LINE + LINE,
        LINE[:129],
    ],
)
def test_what_is_no_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadEntry):
        read_line(line)


def test_an_entry_of_an_unknown_type_is_passed_on_as_it_came() -> None:
    """An office that is older than a till keeps what it does not understand, and gives it on unchanged."""
    raw = JOURNAL[1].raw.replace(b"account.frozen", b"account.merged").replace(b'"wang"', b'{"a":[1,null]}')
    line = KEY.sign(signed_bytes(digest(raw))).hex().encode() + b" " + raw + b"\n"
    read = read_line(line)
    assert read.entry.body == Unknown(type="account.merged", account="A1")
    assert read.line == line
    assert signature_holds(KEY.public_key(), read)
    assert list(follow(JOURNAL[0].head, [read])) == [read]


def test_an_entry_that_is_too_long_is_not_written() -> None:
    with pytest.raises(BadEntry):
        append(KEY, EMPTY, AccountFrozen(account="A", reason="x" * 65_536, clerk=""), at=START, hlc=ZERO)
    with pytest.raises(BadEntry):
        append(KEY, EMPTY, ClockStepped(by_ms=-(2**53)), at=START, hlc=ZERO)


def test_keys_as_hex() -> None:
    assert public_hex(KEY) == public_hex(KEY.public_key()) == public_hex(public_key(public_hex(KEY)))
    for text in ("", "00", "xx" * 32, "00" * 33):
        with pytest.raises(ValueError, match=r".+"):
            public_key(text)
