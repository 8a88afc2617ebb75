"""The same make-up was given by two tills and the meter took both: the second is recovered from the next purchase, at
the price that was paid for the energy, and the case says so."""

from common.account.credits import Placed, Where
from common.entries import ArrearsOwed, Option, Purpose, RuleDecision
from common.resolution.rule import Matter, Rule, case_about
from common.resolution.worth import worth

NAME = "made_up_twice"


def decide(matter: Matter) -> list[RuleDecision]:
    """For each make-up that the meter took after another one of the same credit: arrears, and a case."""
    decisions: list[RuleDecision] = []
    for credit in _second(matter.view.credits):
        job, amount = credit.job, worth(matter, credit.root, credit.job.credit)
        case = case_about(NAME, job, amount=amount, options=[Option.FORGIVE, Option.BRANCH_PAYS])
        decisions.append(case)
        if amount and matter.decided(case.key) is None:
            decisions.append(
                ArrearsOwed(
                    key=f"{NAME}/arrears/{job.job}",
                    rule=NAME,
                    account=job.account,
                    for_job=job.job,
                    name=f"补电重复 make-up given twice {job.job}",
                    amount=amount,
                )
            )
    return decisions


def _second(credits: list[Placed]) -> list[Placed]:
    """Make-ups that a meter took after another one of the same root; credits come in the order of the card. Where the
    meter took the root itself, that is another rule's (made_up_though_taken)."""
    taken = [credit for credit in credits if credit.where is Where.METER]
    served = {credit.job.job for credit in taken}
    makeups = [credit for credit in taken if credit.job.purpose is Purpose.MAKEUP and credit.root not in served]
    first = {credit.root: credit for credit in reversed(makeups)}
    return [credit for credit in makeups if first[credit.root] is not credit]


RULE = Rule(NAME, decide)
