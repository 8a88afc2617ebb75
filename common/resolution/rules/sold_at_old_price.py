"""Sold at a price that had changed: the printed price stands; the difference is reported and not charged.

A till that was offline did not know the tariff, or the office published it late. What is judged is the moment of the
quote: a quote is good for some minutes, and a customer pays what he was shown.
"""

from common.account.credits import Where
from common.account.prices import overcharge
from common.entries import Purpose, RuleDecision
from common.resolution.rule import Matter, Rule, case_about

NAME = "sold_at_old_price"


def decide(matter: Matter) -> list[RuleDecision]:
    """A report for each vend whose price was not that of the tariff in force. Its amount is what was paid too little;
    negative: too much."""
    vends = [
        credit.job
        for credit in matter.view.credits
        if credit.job.purpose is Purpose.VEND and credit.where is not Where.REVERSED
    ]
    paid_too_much = {job.job: overcharge(job, matter.tariffs) for job in vends}
    return [case_about(NAME, job, amount=-paid_too_much[job.job]) for job in vends if paid_too_much[job.job]]


RULE = Rule(NAME, decide)
