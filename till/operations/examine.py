"""A card is read to be explained: what it says, who wrote that, and why nothing can be sold on it, if so."""

from dataclasses import dataclass, field

from common.account import AccountFacts, Job, Purchase, latest_purchases, see
from common.admission import AccountUnknown, Refused, admit_card
from common.admission.judge import may_vend
from common.card.image import CardContents, CardImage, job_mark
from common.clerks import Action
from till.cards.driver import CardDriver
from till.cards.errors import CardCounterLow, CardError, CardLocked, CardUnreadable, WrongKey
from till.operations.clerks import authorize
from till.operations.desk import Desk, Presented, note_evidence, read_and_settle
from till.operations.refusals import NoCardKey, NotInStock

_NOT_OPENED = (NoCardKey, WrongKey, CardLocked, CardCounterLow, CardUnreadable)
"""Why a card of our make does not show what is on it."""

_PURCHASES_LOOKED_AT = 1_000


@dataclass(frozen=True)
class Examined:
    """A card, as far as it can be read.

    Attributes:
        chip: `cpu` or `sle4442`.
        layout: of its bytes.
        contents: what it says; None for a card that does not open.
        facts: of the account that it names, with the card's own return data; of a card that does not open, of the
            account that has it by the books. None where there is none.
        written_by: the job, or the purchase of long ago, whose mark stands on it; None where this till knows none.
        settled: the jobs that were in doubt and that this reading settled.
        refused: why it cannot be sold to, or, blank, given out; None for a good card.
    """

    serial: str
    chip: str
    layout: str
    contents: CardContents | None
    facts: AccountFacts | None
    written_by: Job | Purchase | None = None
    settled: list[Job] = field(default_factory=list)
    refused: Refused | CardError | None = None

    @property
    def opened(self) -> bool:
        """Whether it could be read."""
        return self.contents is not None


def examine_card(desk: Desk, driver: CardDriver) -> Examined:
    """Read any card of our make: settle what it had left in doubt, enter what its meter says, and judge it.

    Raises:
        NotAllowed: the clerk may not look at cards.
        CardError: the card was pulled out, or is of another make.
    """
    authorize(desk, Action.LOOK)
    serial = driver.serial()
    try:
        contents, settled = read_and_settle(desk, driver)
    except _NOT_OPENED as refused:
        held = desk.store.account_by_card(serial)
        return Examined(serial, driver.chip, driver.layout, None, held, refused=refused)
    facts = _facts(desk, contents)
    note_evidence(desk, Presented(driver, contents, facts, settled))
    return Examined(
        serial=serial,
        chip=driver.chip,
        layout=driver.layout,
        contents=contents,
        facts=facts,
        written_by=None if facts is None or contents.image is None else _written_by(desk, facts, contents.image),
        settled=[job for job in map(desk.store.job, settled) if job is not None],
        refused=judge_card(desk, contents),
    )


def _facts(desk: Desk, contents: CardContents) -> AccountFacts | None:
    facts = None if contents.image is None else desk.store.account(contents.image.account)
    return facts if facts is None or contents.returned is None else see(facts, contents.serial, contents.returned)


def judge_card(desk: Desk, contents: CardContents) -> Refused | None:
    """Why a card that was read cannot be sold to, or, blank, given out, by what is known now; None for a good one."""
    if contents.image is None:
        return None if desk.store.in_stock(contents.serial) else NotInStock(contents.serial)
    facts = _facts(desk, contents)
    if facts is None:
        return AccountUnknown(contents.image.account)
    try:
        may_vend(facts, admit_card(facts, contents))
    except Refused as refused:
        return refused
    return None


def _written_by(desk: Desk, facts: AccountFacts, image: CardImage) -> Job | Purchase | None:
    """Whose mark stands on the card; the history is opened only for a card that is older than what is at hand."""
    if not image.job_mark:
        return None
    for job in facts.jobs.values():
        if job.card == image.serial and job_mark(job.job) == image.job_mark:
            return job
    if facts.history is None:
        return None
    bought = [*latest_purchases(facts), *desk.store.purchases(facts.account, _PURCHASES_LOOKED_AT)]
    return next((purchase for purchase in bought if job_mark(purchase.job) == image.job_mark), None)
