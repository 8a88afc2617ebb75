"""Shifts: every drawer that was counted, and one shift's report, from the journal that it is in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from common.chain import SignedEntry
from common.documents import Cell, Column, Document, Kind, Section
from common.entries import ArrearsPaid, Completed, ReceiptVoided, RefundPaid, ShiftClosed, ShiftOpened
from common.reports.calendar import Month
from common.reports.line import Line
from common.reports.source import Source
from common.shift import (
    CASH,
    Moved,
    Shifts,
    ZReport,
    begin,
    end,
    expected,
    expected_cash,
    move,
    moved_by_hand,
    z_number,
)


class ShiftWord(Struct, frozen=True, kw_only=True):
    """An entry that opened or closed a shift.

    Attributes:
        at: by the office's clock, where it is known.
    """

    writer: str
    epoch: int
    seq: int
    at: datetime
    body: ShiftOpened | ShiftClosed


def shifts_report(source: Source, month: Month, words: Sequence[ShiftWord], scope: Mapping[str, str]) -> Document:
    """Every drawer that was counted in a month, and what is open still, a row each.

    Args:
        words: of the tills, all that they ever said of shifts, in the order of each journal.
        scope: which tills these are, by name of a parameter.
    """
    opened = {word.body.shift: word for word in words if isinstance(word.body, ShiftOpened)}
    ended = {word.body.shift for word in words if isinstance(word.body, ShiftClosed)}
    zone = source.zone
    rows: list[list[Cell]] = []
    for word in sorted(words, key=lambda word: (word.writer, word.epoch, word.seq)):
        body = word.body
        if isinstance(body, ShiftClosed) and month.holds(word.at.astimezone(zone).date()):
            rows.append(_counted(source, word, body, opened.get(body.shift)))
        elif isinstance(body, ShiftOpened) and body.shift not in ended:
            rows.append([word.writer, "", word.at, source.clerk(body.clerk), None, "", body.opening_float, *[None] * 7])
    kinds = {"opened": Kind.TIME, "counted_at": Kind.TIME} | dict.fromkeys(_MONEY, Kind.MONEY)
    columns = [Column(name, source.title(name), kinds.get(name, Kind.TEXT)) for name in _NAMES]
    total: list[Cell] = [
        sum(int(str(row[place] or 0)) for row in rows) if name in _SUMMED else None for place, name in enumerate(_NAMES)
    ]
    total[0] = source.words("column.total")
    return source.document(
        "shifts",
        [Section(columns=columns, rows=rows, total=total)],
        parameters={"month": str(month), **scope},
        notes=[source.words("note.shifts")],
        signed=True,
        month=str(month),
    )


_NAMES = (
    "writer", "z", "opened", "shift_of", "counted_at", "counted_by", "float", "expected_cash", "counted_cash",
    "difference", "not_cash", "explanation", "approved_by", "handed_to",
)  # fmt: skip
_MONEY = ("float", "expected_cash", "counted_cash", "difference", "not_cash")
_SUMMED = ("difference", "not_cash")


def _counted(source: Source, word: ShiftWord, body: ShiftClosed, opening: ShiftWord | None) -> list[Cell]:
    cash = sum(part.amount for part in body.expected if part.payment == CASH)
    begun = opening.body if opening is not None and isinstance(opening.body, ShiftOpened) else None
    return [
        word.writer,
        z_number(word.writer, word.epoch, body.number),
        None if opening is None else opening.at,
        source.words("column.by_itself") if begun is None else source.clerk(begun.clerk),
        word.at,
        source.clerk(body.clerk),
        0 if begun is None else begun.opening_float,
        cash,
        body.cash,
        body.difference,
        sum(part.amount for part in body.expected if part.payment != CASH),
        body.explanation,
        "" if body.approval is None else source.clerk(body.approval.by),
        source.clerk(body.handed_to) if body.handed_to else "",
    ]


def replay(entries: Iterable[SignedEntry], line_of: Callable[[str], Line | None]) -> list[ZReport]:
    """The shifts that these entries of one journal closed, each with all that it moved.

    Args:
        entries: from one after which no shift was open.
        line_of: the line of a job (common.reports.line); None for a job without one.
    """
    shifts, reports = Shifts(), []
    for signed in entries:
        entry, moved = signed.entry, None
        match entry.body:
            case ShiftOpened() as body:
                shifts = begin(shifts, body, entry.at)
            case ShiftClosed() as body:
                after = end(shifts, body)
                if shifts.open is not None and after.open is None:
                    reports.append(ZReport(shift=shifts.open, closing=body, at=entry.at, proof=signed.hash))
                shifts = after
            case RefundPaid() | ArrearsPaid() | ReceiptVoided() as body:
                moved = moved_by_hand(body)
            case Completed() as body:
                moved = _moved(line_of(body.job), body.receipt)
            case _:
                pass
        if moved is not None:
            shifts = move(shifts, moved, entry.at, entry.writer, entry.seq)
    return reports


def _moved(line: Line | None, receipt: str | None) -> Moved | None:
    if line is None or not (receipt or line.amount):
        return None
    return Moved(kind=line.kind, payment=line.payment, money=line.amount, receipt=receipt or "")


def z_report(source: Source, report: ZReport, till: str, epoch: int) -> Document:
    """One shift's report: what it moved, what should have been there, what was counted."""
    number = z_number(till, epoch, report.closing.number)
    return source.document(
        "shift",
        [
            _moved_section(source, report),
            _expected_section(source, report),
            *([_counted_section(source, report)] if report.closing.counted else []),
        ],
        parameters=_about(source, report, till),
        signed=True,
        one_page=True,
        number=number,
    )


