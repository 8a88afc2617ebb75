"""What the office holds of a paper receipt, by its code or by its number."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeGuard

from msgspec import Struct

from common.chain import SignedEntry, carried
from common.entries import (
    AnyBody,
    ArrearsPaid,
    Naming,
    Purpose,
    ReceiptVoided,
    RefundPaid,
    StartedJob,
    account_of,
    decode_entry,
    money_of,
    paid_for,
    purpose_of,
    receipt_of,
)
from common.receipt_code import BadReceiptCode, ReceiptCode, read_receipt_code, receipt_number, receipt_text
from common.reports.line import REVERSAL
from common.shift import ARREARS, REFUND, VOIDED
from syncserver.store import ForkRow, Reading, VendRow, WriterRow

Begun = StartedJob | RefundPaid | ArrearsPaid
"""What a receipt is for."""

_TYPES = [*(f"{purpose}.completed" for purpose in Purpose), "refund.paid", "arrears.paid", "receipt.voided"]
"""Entries that name a receipt."""


class Verdict(StrEnum):
    """What is to be thought of the paper."""

    GENUINE = "genuine"
    UNDONE = "undone"
    """It is genuine, and what it is for was undone since."""
    VOID = "void"
    """Its number is void, and another stands in its place: the paper is to be handed in."""
    NOT_ARRIVED = "not_arrived"
    """The till has written further than the office has heard: ask again when it has been in touch."""
    ANOTHER = "another"
    """Another entry stands at its place: the paper was altered, or is of a branch of the journal that has not come."""
    NO_SUCH = "no_such"


class Undone(Struct, frozen=True, kw_only=True):
    """What undid it: a `reversal`, or a `refund` for credit that never arrived. `at`: when it began."""

    kind: str
    till: str
    receipt: str
    at: datetime


class Held(Struct, frozen=True, kw_only=True):
    """A receipt as the office holds it.

    Attributes:
        kind: a purpose; of what is no card job, REFUND or ARREARS.
        amount: minor units, taken or given back.
        code: what its QR code says.
        beside: whether its entry stands beside the till's journal: a disk was restored, or copied. Then its number may
            have been given a second time.
        instead: the number in its place, when it is void.
        in_place_of: the number that it stands in the place of; "" where it is the first.
    """

    receipt: str
    kind: str
    till: str
    at: datetime
    account: str
    clerk: str
    amount: int
    code: ReceiptCode
    beside: bool
    undone: list[Undone]
    instead: str = ""
    in_place_of: str = ""


class ReceiptCheck(Struct, frozen=True, kw_only=True):
    """The answer.

    Attributes:
        held: what there is under that code or number; several only where a journal has forked.
        last: the last receipt that the office has heard of from that till; "" where it has heard of none.
    """

    verdict: Verdict
    held: list[Held]
    last: str = ""


def check_receipt(reading: Reading, asked: str) -> ReceiptCheck:
    """Check a paper receipt, by the text of its QR code or by its number.

    Raises:
        BadReceiptCode: the text is neither.
    """
    text = asked.strip()
    try:
        code = read_receipt_code(text)
    except BadReceiptCode:
        till, number = text.lower().rpartition("-")[0], receipt_number(text)
        if not till or not number:
            raise
        return _by_number(reading, till, number)
    return _by_code(reading, code)


def _by_code(reading: Reading, code: ReceiptCode) -> ReceiptCheck:
    row = reading.writer(code.till, code.epoch)
    if row is None or not row.is_till:
        return ReceiptCheck(verdict=Verdict.NO_SUCH, held=[])
    stored = reading.entry(code.till, code.epoch, code.seq)
    beside = next((fork for fork in _forks(reading, code.till) if fork.hash == code.hash), None)
    if stored is not None and stored.hash == code.hash:
        return _held(reading, [(stored.signed, False)], row)
    if beside is not None:
        return _held(reading, [(_signed(beside), True)], row)
    verdict = Verdict.NOT_ARRIVED if stored is None and code.seq > row.seq else Verdict.ANOTHER
    return ReceiptCheck(verdict=verdict, held=[], last=reading.last_receipt(row.id))


def _by_number(reading: Reading, till: str, number: int) -> ReceiptCheck:
    rows = [row for row in reading.epochs(till) if row.is_till]
    if not rows:
        return ReceiptCheck(verdict=Verdict.NO_SUCH, held=[])
    found = [(signed, False) for row in rows if (signed := _find(reading, row, number)) is not None]
    for fork in _forks(reading, till):
        signed = _signed(fork)
        if receipt_number(_receipt(signed) or "") == number:
            found.append((signed, True))
    if found:
        return _held(reading, found, rows[-1])
    last = reading.last_receipt(till)
    verdict = Verdict.NOT_ARRIVED if number > receipt_number(last) else Verdict.NO_SUCH
    return ReceiptCheck(verdict=verdict, held=[], last=last)


def _held(reading: Reading, found: list[tuple[SignedEntry, bool]], row: WriterRow) -> ReceiptCheck:
    held = [told for signed, beside in found if (told := _tell(reading, signed, beside)) is not None]
    verdict = Verdict.GENUINE if held else Verdict.NO_SUCH
    if held and all(one.instead for one in held):
        verdict = Verdict.VOID
    elif held and all(one.undone for one in held):
        verdict = Verdict.UNDONE
    return ReceiptCheck(verdict=verdict, held=held, last=reading.last_receipt(row.id))


def _find(reading: Reading, row: WriterRow, number: int) -> SignedEntry | None:
    """The entry of a journal that names this number: that which began it, or one soon after it."""
    receipt = receipt_text(row.id, number)
    for line in reading.lines_numbered(receipt, receipt):
        if (line.writer, line.epoch) == (row.id, row.epoch):
            for stored in reading.from_on(row.id, row.epoch, line.seq, _TYPES):
                signed = stored.signed
                if _receipt(signed) == receipt:
                    return signed
    return None


def _tell(reading: Reading, named: SignedEntry, beside: bool) -> Held | None:
    body = named.entry.body
    receipt, account = _receipt(named), account_of(body)
    if receipt is None or account is None or not isinstance(body, Naming):
        return None
    name = paid_for(body)
    begun = body if isinstance(body, RefundPaid | ArrearsPaid) else _begun(reading, account, name)
    if begun is None:
        return None  # its start is of a branch of the journal that has not come
    kind, amount = _kind_and_amount(begun)
    since = [line for line in reading.lines_for([name, receipt]) if line.account == account]
    return Held(
        receipt=receipt,
        kind=kind,
        till=named.entry.writer,
        at=named.entry.at,
        account=account,
        clerk=begun.clerk,
        amount=amount,
        code=ReceiptCode.of(named),
        beside=beside,
        undone=[_undone(line) for line in since if line.kind in (REVERSAL, REFUND) and line.for_job == name],
        instead=next((line.job for line in since if line.kind == VOIDED and line.for_job == receipt), ""),
        in_place_of=body.receipt if isinstance(body, ReceiptVoided) else "",
    )


def _begun(reading: Reading, account: str, name: str) -> Begun | None:
    """What began what a receipt is for: where its line says; else, where two branches of a journal have an entry of
    that number, wherever in the account's life it is."""

    def is_it(body: AnyBody) -> TypeGuard[Begun]:
        return isinstance(body, Begun) and account_of(body) == account and _name(body) == name

    line = reading.line(name)
    stored = None if line is None else reading.entry(line.writer, line.epoch, line.seq)
    if stored is not None and is_it(body := stored.signed.entry.body):
        return body
    return next(filter(is_it, (signed.entry.body for signed in _about(reading, account))), None)


