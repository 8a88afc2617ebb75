"""What a till writes besides card jobs."""

from typing import Literal

from msgspec import Struct

from common.card.image import Identifier, MeterCredit, PurchaseCount, ReturnData
from common.clerks import Approval
from common.units import Count, CreditUnit, Int53


class JournalOpened(Struct, frozen=True, kw_only=True, tag_field="type", tag="journal.opened"):
    """The first entry of every journal: it names the writer's public key, so that an export explains itself.

    Attributes:
        kind: whether a till, the central office, or an import from an old system writes this journal.
        key: the writer's Ed25519 public key (RFC 8032), 64 hex digits.
        branch: the branch a till belongs to; empty for the office.
        version: the software's version that opened it.
    """

    kind: Literal["till", "office", "import"]
    key: str
    branch: str
    version: str


class JournalMovedOut(Struct, frozen=True, kw_only=True, tag_field="type", tag="journal.moved_out"):
    """The till moves to another machine: nothing more is written to the journal here. JournalMovedIn follows."""


class JournalMovedIn(Struct, frozen=True, kw_only=True, tag_field="type", tag="journal.moved_in"):
    """The till goes on with its journal on another machine.

    Attributes:
        version: the software's version there.
    """

    version: str


class AccountOpened(Struct, frozen=True, kw_only=True, tag_field="type", tag="account.opened"):
    """A supply point and who pays for it, opened at a counter.

    Attributes:
        meter: the number of the meter on the account's wall.
        tariff_class: which of the tariff's classes it buys under.
        limit: the most credit that its meter takes at once.
        unit: what the meter counts credit in.
        model: the meter's model (MeterModelSet); "" where it is not said.
    """

    account: str
    name: str
    meter: str
    tariff_class: str
    limit: Count
    clerk: str
    phone: str = ""
    address: str = ""
    note: str = ""
    unit: CreditUnit = CreditUnit.ENERGY
    model: str = ""


class AccountAmended(Struct, frozen=True, kw_only=True, tag_field="type", tag="account.amended"):
    """Something about an account was put right; what is null stays. Of each member the latest word holds.

    Its meter is changed by a transfer, never by this.
    """

    account: str
    name: str | None
    tariff_class: str | None
    limit: Count | None
    phone: str | None
    address: str | None
    note: str | None
    clerk: str


class AccountFrozen(Struct, frozen=True, kw_only=True, tag_field="type", tag="account.frozen"):
    """An account is closed for good: nothing is deleted, nothing is sold to it again.

    Attributes:
        meter: the meter that was on its wall; "": not said.
        known_count: the highest purchase count for that meter that this till knew of. A credit with a higher one was
            sold by somebody who did not know of the closing: the counts say so, whatever the clocks said.
    """

    account: str
    reason: str
    clerk: str
    meter: str = ""
    known_count: Count = 0


class CardSeen(Struct, frozen=True, kw_only=True, tag_field="type", tag="card.seen"):
    """Return data that a card brought back from its meter, when no card job was there to carry it."""

    account: str
    card: str
    seen: ReturnData


class MeterRead(Struct, frozen=True, kw_only=True, tag_field="type", tag="meter.read"):
    """A meter is taken out of use, and a person read what it showed: it gives up the credit that is left in it.

    Attributes:
        count: its purchase count.
        remaining, use: credit left, and ever used, in the meter's unit.
    """

    account: str
    meter: Identifier
    count: PurchaseCount
    remaining: MeterCredit
    use: MeterCredit
    clerk: str
    approval: Approval


class RefundPaid(Struct, frozen=True, kw_only=True, tag_field="type", tag="refund.paid"):
    """Money given back for credit that a meter gave up, that never reached it, or because the office decided so.

    Attributes:
        refund: its id, made once; it begins with its writer, as a job's does.
        decision: the key of the case in which that was decided; null where nobody had to.
        credit: how much of it, in the unit.
        amount: minor units.
        payment: the way of giving it back.
        for_job: the job whose credit never reached its meter; "" for what meters gave up.
    """

    refund: str
    account: str
    decision: str | None = None
    credit: Count
    unit: CreditUnit
    amount: Count
    payment: str
    receipt: str
    reason: str
    clerk: str
    approval: Approval
    for_job: str = ""


