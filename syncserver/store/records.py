"""The rows that go in and out of the store."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from common.chain import Head, SignedEntry
from common.entries import decode_entry, is_import
from common.reports.line import Line


class WriterState(StrEnum):
    """Whether a writer's entries are taken."""

    ACTIVE = "active"
    STOPPED = "stopped"
    REVOKED = "revoked"


class WriterRow(Struct, frozen=True, kw_only=True):
    """A writer's journal of one epoch: whose, under which key, and the head that the office holds.

    Attributes:
        branch: empty for the office.
        key: Ed25519 public key, 64 hex digits.
        box: X25519 public key, 64 hex digits; empty for the office.
        seq: of the head; 0 before the first entry.
        reason: why it is not active; empty when it is.
    """

    id: str
    epoch: int
    branch: str
    name: str
    key: str
    box: str
    seq: int
    hash: str
    state: WriterState
    reason: str

    @property
    def is_till(self) -> bool:
        """Whether it is a till's: neither the office's own, nor one of what came from an old system."""
        return bool(self.branch) and not is_import(self.id)

    @property
    def head(self) -> Head:
        """The last entry that the office holds."""
        return Head(writer=self.id, epoch=self.epoch, seq=self.seq, hash=self.hash)


class Place(Struct, frozen=True):
    """Where an entry is looked up: its type, its account, and the position of the entry before about that account."""

    position: int
    type: str
    account: str | None
    previous: int


class StoredEntry(Struct, frozen=True):
    """An entry as the store holds it, not yet decoded."""

    position: int
    writer: str
    epoch: int
    seq: int
    hash: str
    signature: bytes
    raw: bytes
    type: str
    account: str | None
    previous: int

    @property
    def place(self) -> Place:
        """Where it is looked up."""
        return Place(self.position, self.type, self.account, self.previous)

    @property
    def signed(self) -> SignedEntry:
        """The entry, decoded.

        Raises:
            BadEntry: the stored bytes were tampered with.
        """
        return SignedEntry(decode_entry(self.raw), self.raw, self.hash, self.signature)

    @property
    def line(self) -> bytes:
        """The journal line."""
        return self.signature.hex().encode() + b" " + self.raw + b"\n"


class ForkRow(Struct, frozen=True):
    """An entry that stands beside its writer's journal. `carried`: the office's journal carries it."""

    writer: str
    epoch: int
    seq: int
    hash: str
    signature: bytes
    raw: bytes
    carried: bool = False


class CodeRow(Struct, frozen=True, kw_only=True):
    """An enrolment code: for which branch and till name, until when; and once used, by which key for which till.

    Attributes:
        again: the till that this code enrols anew, under its next epoch; null for a new till.
    """

    secret_hash: str
    branch: str
    name: str
    expires: datetime
    again: str | None = None
    used_by: str | None = None
    till: str | None = None
    epoch: int | None = None


class AccountPlace(Struct, frozen=True, gc=False):
    """An account's row without its fold."""

    number: str
    branch: str
    branches: str
    last: int


class AccountRow(Struct, frozen=True, gc=False):
    """An account's fold (common.account.pack), who opened it, the branches that its entries go to, and the position of
    the last entry about it."""

    number: str
    branch: str
    branches: str
    last: int
    facts: bytes

    @property
    def place(self) -> AccountPlace:
        """All but the fold."""
        return AccountPlace(self.number, self.branch, self.branches, self.last)


class CardRow(Struct, frozen=True, array_like=True, gc=False):
    """A customer's card."""

    serial: str
    account: str
    issue: int
    state: str


VendRow = Line
"""A row of `vend`, or of `movement`: what reports count (common.reports.line)."""


class ShiftRow(Struct, frozen=True):
    """An entry that opened or closed a shift: `at` ISO 8601 by the till's own clock, `value` its body as JSON."""

    writer: str
    epoch: int
    seq: int
    at: str
    hash: str
    value: bytes


class DecisionState(StrEnum):
    """Whether somebody must act on a decision."""

    OPEN = "open"
    """A case that waits for a person."""
    DECIDED = "decided"
    REPORTED = "reported"
    """A case that the rules settled by themselves."""
    IN_FORCE = "in_force"
    """No case: a block, a make-up, arrears or a refund."""


class DecisionRow(Struct, frozen=True):
    """A rule's decision in force: `value` is the entry's body as JSON."""

    key: str
    account: str
    rule: str
    type: str
    state: str
    value: bytes


class FeedRow(Struct, frozen=True):
    """A run of what a scope is to hear: feed positions from `position` on are the entries from position `entry` on in
    the journal table, `count` of them."""

    position: int
    scope: str
    entry: int
    count: int

    @property
    def end(self) -> int:
        """The feed position after its last."""
        return self.position + self.count


class Backlog(Struct, frozen=True):
    """A part of the feed: the lines, in order, and the position up to which nothing is missing."""

    lines: list[bytes]
    position: int


class ReadModel(StrEnum):
    """Tables that can be dropped and rebuilt from the journals."""

    ACCOUNT = "account"
    SERVES = "serves"
    LISTED = "listed"
    CARD = "card"
    VEND = "vend"
    MOVEMENT = "movement"
    TOTAL = "total"
    COUNTED = "counted"
    SHIFT = "shift"
    UTILITY = "utility"
    DECISION = "decision"
    TARIFF = "tariff"
    CLOCK = "clock"
    ALLOTMENT = "allotment"
    FEED = "feed"
