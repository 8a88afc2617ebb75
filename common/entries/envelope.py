"""The envelope of an entry, and its bytes: canonical JSON (RFC 8785), encoded once, kept for ever."""

import re
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from common.clock import Hlc
from common.entries import clerks, imported, jobs, office, till
from common.units import LARGEST

Body = (
    till.JournalOpened
    | till.JournalMovedOut
    | till.JournalMovedIn
    | till.AccountOpened
    | till.AccountAmended
    | till.AccountFrozen
    | till.CardSeen
    | till.ClockStepped
    | till.ClockCompared
    | clerks.ClerkSignedIn
    | clerks.ClerkSignedOut
    | clerks.ClerkRefused
    | clerks.ClerkApproved
    | clerks.ClerkUnlocked
    | clerks.ClerkPinChanged
    | till.MeterRead
    | till.ReceiptVoided
    | till.RefundPaid
    | till.ArrearsEntered
    | till.ArrearsPaid
    | till.ShiftOpened
    | till.ShiftClosed
    | imported.AccountImported
    | imported.PurchasesImported
    | jobs.VendStarted
    | jobs.VendCompleted
    | jobs.VendVoided
    | jobs.IssueStarted
    | jobs.IssueCompleted
    | jobs.IssueVoided
    | jobs.ReplacementStarted
    | jobs.ReplacementCompleted
    | jobs.ReplacementVoided
    | jobs.MakeupStarted
    | jobs.MakeupCompleted
    | jobs.MakeupVoided
    | jobs.ReversalStarted
    | jobs.ReversalCompleted
    | jobs.ReversalVoided
    | jobs.ClearStarted
    | jobs.ClearCompleted
    | jobs.ClearVoided
    | jobs.TransferStarted
    | jobs.TransferCompleted
    | jobs.TransferVoided
    | jobs.WipeStarted
    | jobs.WipeCompleted
    | jobs.WipeVoided
    | office.UtilitySet
    | office.TillEnrolled
    | office.TillRevoked
    | office.LeaseGranted
    | office.TariffPublished
    | office.MeterModelSet
    | office.NumbersAllotted
    | office.CardsAllotted
    | office.KeysSealed
    | office.ClerkSet
    | office.UserSet
    | office.UserActed
    | office.AlertsSet
    | office.MakeupOwed
    | office.CardBlocked
    | office.ArrearsOwed
    | office.RefundOwed
    | office.CaseOpened
    | office.CaseDecided
    | office.DecisionWithdrawn
    | office.EntryCarried
)

OFFICE = "office"
"""The central office's writer id; every other writer is a till, or an import (common.entries.imported)."""

_OFFICE_ONLY = frozenset(kind for kind in Body.__args__ if kind.__module__ == office.__name__)
_IMPORT_ONLY = frozenset(kind for kind in Body.__args__ if kind.__module__ == imported.__name__)
_IMPORT_TOO = frozenset({till.AccountOpened, till.AccountFrozen, till.ArrearsEntered})

MAX_ENTRY = 65_536
"""The most bytes that an entry may have."""

WriterId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
HashHex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Unknown(Struct, frozen=True):
    """A body of a type that this version does not know: kept and passed on as it stands, and folded into nothing."""

    type: str
    account: str | None = None


AnyBody = Body | Unknown


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a writer's journal.

    Attributes:
        v: the version of this format.
        writer: who wrote it; with epoch and seq, its name in the whole system.
        epoch: which of the writer's journals: a till enrolled again starts the next.
        seq: 1, 2, 3 ... without a gap.
        prev: SHA-256 of the entry before, in hex; 64 zeros before the first.
        at: what the writer's wall clock said, UTC.
        hlc: the hybrid logical clock: orders what nothing better orders.
    """

    v: Literal[1]
    writer: WriterId
    epoch: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    seq: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    prev: HashHex
    at: Annotated[datetime, Meta(tz=True)]
    hlc: Hlc
    body: AnyBody


class _KnownEntry(Entry, frozen=True, kw_only=True):
    body: Body


class _UnknownEntry(Entry, frozen=True, kw_only=True):
    body: Unknown


class BadEntry(ValueError):
    """Bytes that are no entry: malformed, not canonical, too long, or with a value or a character out of range.

    Attributes:
        reason: what is wrong, for a log or an error reply.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# For our values (no floats, integers within 2**53, ASCII member names) sorted msgspec output is RFC 8785 output;
# a property test compares it with the rfc8785 package. It is thirty times faster. Member names that are not ours to
# choose (a tariff's classes) sort alike too unless one has a character past U+FFFF, which begins with these in UTF-8.
_MAY_SORT_DIFFERENTLY = re.compile(rb"[\xf0-\xf4]")
# PostgreSQL keeps U+0000 in no text: an entry with it would be refused for ever by an office that works with it.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_encoder = msgspec.json.Encoder(order="sorted")
_known = msgspec.json.Decoder(_KnownEntry)
_unknown = msgspec.json.Decoder(_UnknownEntry)
_anything = msgspec.json.Decoder()
_TAGS: dict[type, str] = {body: str(body.__struct_config__.tag) for body in Body.__args__}
_TYPES = frozenset(_TAGS.values())


