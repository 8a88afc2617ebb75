"""The bytes of an entry: canonical, read back as they were, and refused when anything is wrong with them."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from common.clock import Hlc
from common.entries import (
    OFFICE,
    AccountFrozen,
    BadEntry,
    CardBlocked,
    ClockStepped,
    Entry,
    JournalOpened,
    TariffPublished,
    Unknown,
    account_of,
    decode_entry,
    encode_entry,
    envelope,
    type_of,
)
from common.entries.envelope import MAX_ENTRY
from common.tariff import Tariff, Tier
from common.units import LARGEST
from tests.common.bodies import BODY_TYPES, TEXT, entries

ENTRY = Entry(
    v=1,
    writer="till-0001",
    epoch=1,
    seq=1,
    prev="0" * 64,
    at=datetime(2026, 11, 23, 8, tzinfo=UTC),
    hlc=Hlc(1_795_420_800_000, 0),
    body=AccountFrozen(account="A1", reason="迁出", clerk="wang"),
)
RAW = encode_entry(ENTRY)


def changed(**members: object) -> bytes:
    """The canonical bytes of the entry with other members; a body is given as a mapping."""
    return rfc8785.dumps(json.loads(RAW) | members)


def change(**members: object) -> Entry:
    return msgspec.structs.replace(ENTRY, **members)


@pytest.mark.parametrize("kind", BODY_TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_bytes_are_canonical_and_read_back(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    entry = data.draw(entries(kind))
    raw = encode_entry(entry)
    assert raw == rfc8785.dumps(json.loads(raw))
    read = decode_entry(raw, foreign=True)
    assert (read.writer, read.epoch, read.seq, read.prev) == (entry.writer, entry.epoch, entry.seq, entry.prev)
    assert (read.at, read.hlc, read.body) == (entry.at, entry.hlc, entry.body)
    assert type(read.body) is kind
    assert encode_entry(read) == raw


@given(st.text(TEXT))
def test_text_of_any_script_is_canonical(text: str) -> None:
    raw = encode_entry(change(body=AccountFrozen(account="A1", reason=text, clerk="")))
    assert raw == rfc8785.dumps(json.loads(raw))
    assert decode_entry(raw, foreign=True).body == AccountFrozen(account="A1", reason=text, clerk="")


@given(st.text(), st.text())
def test_no_text_has_the_character_that_databases_refuse(before: str, after: str) -> None:
    entry = change(body=AccountFrozen(account="A1", reason=f"{before}\0{after}", clerk=""))
    for read in (lambda: encode_entry(entry), lambda: decode_entry(msgspec.json.encode(entry, order="sorted"))):
        with pytest.raises(BadEntry, match=r"U\+0000"):
            read()


@given(st.text(TEXT))
def test_a_text_may_spell_it(text: str) -> None:
    spelled = text + r"\u0000" + text
    raw = encode_entry(change(body=AccountFrozen(account="A1", reason=spelled, clerk="")))
    assert decode_entry(raw, foreign=True).body == AccountFrozen(account="A1", reason=spelled, clerk="")


def test_the_text_that_breaks_encoders() -> None:
    text = '\x01\b\t\n\f\r\x1f"\\/\x7f\x80\u2028\u2029居民\ue000\ufeff\U0001f600'
    raw = encode_entry(change(body=AccountFrozen(account="A1", reason=text, clerk="")))
    assert raw == rfc8785.dumps(json.loads(raw))
    assert "居民".encode() in raw
    assert rb"\u0001\b\t\n\f\r\u001f\"\\/" in raw


def test_the_bytes_of_an_entry_never_change() -> None:
    assert RAW.decode() == (
        '{"at":"2026-11-23T08:00:00Z","body":{"account":"A1","clerk":"wang","known_count":0,"meter":"","reason":"迁出","type":"account.frozen"},'
        f'"epoch":1,"hlc":[1795420800000,0],"prev":"{"0" * 64}","seq":1,"v":1,"writer":"till-0001"}}'
    )


@pytest.mark.parametrize(
    "raw",
    [
        b" " + RAW,
        RAW + b"\n",
        RAW.replace(b'"epoch":1', b'"epoch": 1'),
        RAW.replace(b'"epoch":1', b'"epoch":1.0'),
        RAW.replace(b'"epoch":1', b'"epoch":1e0'),
        RAW.replace(b'"epoch":1', b'"epoch":01'),
        RAW.replace(b'"epoch":1', b'"epoch":1,"epoch":1'),
        RAW.replace(b'"epoch":1', b'"epoch":2,"epoch":1'),
        RAW.replace(b'"seq":1,"v":1', b'"v":1,"seq":1'),
        RAW.replace("迁出".encode(), rb"\u8fc1\u51fa"),
        RAW.replace(b"wang", rb"w\u0061ng"),
        RAW.replace(b"wang", rb"wang\/"),
        RAW.replace(b"wang", b"wang\xff"),
        RAW.replace(b"wang", b"wang\n"),
        RAW.replace(b"wang", rb"\ud800"),
        RAW[:-1],
        RAW + RAW,
        b"",
        b"null",
        b"[]",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(raw: bytes) -> None:
    assert raw != RAW
    with pytest.raises(BadEntry):
        decode_entry(raw, foreign=True)


@pytest.mark.parametrize(
    "members",
    [
        {"v": 2},
        {"epoch": 0},
        {"epoch": 2**53},
        {"seq": 0},
        {"seq": 2**53},
        {"seq": "1"},
        {"prev": "0" * 63},
        {"prev": "A" * 64},
        {"prev": "0" * 64 + "\n"},
        {"writer": ""},
        {"writer": "Till"},
        {"writer": "-till"},
        {"writer": "t" * 33},
        {"writer": "till-0001\n"},
        {"at": "2026-11-23T08:00:00"},
        {"at": "yesterday"},
        {"hlc": [1]},
        {"hlc": [-1, 0]},
        {"hlc": [2**53, 0]},
        {"hlc": {"ms": 1, "n": 0}},
        {"body": {}},
        {"body": []},
        {"body": {"type": 1}},
        {"body": {"type": "account.frozen", "account": "A1", "reason": "r"}},
        {"body": {"type": "account.frozen", "account": 1, "reason": "r", "clerk": "c"}},
        {"body": {"type": "clock.stepped", "by_ms": 2**53}},
        {"body": {"type": "clock.stepped", "by_ms": -(2**53)}},
        {"body": {"type": "clock.stepped", "by_ms": 10**30}},
    ],
    ids=repr,
)
def test_values_out_of_range_are_refused(members: dict[str, Any]) -> None:
    raw = msgspec.json.encode(json.loads(RAW) | members, order="sorted")
    with pytest.raises(BadEntry):
        decode_entry(raw, foreign=True)


@pytest.mark.parametrize("missing", ["v", "writer", "epoch", "seq", "prev", "at", "hlc", "body"])
def test_no_member_may_be_missing(missing: str) -> None:
    members = json.loads(RAW)
    del members[missing]
    with pytest.raises(BadEntry):
        decode_entry(rfc8785.dumps(members), foreign=True)


@pytest.mark.parametrize(
    "entry",
    [
        change(seq=2**53),
        change(body=ClockStepped(by_ms=2**53)),
        change(writer="Till"),
        change(at=datetime(2026, 11, 23)),
    ],
)
def test_what_no_reader_would_take_is_never_written(entry: Entry) -> None:
    with pytest.raises(BadEntry):
        encode_entry(entry)


def test_an_entry_has_at_most_65536_bytes() -> None:
    def long(size: int) -> Entry:
        return change(body=AccountFrozen(account="A1", reason="x" * size, clerk=""))

    room = MAX_ENTRY - len(encode_entry(long(0)))
    raw = encode_entry(long(room))
    assert len(raw) == MAX_ENTRY
    assert decode_entry(raw, foreign=True) == decode_entry(raw)
    with pytest.raises(BadEntry, match="65536"):
        encode_entry(long(room + 1))


def test_deep_nesting_is_refused_and_harms_nothing() -> None:
    raw = RAW.replace(b'"reason"', b'"deep":' + b"[" * 20_000 + b"]" * 20_000 + b',"reason"')
    with pytest.raises(BadEntry):
        decode_entry(raw, foreign=True)


def test_a_till_cannot_say_what_only_the_office_may() -> None:
    decision = CardBlocked(key="k", rule="r", account="A1", card="6201000000000001")
    assert decode_entry(encode_entry(change(writer=OFFICE, body=decision))).body == decision
    with pytest.raises(BadEntry, match=r"may not write card\.blocked"):
        encode_entry(change(body=decision))


def test_the_office_cannot_say_what_only_a_till_does() -> None:
    with pytest.raises(BadEntry, match=r"may not write account\.frozen"):
        encode_entry(change(writer=OFFICE))


@pytest.mark.parametrize(("writer", "kind"), [(OFFICE, "till"), ("till-0001", "office")])
def test_a_journal_is_opened_by_whom_it_says(writer: str, kind: Any) -> None:
    body = JournalOpened(kind=kind, key="0" * 64, branch="", version="1")
    with pytest.raises(BadEntry, match=r"may not write journal\.opened"):
        encode_entry(change(writer=writer, body=body))


@pytest.mark.parametrize(
    "body",
    [
        {"type": "vend.reversed", "account": "A1", "reason": "迁出", "parts": [{"wh": 1}, None, True]},
        {"type": "drawer.locked"},
        {"type": "x", "account": None},
    ],
)
def test_a_body_of_an_unknown_type_is_kept(body: dict[str, Any]) -> None:
    raw = changed(body=body)
    read = decode_entry(raw, foreign=True)
    assert read.body == Unknown(type=body["type"], account=body.get("account"))
    assert type_of(read.body) == body["type"]
    assert account_of(read.body) == body.get("account")


def test_members_that_a_later_version_adds_are_passed_over() -> None:
    raw = changed(body={"type": "account.frozen", "account": "A1", "reason": "r", "clerk": "c", "later": [1]}, more=1)
    assert decode_entry(raw, foreign=True).body == AccountFrozen(account="A1", reason="r", clerk="c")


@pytest.mark.parametrize(
    "value",
    [
        b"1.0",
        b"1.5",
        b"-0",
        b"9007199254740992",
        b"-9007199254740992",
        b"1000000000000000000000000000000",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":2}',
        '{"\uff21":1,"\U0001f600":2}'.encode(),  # by code point; RFC 8785 sorts by UTF-16
    ],
)
def test_a_body_of_an_unknown_type_is_canonical_too(value: bytes) -> None:
    def unknown(part: bytes) -> bytes:
        return RAW.replace(b"account.frozen", b"x").replace(b'"wang"', part)

    kept = b'{"a":[9007199254740991,null,"1.0"],"b":-1}'
    assert decode_entry(unknown(kept), foreign=True).body == Unknown(type="x", account="A1")
    with pytest.raises(BadEntry):
        decode_entry(unknown(value), foreign=True)


def test_names_that_two_encoders_would_sort_differently_are_never_written() -> None:
    tiers = [Tier(price=1)]
    tariff = Tariff(tariff="t", since=ENTRY.at, digits=2, classes={"\uff21": tiers, "\U0001f600": tiers})
    with pytest.raises(BadEntry):
        encode_entry(change(writer=OFFICE, body=TariffPublished(tariff=tariff)))


@pytest.mark.parametrize("at", ["2026-11-23T16:00:00+08:00", "2026-11-23T08:00:00+00:00", "2026-11-23 08:00:00Z"])
def test_the_time_is_written_one_way(at: str) -> None:
    with pytest.raises(BadEntry):
        decode_entry(changed(at=at), foreign=True)


def test_a_till_writes_universal_time() -> None:
    shanghai = timezone(timedelta(hours=8))
    with pytest.raises(BadEntry):
        encode_entry(change(at=datetime(2026, 11, 23, 16, tzinfo=shanghai)))


def test_type_and_account() -> None:
    assert type_of(ENTRY.body) == "account.frozen"
    assert account_of(ENTRY.body) == "A1"
    assert account_of(ClockStepped(by_ms=-1)) is None


def test_every_number_of_an_entry_has_its_bounds() -> None:
    """What reads and is written back byte for byte is taken for canonical (RFC 8785); so no type may let a fraction or
    an integer beyond 2**53 pass."""
    boundless: list[str] = []
    walked: set[type] = set()

    def walk(kind: inspect.Type, path: str) -> None:
        match kind:
            case inspect.IntType():
                if kind.ge is None or kind.le is None or kind.ge < -LARGEST or kind.le > LARGEST:
                    boundless.append(path)
            case inspect.FloatType() | inspect.DecimalType() | inspect.AnyType():
                boundless.append(path)
            case inspect.UnionType():
                for one in kind.types:
                    walk(one, path)
            case inspect.ListType() | inspect.VarTupleType():
                walk(kind.item_type, path)
            case inspect.DictType():
                walk(kind.value_type, path)
            case inspect.StructType() if kind.cls not in walked:
                walked.add(kind.cls)
                for member in kind.fields:
                    walk(member.type, f"{kind.cls.__name__}.{member.name}")

    walk(inspect.type_info(envelope._KnownEntry), "Entry")
    assert boundless == []
    assert len(walked) > 50