def _name(body: Begun) -> str:
    return body.job if isinstance(body, StartedJob) else paid_for(body)


def _kind_and_amount(begun: Begun) -> tuple[str, int]:
    if isinstance(begun, StartedJob):
        return purpose_of(begun).value, money_of(begun)
    return (REFUND if isinstance(begun, RefundPaid) else ARREARS), begun.amount


def _undone(line: VendRow) -> Undone:
    at = datetime.fromisoformat(line.at)
    return Undone(kind=line.kind, till=line.writer, receipt=line.receipt or "", at=at)


def _about(reading: Reading, account: str) -> Iterator[SignedEntry]:
    row = reading.accounts([account]).get(account)
    for stored in [] if row is None else reading.about(row.last):
        signed = stored.signed
        yield carried(signed) or signed


def _receipt(signed: SignedEntry) -> str | None:
    """The number that an entry names; one of another till than its writer's is none."""
    body, till = signed.entry.body, signed.entry.writer
    receipt = receipt_of(body) if isinstance(body, Naming) else None
    return receipt if receipt and receipt_text(till, receipt_number(receipt)) == receipt else None


def _forks(reading: Reading, till: str) -> list[ForkRow]:
    return [fork for fork in reading.forks() if fork.writer == till]


def _signed(fork: ForkRow) -> SignedEntry:
    return SignedEntry(decode_entry(fork.raw), fork.raw, fork.hash, fork.signature)
