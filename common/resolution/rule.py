"""What a rule is, and what it looks at."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from common.account.facts import AccountFacts
from common.account.job import Job
from common.account.standing import Standing
from common.entries import About, CaseOpened, Option, RuleDecision
from common.tariff import Tariff
from common.units import LARGEST


class Matter(Struct, frozen=True):
    """An account as the rules look at it: a function of the set of entries, whatever order they came in.

    Attributes:
        tariffs: every tariff version.
    """

    facts: AccountFacts
    view: Standing
    tariffs: Sequence[Tariff] = ()

    def decided(self, case: str) -> Option | None:
        """What a person decided in a case; None while nobody has."""
        word = self.facts.decided.get(case)
        return None if word is None else word.option


class Rule(Struct, frozen=True):
    """A rule that settles what offline tills decided differently.

    Attributes:
        name: its name, as decisions carry it; `till/messages` has its words for the clerk under it.
        decide: the decisions that are due by the facts. Pure.
    """

    name: str
    decide: Callable[[Matter], Sequence[RuleDecision]]


def sayable(amount: int) -> int:
    """An amount as an entry can hold it: whatever tills wrote, the office must be able to say what it decides."""
    return max(-LARGEST, min(LARGEST, amount))


def case_about(
    rule: str, job: Job, *, subject: Job | None = None, amount: int = 0, options: Sequence[Option] = ()
) -> CaseOpened:
    """A case about what a job did: it names the till, the clerk and the receipt.

    Args:
        subject: the job that it was done to, where that is another.
        amount: minor units in question.
        options: what a person may decide; none: it is only reported.
    """
    subject = subject or job
    return CaseOpened(
        key=f"{rule}/{subject.job}",
        rule=rule,
        account=job.account,
        about=About.JOB,
        subject=subject.job,
        credit=subject.credit,
        unit=subject.unit,
        amount=sayable(amount),
        writer=job.writer,
        clerk=job.clerk,
        receipt=job.receipt,
        options=list(options),
    )