def _moved_section(source: Source, report: ZReport) -> Section:
    columns = [*_text_columns(source, "what", "payment"), Column("number", source.title("number"), Kind.COUNT)]
    columns += [Column(name, source.title(name), Kind.MONEY) for name in ("taken", "given_back", "net")]
    taken = report.shift.taken
    rows: list[list[Cell]] = [
        [
            source.words(f"kind.{row.kind}"),
            source.words.known("payment", row.payment),
            row.count,
            row.taken,
            -row.given,
            row.money,
        ]
        for row in taken
    ]
    total: list[Cell] = [source.words("column.total"), None, sum(row.count for row in taken)]
    total += [sum(row.taken for row in taken), -sum(row.given for row in taken), sum(row.money for row in taken)]
    return Section(columns=columns, rows=rows, total=total)


def _expected_section(source: Source, report: ZReport) -> Section:
    columns = [*_text_columns(source, "payment"), Column("money", source.title("expected"), Kind.MONEY)]
    rows: list[list[Cell]] = [
        [source.words.known("payment", part.payment), part.amount] for part in expected(report.shift)
    ]
    return Section(columns=columns, rows=rows, title=source.words("title.expected"))


def _counted_section(source: Source, report: ZReport) -> Section:
    columns = [Column("value", source.title("value"), Kind.MONEY), Column("pieces", source.title("pieces"), Kind.COUNT)]
    columns.append(Column("money", source.title("money"), Kind.MONEY))
    rows: list[list[Cell]] = [[part.value, part.pieces, part.value * part.pieces] for part in report.closing.counted]
    return Section(
        columns=columns, rows=rows, total=[None, None, report.closing.cash], title=source.words("title.counted")
    )


def _text_columns(source: Source, *names: str) -> list[Column]:
    return [Column(name, source.title(name)) for name in names]


def _about(source: Source, report: ZReport, till: str) -> dict[str, str]:
    shift, closing = report.shift, report.closing
    return {
        "till": till,
        "shift_of": source.clerk(shift.clerk) if shift.clerk else source.words("column.by_itself"),
        "opened": _time(source, shift.at),
        "counted_at": _time(source, report.at),
        "counted_by": source.clerk(closing.clerk),
        "float": source.money(shift.opening_float),
        "expected_cash": source.money(expected_cash(shift)),
        "counted_cash": source.money(closing.cash),
        "difference": source.money(closing.difference),
        "explanation": closing.explanation,
        "approved_by": "" if closing.approval is None else source.clerk(closing.approval.by),
        "handed_to": source.clerk(closing.handed_to) if closing.handed_to else "",
        "receipts": " - ".join(part for part in (shift.first_receipt, shift.last_receipt) if part),
    }


def _time(source: Source, at: datetime) -> str:
    return f"{at.astimezone(source.zone):%Y-%m-%d %H:%M}"
