"""`till card`: read, issue, replace, make up, reverse, clear the meter, wipe."""

from typing import Annotated

import typer
from msgspec import Struct

from common.account import standing
from common.admission.judge import owed_here
from common.card.image import CardContents
from common.units import Credit, CreditUnit, format_credit, format_money
from till.cli.app import Group, app, emit, out, session
from till.cli.approving import By, OptionalBy, OptionalPin, Pin, Reason, optional_supervisor
from till.cli.layout import labelled
from till.messages import Explanation, Figures
from till.operations.card_job import JobDone
from till.operations.cards import issue_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import wipe_card
from till.operations.desk import Desk
from till.operations.examine import Examined, examine_card
from till.operations.makeup import make_up
from till.operations.meters import clear_meter
from till.operations.receipts import print_queued
from till.operations.reversal import reverse
from till.presenting.card import CardExplained, explain_card, verdict
from till.presenting.notices import told
from till.presenting.rows import Row

group = Group(
    help="Cards: read and explain, issue, replace, make up, reverse, clear the meter, take back.", no_args_is_help=True
)
app.add_typer(group, name="card")

Payment = Annotated[str, typer.Option(help="How a fee is paid: cash, card, transfer, ...")]


class CardView(Struct, frozen=True, kw_only=True):
    """A card as `till card read` prints it.

    Attributes:
        verdict: `good`, or the refusal's name.
        settled: the jobs that were in doubt and that this reading settled.
        notices: what the office decided and the clerk should hear of.
    """

    contents: CardContents
    verdict: str
    words: str
    owed: Credit
    settled: list[str]
    notices: list[Explanation]


@group.command("read")
def read(ctx: typer.Context) -> None:
    """Read the card in the reader and explain it: every field, what is wrong, what to do next."""
    run = session(ctx)
    with run.desk() as desk, run.card(desk) as driver:
        card = examine_card(desk, driver)
        explained = explain_card(card, run.figures)
        if card.contents is None:
            if not run.json:
                out.print(_as_text(explained), markup=False)
            assert card.refused is not None
            raise card.refused
    view = _view(card, card.contents, run.figures)
    paragraphs = [_as_text(explained), explained.verdict.text, *(notice.text for notice in view.notices)]
    emit(ctx, view, "\n\n".join(paragraphs))


@group.command("issue")
def issue(
    ctx: typer.Context, account: Annotated[str, typer.Argument(help="The account's number.")], payment: Payment = "cash"
) -> None:
    """Give an account its first card: the blank one in the reader."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = issue_card(desk, driver, account, payment)
        paid = _print_fee(ctx, desk, done)
    emit(ctx, done, f"Card {done.card} is account {account}'s card.{paid}")


@group.command("replace")
def replace(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account's number.")],
    reason: Annotated[str, typer.Option(help="lost, damaged, ...")] = "lost",
    payment: Payment = "cash",
) -> None:
    """Give an account a new card: the blank one in the reader. Every older card is refused from then on."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = replace_card(desk, driver, account, reason, payment)
        paid = _print_fee(ctx, desk, done)
    emit(ctx, done, f"Card {done.card} replaces account {account}'s card. The old one is refused from now on.{paid}")


@group.command("makeup")
def makeup(ctx: typer.Context, by: OptionalBy = None, reason: Reason = "", pin: OptionalPin = "") -> None:
    """Write the make-up that is owed on the account's card. The customer pays nothing.

    Where nothing proves that the meter lacks the credit, a supervisor must stand by it: --by and --reason.
    """
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = make_up(desk, driver, optional_supervisor(by, reason, pin))
    emit(ctx, done, _makeup_text(done))


@group.command("reverse")
def reverse_(ctx: typer.Context, by: By, reason: Reason, pin: Pin) -> None:
    """Undo the vend that is still on the card and give the money back. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        with session(ctx).card(desk) as driver:
            done = reverse(desk, driver, Supervisor(clerk=by, pin=pin, reason=reason))
        printed = print_queued(desk, session(ctx).printer)
        undone = desk.store.job(done.job)
        back = 0 if undone is None else undone.amount
    text = f"Undone on card {done.card}. Give back {format_money(back)}." if back else f"Undone on card {done.card}."
    emit(ctx, {"job": done, "amount": back, "printed": printed}, text)


@group.command("clear")
def clear(ctx: typer.Context) -> None:
    """Write on the card that its meter is to give up its credit: put it in the meter, then read it here again."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = clear_meter(desk, driver)
    text = f"Card {done.card} will make the meter give up its credit. Put it in the meter and bring it back."
    emit(ctx, done, text)


@group.command("wipe")
def wipe(ctx: typer.Context) -> None:
    """Take a card back: it is made blank and returns to the stock."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = wipe_card(desk, driver)
    emit(ctx, done, f"Card {done.card} is blank and back in stock.")


def _print_fee(ctx: typer.Context, desk: Desk, done: JobDone) -> str:
    if done.receipt is None:
        return ""
    print_queued(desk, session(ctx).printer)
    job = desk.store.job(done.job)
    return f" Fee {format_money(0 if job is None else job.amount)}, receipt {done.receipt}."


def _makeup_text(done: JobDone) -> str:
    credit = format_credit(done.credit, done.unit)
    return f"{credit} made up on card {done.card}, purchase count {done.count}. Nothing to pay."


def _view(card: Examined, contents: CardContents, figures: Figures) -> CardView:
    """Of a card that opened."""
    name, owed = verdict(card, figures), Credit(0, CreditUnit.ENERGY)
    if card.facts is not None:
        view = standing(card.facts)
        owed = Credit(sum(debt.credit for debt in owed_here(view)), view.unit)
    settled = [job.job for job in card.settled]
    return CardView(
        contents=contents,
        verdict=name.error,
        words=name.text,
        owed=owed,
        settled=settled,
        notices=told(card.facts, figures),
    )


def _as_text(explained: CardExplained) -> str:
    """Part by part; the values of all parts line up. What is wrong stands behind what it is wrong with."""
    rows = [(row.label, f"{row.value}  <- {row.wrong}" if row.wrong else row.value) for row in _rows(explained)]
    shown = iter(labelled(rows))
    lines: list[str] = []
    for part in explained.parts:
        lines += [part.title, *(next(shown) for _ in part.rows)]
    return "\n".join(lines)


def _rows(explained: CardExplained) -> list[Row]:
    return [row for part in explained.parts for row in part.rows]
