"""What a drawer should hold, against sums made in another way over any order of shifts, sales and refunds."""

from collections import defaultdict
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from common.entries import CashCount, ShiftClosed, ShiftOpened
from common.shift import (
    CASH,
    DENOMINATIONS,
    Moved,
    Shifts,
    begin,
    cash_of,
    end,
    expected,
    expected_cash,
    move,
)

AT = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
MONEY = st.integers(-(10**9), 10**9)
MOVED = st.builds(
    Moved,
    kind=st.sampled_from(["vend", "reversal", "refund", "arrears"]),
    payment=st.sampled_from(["", "cash", "card", "transfer", "微信"]),
    money=MONEY,
    receipt=st.just("") | st.from_regex(r"till-0001-0000000[1-9]", fullmatch=True),
)


def opened(number: int, cash: int = 0, clerk: str = "wang") -> ShiftOpened:
    return ShiftOpened(shift=f"till-0001/S{number}", clerk=clerk, opening_float=cash)


def closed(shift: str, number: int = 1) -> ShiftClosed:
    return ShiftClosed(shift=shift, number=number, clerk="wang", counted=[], cash=0, expected=[], difference=0)


@given(st.lists(MOVED), st.integers(0, 10**9))
def test_what_should_be_there_is_the_float_and_all_that_was_moved(moves: list[Moved], cash: int) -> None:
    shifts = begin(Shifts(), opened(1, cash), AT)
    sums: dict[str, int] = defaultdict(int, {CASH: cash})
    for seq, moved in enumerate(moves, 2):
        shifts = move(shifts, moved, AT, "till-0001", seq)
        sums[moved.payment or CASH] += moved.money
    assert shifts.open is not None
    assert {part.payment: part.amount for part in expected(shifts.open)} == dict(sums)
    assert expected(shifts.open)[0].payment == CASH
    assert expected_cash(shifts.open) == sums[CASH]
    assert sum(row.count for row in shifts.open.taken) == len(moves)
    receipts = [moved.receipt for moved in moves if moved.receipt]
    ends = (shifts.open.first_receipt, shifts.open.last_receipt)
    assert ends == ((receipts[0], receipts[-1]) if receipts else ("", ""))


@given(st.lists(st.integers(-1, 3) | MOVED))
def test_money_counts_in_one_shift_and_no_number_is_left_out(steps: list[int | Moved]) -> None:
    """-1 closes the open shift, 0 to 3 open one with so much; between them money moves."""
    shifts, counted, numbers = Shifts(), 0, []
    for seq, step in enumerate(steps, 1):
        if isinstance(step, Moved):
            shifts = move(shifts, step, AT, "till-0001", seq)
        elif step >= 0:
            shifts = begin(shifts, opened(seq, step), AT)
        elif shifts.open is not None:
            counted += sum(row.money for row in shifts.open.taken)
            shifts = end(shifts, closed(shifts.open.shift))
            numbers.append(shifts.closed)
            assert shifts.open is None
    left = 0 if shifts.open is None else sum(row.money for row in shifts.open.taken)
    assert counted + left == sum(step.money for step in steps if isinstance(step, Moved))
    assert numbers == list(range(1, len(numbers) + 1))


def test_money_opens_a_shift_by_itself_and_a_clerk_may_take_it_on() -> None:
    sale = Moved(kind="vend", payment="cash", money=5_000, receipt="till-0001-00000001")
    shifts = move(Shifts(), sale, AT, "till-0001", 7)
    assert shifts.open is not None
    assert (shifts.open.shift, shifts.open.by_itself, expected_cash(shifts.open)) == ("till-0001/7", True, 5_000)
    taken_on = begin(shifts, opened(8, 20_000), AT).open
    assert taken_on is not None
    assert (taken_on.clerk, taken_on.by_itself, expected_cash(taken_on)) == ("wang", False, 25_000)


def test_of_two_who_open_or_close_at_once_the_first_holds() -> None:
    shifts = begin(Shifts(), opened(1, 100), AT)
    assert begin(shifts, opened(2, 999, "li"), AT) == shifts
    assert end(shifts, closed("till-0001/S2")) == shifts
    once = end(shifts, closed("till-0001/S1"))
    assert end(once, closed("till-0001/S1")) == once


@given(st.lists(st.tuples(st.sampled_from(DENOMINATIONS["CNY"]), st.integers(0, 1000))))
def test_pieces_add_up(pieces: list[tuple[int, int]]) -> None:
    assert cash_of(CashCount(*piece) for piece in pieces) == sum(value * number for value, number in pieces)
