"""The same money given back at two tills, or for credit that moved to another meter: what came first stands; the other
is the branch's to answer for: a person decides."""

from collections.abc import Iterator

from common.account.facts import Refund, reversed_jobs
from common.entries import About, CaseOpened, Option, RuleDecision
from common.resolution.rule import Matter, Rule
from common.units import CreditUnit

NAME = "refunded_twice"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each refund of what an earlier one, by its id, had paid back, or a reversal; and for each that gave
    back more than meters had given up and was not moved."""
    return [*_of_one_thing(matter), *(case for unit in CreditUnit for case in _of_what_was_given_up(matter, unit))]


def _of_one_thing(matter: Matter) -> Iterator[CaseOpened]:
    paid = reversed_jobs(matter.facts)
    for name, refund in sorted(matter.facts.refunds.items()):
        what = refund.for_job or refund.decision
        if what and what in paid:
            yield _case(matter, name, refund, refund.credit)
        elif what:
            paid.add(what)


def _of_what_was_given_up(matter: Matter, unit: CreditUnit) -> Iterator[CaseOpened]:
    books = matter.view.books.of(unit)
    left = max(0, books.cleared - books.moved + books.moved_again)
    for name, refund in sorted(matter.facts.refunds.items()):
        if refund.unit is unit and refund.credit and not refund.for_job:
            excess = max(0, refund.credit - left)
            left = max(0, left - refund.credit)
            if excess:
                yield _case(matter, name, refund, excess)


def _case(matter: Matter, name: str, refund: Refund, credit: int) -> CaseOpened:
    """`credit` of the refund's was given back wrongly; of its money as great a part."""
    return CaseOpened(
        key=f"{NAME}/{name}",
        rule=NAME,
        account=matter.facts.account,
        about=About.JOB,
        subject=refund.for_job or name,
        credit=credit,
        unit=refund.unit,
        amount=refund.amount if credit == refund.credit else refund.amount * credit // refund.credit,
        writer=refund.writer,
        clerk=refund.clerk,
        receipt=refund.receipt,
        options=[Option.BRANCH_PAYS, Option.RECOVER, Option.FORGIVE],
    )


RULE = Rule(NAME, decide)
