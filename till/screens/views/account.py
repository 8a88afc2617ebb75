"""An account as the counter shows it: who, which meter and card, where the credit is, what was bought, what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from common.account import AccountFacts, Placed, Purchase, Standing, Where, details, standing
from common.card.image import CardContents, credit_taken
from common.units import Credit
from till.messages import Figures
from till.presenting.notices import told
from till.presenting.still_open import still_open
from till.screens.views.words import sentence

_OPEN = {
    "doubt": ("warn", "question"),
    "owed_here": ("info", "hand"),
    "owed_elsewhere": ("info", "money"),
    "unproved": ("warn", "question"),
    "arrears": ("warn", "money"),
}
"""Tone and icon of what is still open. That credit waits on the card is said where the credit is said to be."""


@dataclass(frozen=True)
class Notice:
    """Something about an account that a clerk must know. `tone`: of till.screens.look."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True)
class PurchaseRow:
    """A purchase as a row."""

    at: str
    count: str
    credit: str
    money: str
    receipt: str


@dataclass(frozen=True)
class AccountView:
    """An account in words.

    Attributes:
        where: where its latest credit is, and `where_tone` how that should look.
        lines: label and value of what else is known.
    """

    number: str
    name: str
    frozen: bool
    meter: str
    card: str
    where: str
    where_tone: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    purchases: list[PurchaseRow] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def account_view(
    facts: AccountFacts, purchases: Sequence[Purchase], figures: Figures, contents: CardContents | None = None
) -> AccountView:
    """An account, with the card that is in the reader if there is one."""
    known, view, words = details(facts), standing(facts), figures.words
    where, tone = _where(view, figures, contents)
    active = None if view.active is None else view.cards[view.active]
    card = words("account.no_card") if active is None else card_text(active.serial)
    lines = [
        (words("account.number"), facts.account),
        (words("account.meter"), view.meter),
        (words("account.card"), card),
    ]
    if active is not None:
        lines.append((words("account.issue"), f"{active.issue}    {words('account.count')} {active.count}"))
    if known is not None:
        lines.append((words("account.class"), sentence(words.known("tariff_class", known.tariff_class))))
        lines += [
            (words(f"account.{name}"), text)
            for name, text in (("phone", known.phone), ("address", known.address), ("note", known.note))
            if text
        ]
    return AccountView(
        number=facts.account,
        name="" if known is None else known.name,
        frozen=facts.frozen is not None,
        meter=view.meter,
        card=card,
        where=where,
        where_tone=tone,
        lines=lines,
        purchases=[purchase_row(bought, figures) for bought in purchases],
        notices=_notices(facts, view, figures, contents),
    )


def card_text(serial: str) -> str:
    """A card's number in fours, as it is printed on cards."""
    return " ".join(serial[place : place + 4] for place in range(0, len(serial), 4))


def purchase_row(bought: Purchase, figures: Figures) -> PurchaseRow:
    """A purchase as a row."""
    return PurchaseRow(
        at=figures.at(bought.at),
        count=str(bought.count),
        credit=figures.credit(bought.credit, bought.unit),
        money=figures.plain(bought.amount),
        receipt=bought.receipt or "",
    )


def _where(view: Standing, figures: Figures, contents: CardContents | None) -> tuple[str, str]:
    """Where the account's credit is, and the tone of that."""
    words = figures.words
    on_card = [credit for credit in view.credits if credit.where is Where.CARD and not _taken(credit, contents)]
    if on_card:
        credit = figures.credits(Credit(placed.job.credit, placed.job.unit) for placed in on_card)
        return words("account.on_card", credit=credit), "warn"
    returned = None if contents is None else contents.returned
    if returned is not None:
        return words("account.in_meter", credit=figures.credit(returned.remaining, view.unit)), "accent"
    if view.credits and view.credits[-1].where is Where.METER:
        return words("account.all_taken"), "accent"
    return words("account.nothing_yet") if not view.credits else words("account.not_known"), "muted"


def _taken(placed: Placed, contents: CardContents | None) -> bool:
    here = contents is not None and contents.image is not None and contents.serial == placed.job.card
    return here and contents is not None and credit_taken(contents)


def _notices(facts: AccountFacts, view: Standing, figures: Figures, contents: CardContents | None) -> list[Notice]:
    words = figures.words
    found: list[Notice] = []
    if facts.frozen is not None:
        found.append(Notice("danger", "blocked", words("notice.frozen", at=figures.at(facts.frozen.at))))
    for part in still_open(facts, view, figures, contents):
        for row in part.rows:
            if row.key in _OPEN:
                tone, icon = _OPEN[row.key]
                found.append(Notice(tone, icon, words("notice.row", label=sentence(row.label), value=row.value)))
    return found + [Notice("warn", "office", said.what) for said in told(facts, figures)]
