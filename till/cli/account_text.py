"""An account as the command line shows it: who, its cards, where every credit is, what was bought, what is open."""

from collections.abc import Sequence

from common.account import AccountFacts, Placed, Purchase, Standing, details, latest_purchases
from till.cli.layout import columns, labelled
from till.messages import Figures
from till.presenting.jobs import job_line
from till.presenting.still_open import still_open
from till.store.people import PersonRow


def account_lines(written: Figures, facts: AccountFacts, view: Standing) -> list[str]:
    """All that is shown of one account."""
    words = written.words
    lines = _about(written, facts, view)
    if view.cards:
        lines += [words("account.cards"), *_cards(written, view)]
    if view.credits:
        lines += [words("account.credits"), *_credits(written, view.credits)]
    bought = latest_purchases(facts)
    lines += [words("account.purchases"), *purchase_table(written, bought, indent=2)]
    for part in still_open(facts, view, written):
        lines += [words("account.open"), *labelled([(row.label, row.value) for row in part.rows])]
    return lines


def purchase_table(written: Figures, bought: Sequence[Purchase], indent: int = 0) -> list[str]:
    """Purchases, one a line."""
    if not bought:
        return [" " * indent + written.words("account.nothing_yet")]
    rows = [
        [
            written.at(one.at),
            str(one.count),
            written.credit(one.credit, one.unit),
            written.money(one.amount),
            one.receipt or "-",
        ]
        for one in bought
    ]
    return columns(
        [_head(written, "at", "count", "credit", "amount", "receipt"), *rows], right=[1, 2, 3], indent=indent
    )


def found_table(written: Figures, found: Sequence[PersonRow]) -> list[str]:
    """Accounts that were found, one a line."""
    if not found:
        return [written.words("account.not_found")]
    mark = written.words("account.frozen_mark")
    rows = [[row.number, row.name, row.meter, row.phone, mark if row.frozen else ""] for row in found]
    return columns([_head(written, "account", "name", "meter", "phone", "state"), *rows])


def _about(written: Figures, facts: AccountFacts, view: Standing) -> list[str]:
    words, known = written.words, details(facts)
    assert known is not None
    counts = words(f"unit.{view.unit.value}")
    rows = [
        ("meter", "  ".join(text for text in (view.meter, known.model, counts) if text)),
        ("limit", written.credit(known.limit, view.unit)),
        ("class", words.known("tariff_class", known.tariff_class)),
        ("phone", known.phone),
        ("address", known.address),
        ("note", known.note),
    ]
    if facts.frozen is not None:
        frozen = facts.frozen
        at, reason = written.at(frozen.at), frozen.body.reason
        closed = words("account.frozen_at", at=at, till=frozen.writer, clerk=frozen.body.clerk, reason=reason)
        rows.insert(0, ("state", closed))
    shown = [(words(f"label.{key}"), text) for key, text in rows if text]
    return [f"{known.account}  {known.name}", *labelled(shown)]


def _cards(written: Figures, view: Standing) -> list[str]:
    words = written.words
    rows = [
        [
            card.serial,
            words(f"card_state.{card.state.value}"),
            str(card.issue),
            str(card.count),
            job_line(card.given_by, written),
        ]
        for card in view.cards.values()
    ]
    return columns([_head(written, "card", "state", "issue", "count", "given"), *rows], right=[2, 3], indent=2)


def _credits(written: Figures, credits: Sequence[Placed]) -> list[str]:
    words = written.words
    rows = [
        [
            str(placed.job.count),
            words(f"purpose.{placed.job.purpose.value}"),
            written.credit(placed.job.credit, placed.job.unit),
            written.money(placed.job.amount) if placed.job.amount else "",
            placed.job.receipt or "",
            words(f"where.{placed.where.value}"),
        ]
        for placed in credits
    ]
    head = _head(written, "count", "purpose", "credit", "amount", "receipt", "where")
    return columns([head, *rows], right=[0, 2, 3], indent=2)


def _head(written: Figures, *labels: str) -> list[str]:
    return [written.words(f"label.{label}") for label in labels]
