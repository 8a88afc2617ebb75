"""Sold after another till froze the account: the account stays frozen and a refund is due.

Who could not know of whom is read from the counts, as for a replaced card: the freezing till noted the highest
purchase count that it knew of (AccountFrozen.known_count). The refund is payable at any till that gets the card: there
the credit is undone on the card itself, so that it is paid once and no meter takes it. Where the card cannot be had, a
person decides.
"""

from common.account.credits import Placed, Where
from common.account.meters import meter_line
from common.entries import AccountFrozen, Option, Purpose, RefundOwed, RuleDecision
from common.resolution.rule import Matter, Rule, case_about

NAME = "sold_to_frozen"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each vend that the freezing till did not know of, or whose credit nobody got; for these a refund."""
    if matter.facts.frozen is None:
        return []
    decisions: list[RuleDecision] = []
    for credit in matter.view.credits:
        job, is_due = credit.job, _nobody_got(matter, credit)
        if job.purpose is not Purpose.VEND or credit.where is Where.REVERSED:
            continue
        if not is_due and not _was_unknown(matter, matter.facts.frozen.body, credit):
            continue
        options = [Option.REFUND, Option.NOTE] if is_due else [Option.NOTE]
        case = case_about(NAME, job, amount=job.cost, options=options)
        decisions.append(case)
        if is_due and matter.decided(case.key) is None:
            key = f"{NAME}/refund/{job.job}"
            decisions.append(RefundOwed(key=key, rule=NAME, account=job.account, for_job=job.job, amount=job.amount))
    return decisions


def _nobody_got(matter: Matter, credit: Placed) -> bool:
    made_up = {
        other.root
        for other in matter.view.credits
        if other.job.purpose is Purpose.MAKEUP and other.where in (Where.METER, Where.CARD)
    }
    return credit.claimable and credit.job.job not in made_up


def _was_unknown(matter: Matter, frozen: AccountFrozen, credit: Placed) -> bool:
    line, job = meter_line(matter.facts), credit.job
    if job.meter == frozen.meter:
        return job.count > frozen.known_count
    return frozen.meter in line and job.meter in line[line.index(frozen.meter) :]


RULE = Rule(NAME, decide)
