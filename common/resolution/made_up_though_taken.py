"""Made up though the meter took the original after all: the energy was given twice, and a person decides."""

from common.account.credits import Where
from common.account.facts import AccountFacts
from common.account.standing import Standing
from common.entries import CaseOpened, Purpose, RuleDecision

NAME = "made_up_though_taken"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each make-up that is in the meter or may still get there, while its original is in the meter."""
    taken = {credit.job.job for credit in view.credits if credit.where is Where.METER}
    return [
        CaseOpened(
            key=f"{NAME}/{credit.job.job}",
            rule=NAME,
            account=facts.account,
            subject=credit.job.job,
            credit=credit.job.credit,
            unit=credit.job.unit,
        )
        for credit in view.credits
        if credit.job.purpose is Purpose.MAKEUP
        and credit.where in (Where.METER, Where.CARD)
        and credit.job.for_job in taken
    ]