def encode_entry(entry: Entry) -> bytes:
    """The entry's canonical bytes.

    Raises:
        BadEntry: a value is out of range, so that no reader would accept the bytes.
    """
    raw = _encoder.encode(entry)
    decode_entry(raw, foreign=not _sorts_alike(raw))
    return raw


def decode_entry(raw: bytes, *, foreign: bool = False) -> Entry:
    """Read an entry. With `foreign`, also insist that the bytes are canonical: for bytes that others made.

    Raises:
        BadEntry: see there.
    """
    if len(raw) > MAX_ENTRY:
        raise BadEntry(f"an entry has at most {MAX_ENTRY} bytes, this one {len(raw)}")
    if rb"\u0000" in raw and _NUL.search(raw):
        raise BadEntry("no text of an entry has the character U+0000")
    try:
        entry = _decode(raw)
        # What the typed encoder gives back byte for byte is canonical. What has members that this version does not
        # know, or leaves out some that have defaults, may be canonical all the same.
        if _sorts_alike(raw) and _encoder.encode(entry) == raw:
            if not entry.at.utcoffset():
                return entry
        elif foreign:
            _check_canonical(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadEntry(str(error)) from error
    # Members are sorted, so the time comes first.
    if entry.at.utcoffset() or not raw.startswith(b'{"at":' + _encoder.encode(entry.at)):
        raise BadEntry("the time is not written as 2026-11-23T08:00:00Z is")
    return entry


def _sorts_alike(raw: bytes) -> bool:
    return raw.isascii() or _MAY_SORT_DIFFERENTLY.search(raw) is None


def _check_canonical(raw: bytes) -> None:
    value = _anything.decode(raw)
    _check_values(value)
    if _encoder.encode(value) != raw:
        raise BadEntry("the bytes are not canonical JSON (RFC 8785)")


def _check_values(value: object) -> None:
    """What our encoder writes as RFC 8785 does: no fractions, integers within 2**53, no odd names."""
    match value:
        case bool() | None | str():
            return
        case int() if abs(value) <= LARGEST:
            return
        case list():
            for item in value:
                _check_values(item)
        case dict():
            if sorted(value) != sorted(value, key=lambda name: str(name).encode("utf-16-be")):
                raise BadEntry("the member names sort differently in UTF-16 (RFC 8785, 3.2.3)")
            for item in value.values():
                _check_values(item)
        case _:
            raise BadEntry(f"{value!r} is no value of an entry: a fraction, or beyond 2**53")


def _decode(raw: bytes) -> Entry:
    try:
        entry: Entry = _known.decode(raw)
        _check_author(entry)
        return entry
    except msgspec.ValidationError:
        entry = _unknown.decode(raw)
        if entry.body.type in _TYPES:
            raise
        return entry


def _check_author(entry: Entry) -> None:
    """A till cannot say what only the office may, nor the office what only a till does: whoever holds its key. What
    came from an old system stands in import journals alone, and they have nothing else."""
    body = entry.body
    if isinstance(body, till.JournalOpened):
        allowed = body.kind == _kind_of(entry.writer)
    elif imported.is_import(entry.writer):
        allowed = type(body) in _IMPORT_ONLY or type(body) in _IMPORT_TOO
    else:
        allowed = type(body) not in _IMPORT_ONLY and (type(body) in _OFFICE_ONLY) == (entry.writer == OFFICE)
    if not allowed:
        raise BadEntry(f"{entry.writer} may not write {type_of(body)}")


def _kind_of(writer: str) -> str:
    if writer == OFFICE:
        return "office"
    return "import" if imported.is_import(writer) else "till"


@cache
def shapes() -> str:
    """A name for all that this version knows of entries: their types, and the members of each. Another version that
    knows more, or less, has another."""
    known = msgspec.json.encode(msgspec.json.schema(Body), order="sorted")
    return sha256(known).hexdigest()[:16]


def type_of(body: AnyBody) -> str:
    """The body's type as it stands in the entry, such as `vend.started`."""
    return body.type if isinstance(body, Unknown) else _TAGS[type(body)]


def account_of(body: AnyBody) -> str | None:
    """The account that the body is about, if it is about one."""
    account: Any = getattr(body, "account", None)
    return account if isinstance(account, str) else None


Naming = jobs.Completed | till.RefundPaid | till.ArrearsPaid | till.ReceiptVoided
"""Entries that may name a receipt's number."""


def receipt_of(body: Naming) -> str | None:
    """The receipt's number that an entry names, if it names one."""
    return body.instead if isinstance(body, till.ReceiptVoided) else body.receipt


def paid_for(body: Naming) -> str:
    """The id of what money was taken or given back for."""
    match body:
        case till.RefundPaid():
            return body.refund
        case till.ArrearsPaid():
            return body.paying
        case _:
            return body.job
