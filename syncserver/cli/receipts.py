"""`syncserver receipt`: what the office holds of a paper receipt."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from common.entries import UtilitySet
from common.receipt_code import BadReceiptCode
from common.units import format_money
from syncserver.cli.app import Group, app, emit, session
from syncserver.office.errors import OfficeError
from syncserver.office.receipts import Held, ReceiptCheck, Verdict, check_receipt
from syncserver.office.utility import utility_of

group = Group(help="Receipts: check a paper.", no_args_is_help=True)
app.add_typer(group, name="receipt")

_SAID = {
    Verdict.GENUINE: "Genuine.",
    Verdict.UNDONE: "Genuine, and UNDONE SINCE.",
    Verdict.VOID: "VOID: another number stands in its place.",
    Verdict.NOT_ARRIVED: "NOT ARRIVED: of that till the office knows receipts up to {last}. Ask after its contact.",
    Verdict.ANOTHER: "ANOTHER entry stands there: the paper was altered, or a copy of the till's disk printed it.",
    Verdict.NO_SUCH: "NO SUCH RECEIPT.",
}


@group.command("check")
def check(
    ctx: typer.Context,
    paper: Annotated[str, typer.Argument(help="The text of its QR code, or its number such as till-0001-00000012.")],
) -> None:
    """Whether a paper receipt is genuine, and what has become of it since."""
    with session(ctx).office() as office, office.store.read() as reading:
        try:
            found = check_receipt(reading, paper)
        except BadReceiptCode as error:
            advice = "Give what the QR code says (KT1:...), or the number."
            raise OfficeError(f"{paper!r} is no receipt's code or number.", advice) from error
        utility = utility_of(reading)
    emit(ctx, found, "\n".join(_text(found, utility)))


def _text(found: ReceiptCheck, utility: UtilitySet) -> list[str]:
    lines = [_SAID[found.verdict].format(last=found.last or "(none)")]
    return lines + [line for held in found.held for line in _held(held, utility)]


def _held(held: Held, utility: UtilitySet) -> list[str]:
    zone = ZoneInfo(utility.zone)
    money = f"{format_money(held.amount, utility.digits)} {utility.currency}"
    lines = [
        f"  {held.receipt}  {held.kind}  {money}  account {held.account}",
        f"  {held.at.astimezone(zone):%Y-%m-%d %H:%M:%S} at {held.till} by {held.clerk}",
        f"  entry {held.code.seq} of epoch {held.code.epoch}, hash {held.code.hash}",
    ]
    if held.beside:
        lines.append("  beside the till's journal (its disk was restored, or copied): the number may be double")
    if held.instead:
        lines.append(f"  void: {held.instead} stands in its place")
    if held.in_place_of:
        lines.append(f"  in the place of {held.in_place_of}, which is void")
    for undone in held.undone:
        at = undone.at.astimezone(zone)
        lines.append(f"  undone by {undone.kind} {undone.receipt} at {undone.till}, {at:%Y-%m-%d %H:%M:%S}")
    return lines
