"""What of an account is still open when its card is read: what waits, what is owed, and how each is put right."""

from common.account import AccountFacts, Owed, Standing, Where, open_debts
from common.admission import MakeupNotProved, Refused, plan_makeup
from common.admission.judge import owed_here
from common.card.image import CardContents
from common.units import Credit
from till.messages.figures import Figures
from till.presenting.jobs import job_line
from till.presenting.rows import Part, Row


def still_open(
    facts: AccountFacts, view: Standing, figures: Figures, contents: CardContents | None = None
) -> list[Part]:
    """The part that says it; none when nothing is. `contents`: of the card that is in the reader."""
    words = figures.words
    rows = [
        *_waiting(view, figures),
        *_owed(facts, view, figures),
        *_unproved(facts, view, figures, contents),
        *_arrears(facts, figures),
        *_in_doubt(view, figures),
    ]
    return [Part("open", words("card.open"), rows)] if rows else []


def _waiting(view: Standing, figures: Figures) -> list[Row]:
    jobs = [placed.job for placed in view.credits if placed.where is Where.CARD]
    jobs += [] if view.clearing is None else [view.clearing]
    return [Row("waits", figures.words("card.waits"), job_line(job, figures)) for job in jobs]


def _owed(facts: AccountFacts, view: Standing, figures: Figures) -> list[Row]:
    """Credit that the meter on the wall can take is made up; the rest is given back as money."""
    here = owed_here(view)
    return [
        _debt(debt, facts.account, "owed_here" if debt in here else "owed_elsewhere", figures) for debt in view.owed
    ]


def _debt(debt: Owed, account: str, key: str, figures: Figures) -> Row:
    words, credit = figures.words, figures.credit(debt.credit, debt.unit)
    return Row(key, words("card.owed"), words(f"card.{key}", credit=credit, account=account, job=debt.for_job))


def _unproved(facts: AccountFacts, view: Standing, figures: Figures, contents: CardContents | None) -> list[Row]:
    lost = None if contents is None or owed_here(view) else _lost(facts, contents)
    if lost is None:
        return []
    words, credit = figures.words, figures.credit(lost.amount, lost.unit)
    return [Row("unproved", words("card.unproved"), words("card.unproved_text", credit=credit))]


def _lost(facts: AccountFacts, contents: CardContents) -> Credit | None:
    """Credit that was paid for and of which nobody knows whether the meter has it, when this card could make it up."""
    try:
        plan_makeup(facts, contents, "")
    except MakeupNotProved as lost:
        return lost.credit
    except Refused:
        return None
    return None


def _arrears(facts: AccountFacts, figures: Figures) -> list[Row]:
    words = figures.words
    return [
        Row(
            "arrears",
            words("card.arrears"),
            words("card.arrears_text", money=figures.money(debt.outstanding), name=debt.name),
        )
        for debt in open_debts(facts)
    ]


def _in_doubt(view: Standing, figures: Figures) -> list[Row]:
    words = figures.words
    return [
        Row("doubt", words("card.doubt"), words("card.doubt_text", line=job_line(job, figures), card=job.card))
        for job in view.in_doubt
    ]
