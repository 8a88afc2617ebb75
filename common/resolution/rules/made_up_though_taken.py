"""Made up though the meter took the original after all, or its money was given back: the decision that it was owed is
overturned, but somebody has acted on it. The energy was given twice, and a person decides."""

from collections.abc import Mapping

from common.account.credits import Placed, Where
from common.entries import Option, Purpose, RuleDecision
from common.resolution.rule import Matter, Rule, case_about
from common.resolution.worth import worth

NAME = "made_up_though_taken"
_OPTIONS = (Option.RECOVER, Option.BRANCH_PAYS, Option.FORGIVE)


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each make-up that is in the meter or may still get there, while what it makes up was not lost."""
    credits = {credit.job.job: credit for credit in matter.view.credits}
    return [
        case_about(NAME, credit.job, amount=worth(matter, credit.root, credit.job.credit), options=_OPTIONS)
        for credit in credits.values()
        if credit.job.purpose is Purpose.MAKEUP
        and credit.where in (Where.METER, Where.CARD)
        and _was_not_lost(credit, credits)
    ]


def _was_not_lost(makeup: Placed, credits: Mapping[str, Placed]) -> bool:
    """Whether what was made up, or what that made up in its turn, is in the meter, was undone, or moved otherwise."""
    walked: set[str] = set()
    name = makeup.job.for_job
    while name in credits and name not in walked:
        walked.add(name)
        if credits[name].where in (Where.METER, Where.REVERSED, Where.NOWHERE):
            return True
        name = credits[name].job.for_job
    return False


RULE = Rule(NAME, decide)
