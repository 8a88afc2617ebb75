"""`till card`: read, issue, replace, make up, reverse, clear the meter, wipe."""

from typing import Annotated

import typer
from msgspec import Struct
from rich.cells import cell_len

from common.account import standing
from common.admission.judge import owed_here
from common.card.image import CardContents
from common.units import Credit, CreditUnit
from till.cli.app import Group, app, emit, figures, out, say, session
from till.cli.approving import By, OptionalBy, OptionalPin, Pin, Reason, optional_supervisor
from till.cli.layout import labelled
from till.cli.receipts import print_what_waits
from till.messages import Explanation, Figures
from till.operations.card_job import JobDone
from till.operations.cards import issue_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import wipe_card
from till.operations.desk import Desk
from till.operations.examine import Examined, examine_card
from till.operations.makeup import make_up
from till.operations.meters import clear_meter
from till.operations.reversal import reverse
from till.presenting.card import CardExplained, explain_card, verdict
from till.presenting.notices import told
from till.presenting.rows import Row

group = Group(
    help="Cards: read and explain, issue, replace, make up, reverse, clear the meter, take back.", no_args_is_help=True
)
app.add_typer(group, name="card")

Payment = Annotated[str, typer.Option(help="How a fee is paid: cash, card, transfer, ...")]


_WRONG = "!!"


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
                out.print(_as_text(explained), "", sep="\n", markup=False)
            assert card.refused is not None
            raise card.refused
    view = _view(card, card.contents, run.figures)
    emit(ctx, view, _as_text(explained), *(f"\n{told.text}" for told in (explained.verdict, *view.notices)))


@group.command("issue")
def issue(
    ctx: typer.Context, account: Annotated[str, typer.Argument(help="The account's number.")], payment: Payment = "cash"
) -> None:
    """Give an account its first card: the blank one in the reader."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = issue_card(desk, driver, account, payment)
        paid = _print_fee(ctx, desk, done)
    emit(ctx, done, say(ctx, "card_done.issued", card=done.card, account=account), *paid)


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
    emit(ctx, done, say(ctx, "card_done.replaced", card=done.card, account=account), *paid)


@group.command("makeup")
def makeup(ctx: typer.Context, by: OptionalBy = None, reason: Reason = "", pin: OptionalPin = "") -> None:
    """Write the make-up that is owed on the account's card. The customer pays nothing.

    Where nothing proves that the meter lacks the credit, a supervisor must stand by it: --by and --reason.
    """
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = make_up(desk, driver, optional_supervisor(ctx, by, reason, pin))
    credit = figures(ctx).credit(done.credit, done.unit)
    emit(ctx, done, say(ctx, "card_done.made_up", credit=credit, card=done.card, count=done.count))


@group.command("reverse")
def reverse_(ctx: typer.Context, by: By, reason: Reason, pin: Pin = "") -> None:
    """Undo the vend that is still on the card and give the money back. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        with session(ctx).card(desk) as driver:
            done = reverse(desk, driver, Supervisor(clerk=by, pin=pin, reason=reason))
        printed = print_what_waits(ctx, desk)
        undone = desk.store.job(done.job)
        back = 0 if undone is None else undone.amount
    money = [say(ctx, "card_done.give_back", money=figures(ctx).money(back))] if back else []
    emit(ctx, {"job": done, "amount": back, "printed": printed}, say(ctx, "card_done.undone", card=done.card), *money)


@group.command("clear")
def clear(ctx: typer.Context) -> None:
    """Write on the card that its meter is to give up its credit: put it in the meter, then read it here again."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = clear_meter(desk, driver)
    emit(ctx, done, say(ctx, "card_done.clear", card=done.card))


@group.command("wipe")
def wipe(ctx: typer.Context) -> None:
    """Take a card back: it is made blank and returns to the stock."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        done = wipe_card(desk, driver)
    emit(ctx, done, say(ctx, "card_done.wiped", card=done.card))


def _print_fee(ctx: typer.Context, desk: Desk, done: JobDone) -> list[str]:
    """Print the receipt of a fee, and say what was paid."""
    if done.receipt is None:
        return []
    print_what_waits(ctx, desk)
    job = desk.store.job(done.job)
    money = figures(ctx).money(0 if job is None else job.amount)
    return [say(ctx, "card_done.fee", money=money, receipt=done.receipt)]


def _view(card: Examined, contents: CardContents, written: Figures) -> CardView:
    """Of a card that opened."""
    name, owed = verdict(card, written), Credit(0, CreditUnit.ENERGY)
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
        notices=told(card.facts, written),
    )


def _as_text(explained: CardExplained) -> str:
    """Part by part; the values of all parts line up."""
    width = max(cell_len(row.label) for part in explained.parts for row in part.rows)
    lines: list[str] = []
    for part in explained.parts:
        lines += [part.title, *labelled([(row.label, _value(row)) for row in part.rows], width=width)]
    return "\n".join(lines)


def _value(row: Row) -> str:
    """What a row says, and below it what is wrong with that."""
    return "\n".join([row.value, *(f"{_WRONG} {line}" for line in row.wrong.splitlines())])
