"""The snapshot of a branch (common.snapshot): what a new till needs of the past, in place of every entry of it."""

from collections.abc import Iterator

import msgspec

from common.chain import SignedEntry, carried
from common.entries import (
    AnyBody,
    CardsAllotted,
    ClerkSet,
    LeaseGranted,
    MeterModelSet,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    type_of,
)
from common.snapshot import PackedPage
from syncserver.store import Reading, WriterRow

WORTH_IT = 2_000
"""A feed of fewer entries is taken from its beginning: it proves itself, entry by entry, without the office's word."""

_ACCOUNTS = 200
"""Accounts in a page: about half a megabyte."""

_SUPPLIES = (
    "utility.set",
    "till.enrolled",
    "till.revoked",
    "tariff.published",
    "meter_model.set",
    "cards.allotted",
    "clerk.set",
    "entry.carried",
)
"""What the office writes to everybody or to a branch, and is about no account."""


def take_page(reading: Reading, row: WriterRow, after: str) -> PackedPage:
    """A page of the snapshot for this till: the accounts of its branch after this one."""
    # A till that was enrolled again hears of its own past from the feed: its receipts go on from there.
    little = row.epoch > 1 or reading.feed_length(row) < WORTH_IT
    if little and not after:
        return PackedPage(branch=row.branch, after="", position=0, next=None, lines=[], accounts=[])
    found = reading.accounts_of(row.branch, after, _ACCOUNTS)
    return PackedPage(
        branch=row.branch,
        after=after,
        position=reading.last_feed_position(),
        next=found[-1].number if len(found) == _ACCOUNTS else None,
        lines=[] if after else [signed.line.decode().removesuffix("\n") for signed in general(reading, row)],
        accounts=[msgspec.Raw(account.facts) for account in found],
    )


def general(reading: Reading, row: WriterRow) -> list[SignedEntry]:
    """The office's entries for this till that are about no account, without those that a later one has superseded."""
    latest: dict[tuple[str, ...], SignedEntry] = {}
    for signed in _heard(reading, row):
        key = _superseded_by(signed)
        latest.pop(key, None)  # it stands where the later one does
        latest[key] = signed
    return list(latest.values())


def _heard(reading: Reading, row: WriterRow) -> Iterator[SignedEntry]:
    for stored in reading.supplies(_SUPPLIES):
        signed = stored.signed
        if _is_for(row, (carried(signed) or signed).entry.body):
            yield signed
    for stored in reading.told(row.id):
        yield stored.signed


def _is_for(row: WriterRow, body: AnyBody) -> bool:
    match body:
        case UtilitySet() | TariffPublished() | MeterModelSet() | TillEnrolled() | TillRevoked():
            return True
        case CardsAllotted() | ClerkSet():
            return body.branch == row.branch
        case _:
            return False


def _superseded_by(signed: SignedEntry) -> tuple[str, ...]:
    """Of the entries with the same key the last one says all that still matters."""
    body = signed.entry.body
    match body:
        case UtilitySet():
            return (type_of(body),)
        case LeaseGranted():
            return (type_of(body), body.till)
        case ClerkSet():
            return (type_of(body), body.clerk)
        case MeterModelSet():
            return (type_of(body), body.model)
        case _:
            return (signed.hash,)