class ArrearsEntered(Struct, frozen=True, kw_only=True, tag_field="type", tag="arrears.entered"):
    """An account owes money from before; it is recovered from what it buys.

    Attributes:
        arrears: their id, made once; it begins with its writer, as a job's does.
        name: what they are for, as receipts say it.
        amount: minor units.
        share: recovered from each purchase: millionths of what is paid; or
        fixed: a sum from each purchase, minor units. One of the two is 0.
    """

    arrears: str
    account: str
    name: str
    amount: Count
    share: Count
    fixed: Count
    clerk: str
    approval: Approval


class ArrearsPaid(Struct, frozen=True, kw_only=True, tag_field="type", tag="arrears.paid"):
    """Arrears were paid without buying anything.

    Attributes:
        paying: its id, made once; it begins with its writer, as a job's does.
        arrears: which.
        amount: minor units.
    """

    paying: str
    account: str
    arrears: str
    amount: Count
    payment: str
    receipt: str
    clerk: str


class ReceiptVoided(Struct, frozen=True, kw_only=True, tag_field="type", tag="receipt.voided"):
    """The paper of a receipt is void: it was spoiled, or never came out. What it was for stands, under another number.

    Attributes:
        receipt: the number that is void.
        instead: the number of the original in its place.
        job: the id of what both are for: a card job, a refund, or a paying.
    """

    receipt: str
    instead: str
    job: str
    account: str
    clerk: str
    approval: Approval


class ShiftOpened(Struct, frozen=True, kw_only=True, tag_field="type", tag="shift.opened"):
    """A clerk begins a shift with some money in the drawer.

    Attributes:
        shift: its id, made once; it begins with its writer, as a job's does.
        opening_float: minor units of cash in the drawer.
    """

    shift: str
    clerk: str
    opening_float: Count


class CashCount(Struct, frozen=True):
    """So many pieces of one note or coin. `value`: of one of them, minor units."""

    value: Count
    pieces: Count


class Expected(Struct, frozen=True, kw_only=True):
    """What should be there by one way of paying, minor units; below zero when more was given back than there was."""

    payment: str
    amount: Int53


class ShiftClosed(Struct, frozen=True, kw_only=True, tag_field="type", tag="shift.closed"):
    """The drawer was counted, and the shift is over: its Z report.

    Attributes:
        shift: which; `till/N` where money opened it by itself, N the number of that entry.
        number: the report's, 1, 2, 3 ... without a gap within the journal.
        clerk: who counted.
        counted: by note and coin; empty where only a sum was counted.
        cash: what was counted, minor units.
        expected: what should be there by each way of paying.
        difference: `cash` less the cash that was expected: below zero when some is missing.
        explanation: of the difference; "" where there is none.
        approval: the supervisor's who stands by a large difference.
        handed_to: the clerk who went on with the drawer; "" where nobody did.
    """

    shift: str
    number: Count
    clerk: str
    counted: list[CashCount]
    cash: Count
    expected: list[Expected]
    difference: Int53
    explanation: str = ""
    approval: Approval | None = None
    handed_to: str = ""


class ClockStepped(Struct, frozen=True, kw_only=True, tag_field="type", tag="clock.stepped"):
    """The till's wall clock was set by more than the lease tolerates: it stands before the till's own last entry, or it
    went by more or less than the machine's steady clock since.

    Attributes:
        by_ms: how far, in milliseconds; negative: set back.
    """

    by_ms: Int53


class ClockCompared(Struct, frozen=True, kw_only=True, tag_field="type", tag="clock.compared"):
    """At a contact the till compared its wall clock with the office's, and the difference had changed.

    Attributes:
        offset_ms: how far the till's is ahead, in milliseconds; negative: behind.
    """

    offset_ms: Int53
