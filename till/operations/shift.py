"""The shift: opened with a float, looked at, counted and closed, or handed over to the next clerk with the drawer."""

from collections.abc import Sequence

from msgspec import Struct

from common.account import Job
from common.chain import SignedEntry
from common.clerks import Action, Approval
from common.entries import CashCount, ShiftClosed, ShiftOpened
from common.shift import DENOMINATIONS, Shift, ZReport, cash_of, expected, expected_cash
from common.units import LARGEST
from till.operations.clerks import Supervisor, approve, authorize, check_receiver, sign_in
from till.operations.desk import Desk
from till.operations.job_id import new_job_id
from till.operations.refusals import (
    BadField,
    DifferenceNotApproved,
    DifferenceNotExplained,
    NoShiftOpen,
    ShiftIsOpen,
)
from till.operations.typed import check_number, check_text

LARGE_DIFFERENCE = 20
"""A drawer that is off by more than so many major units needs a supervisor."""

Counted = Sequence[CashCount] | int
"""What was counted: pieces of each note and coin, or a sum in minor units."""


class XReport(Struct, frozen=True, kw_only=True):
    """The open shift as it stands.

    Attributes:
        number: that its Z report will have.
        doubt: card jobs of this till without an end: in no total until their card is seen.
    """

    shift: Shift
    number: int
    doubt: list[Job]


def open_shift(desk: Desk, opening_float: int) -> ShiftOpened:
    """Begin a shift with so much cash in the drawer, minor units. A shift that had opened by itself gets it.

    Raises:
        ShiftIsOpen: one is; it has to be counted first.
        NotAllowed, NobodySignedIn, BadField: see there.
    """
    authorize(desk, Action.CASH_UP)
    check_number("opening_float", opening_float, LARGEST)
    known = desk.store.shifts.open
    if known is not None and not known.by_itself:
        raise ShiftIsOpen(known.clerk, known.at)
    opened = ShiftOpened(shift=new_job_id(desk.till, desk.now()), clerk=desk.clerk, opening_float=opening_float)
    desk.journal.commit(opened)
    return opened


def x_report(desk: Desk) -> XReport:
    """The open shift so far. Nothing is written.

    Raises:
        NoShiftOpen: none is.
        NotAllowed, NobodySignedIn: see there.
    """
    authorize(desk, Action.LOOK)
    shifts = desk.store.shifts.now
    if shifts.open is None:
        raise NoShiftOpen(desk.till)
    return XReport(shift=shifts.open, number=shifts.closed + 1, doubt=desk.store.open_jobs())


def difference(desk: Desk, counted: Counted) -> int:
    """What was counted less the cash that should be there, minor units. Nothing is written.

    Raises:
        NoShiftOpen: none is.
        BadField: no such note or coin.
    """
    return _cash(desk, counted) - expected_cash(x_report(desk).shift)


def close_shift(
    desk: Desk, counted: Counted, *, explanation: str = "", supervisor: Supervisor | None = None
) -> ZReport:
    """Close the shift with what was counted: its Z report.

    Raises:
        NoShiftOpen: none is.
        DifferenceNotExplained, DifferenceNotApproved: the drawer is off; nothing was closed.
        NotAllowed, NobodySignedIn, BadField: see there; or the supervisor's approval does not hold.
    """
    closing = _closing(desk, counted, explanation, supervisor)
    return _z_report(desk, desk.journal.commit(closing), closing)


def hand_over(
    desk: Desk,
    counted: Counted,
    *,
    to: str,
    pin: str,
    explanation: str = "",
    supervisor: Supervisor | None = None,
) -> ZReport:
    """Close the shift, and let another clerk go on with the drawer: what was counted is the next shift's float.

    The other gives the own PIN: both have seen the count. Until both shifts' entries are on disk, at once, the shift is
    the one that was.

    Raises:
        NoShiftOpen, DifferenceNotExplained, DifferenceNotApproved: see close_shift.
        NoSuchClerk, WrongPin, PinLocked: the other's; each is in the journal.
        NotAllowed, NobodySignedIn, BadField: see there.
    """
    if to == desk.clerk:
        raise BadField("to", "hands_over_to_self")
    check_receiver(desk, to, pin)
    closing = _closing(desk, counted, explanation, supervisor, to)
    opened = ShiftOpened(shift=new_job_id(desk.till, desk.now()), clerk=to, opening_float=closing.cash)
    report = _z_report(desk, desk.journal.commit(closing, opened), closing)
    sign_in(desk, to, pin)
    return report


def denominations(desk: Desk) -> tuple[int, ...]:
    """Notes and coins of the utility's currency, the largest first; none where only a sum is counted."""
    utility = desk.store.utility()
    return () if utility is None else DENOMINATIONS.get(utility.currency, ())


def closed_shift(desk: Desk, number: int) -> ZReport:
    """A shift that was closed, by the number of its Z report.

    Raises:
        BadField: there is none of that number.
        NotAllowed, NobodySignedIn: see there.
    """
    authorize(desk, Action.LOOK)
    found = desk.store.shifts.closed(number)
    if found is None:
        raise BadField("number", "no_such_shift")
    return found


def may_be_off_by(desk: Desk) -> int:
    """The largest difference, in minor units, that a clerk may close a shift with alone."""
    utility = desk.store.utility()
    return int(LARGE_DIFFERENCE * 10 ** (2 if utility is None else utility.digits))


def _closing(
    desk: Desk, counted: Counted, explanation: str, supervisor: Supervisor | None, handed_to: str = ""
) -> ShiftClosed:
    authorize(desk, Action.CASH_UP)
    report = x_report(desk)
    shift, cash = report.shift, _cash(desk, counted)
    off = cash - expected_cash(shift)
    if off and not explanation.strip():
        raise DifferenceNotExplained(off)
    if explanation:
        check_text("explanation", explanation)
    return ShiftClosed(
        shift=shift.shift,
        number=report.number,
        clerk=desk.clerk,
        counted=[] if isinstance(counted, int) else [count for count in counted if count.pieces],
        cash=cash,
        expected=expected(shift),
        difference=off,
        explanation=explanation,
        approval=_approval(desk, off, supervisor),
        handed_to=handed_to,
    )


def _approval(desk: Desk, off: int, supervisor: Supervisor | None) -> Approval | None:
    if abs(off) <= may_be_off_by(desk):
        return None
    if supervisor is None:
        raise DifferenceNotApproved(off, may_be_off_by(desk))
    return approve(desk, Action.CASH_UP, supervisor)


def _cash(desk: Desk, counted: Counted) -> int:
    if isinstance(counted, int):
        check_number("cash", counted, LARGEST)
        return counted
    known = denominations(desk)
    for count in counted:
        if count.value not in known:
            raise BadField("counted", "no_such_money")
        check_number("counted", count.pieces, 1_000_000)
    return cash_of(counted)


def _z_report(desk: Desk, made: Sequence[SignedEntry], closing: ShiftClosed) -> ZReport:
    """The report as the store keeps it; when another program has closed the shift meanwhile, there is none."""
    report = desk.store.shifts.closed(closing.number)
    if report is None or report.proof not in {signed.hash for signed in made}:
        raise NoShiftOpen(desk.till)
    return report
