"""The desk: what an operation works with, and a card being presented on it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypedDict

from common.account import AccountFacts, concerns_history, see
from common.admission import AccountUnknown, Admitted, CardIsBlank, admit_card
from common.card.image import CardContents, ReturnData
from common.clerks import Role
from common.entries import CardSeen
from till.cards.driver import CardDriver
from till.journal.keys import TillKeys
from till.journal.writer import Journal
from till.operations.keyring import Keyring
from till.operations.refusals import NoCardKey
from till.operations.settle import settle_from_card
from till.operations.steps import Observer, Step, unobserved
from till.store import Store


@dataclass
class Desk:
    """A clerk at an open till.

    Attributes:
        clerk: who is signed in; "" where nobody need be.
        roles: what the clerk is.
        now: the till's wall clock (UTC).
        observe: told each step of a card job.
    """

    till: str
    clerk: str
    store: Store
    journal: Journal
    keys: TillKeys
    now: Callable[[], datetime]
    roles: Collection[Role] = ()
    observe: Observer = unobserved
    keyring: Keyring = field(init=False)

    def __post_init__(self) -> None:
        self.keyring = Keyring(self.store, self.keys)


@dataclass(frozen=True)
class Presented:
    """A card on the desk, read and authenticated; a job that it had left in doubt is settled.

    Attributes:
        facts: of the account that the card names, with the card's own return data; None for a blank card.
    """

    driver: CardDriver
    contents: CardContents
    facts: AccountFacts | None
    settled: list[str] = field(default_factory=list)

    @property
    def account(self) -> AccountFacts:
        """The facts of the account that the card names.

        Raises:
            CardIsBlank: it names none.
        """
        if self.facts is None:
            raise CardIsBlank(self.contents.serial)
        return self.facts

    @cached_property
    def admitted(self) -> Admitted:
        """The card as one that may be written.

        Raises:
            Refused: see common.admission.admit_card.
        """
        return admit_card(self.account, self.contents)


class JobStart(TypedDict):
    """What every start of a card job has in common."""

    job: str
    account: str
    before: int | None
    before_mark: int
    seen: ReturnData | None
    clerk: str


def job_start(desk: Desk, presented: Presented, job: str, account: str) -> JobStart:
    """What stands on the card that a job is about to write, and who writes it."""
    image = presented.contents.image
    return JobStart(
        job=job,
        account=account,
        before=None if image is None else image.count,
        before_mark=0 if image is None else image.job_mark,
        # What a meter wrote on a blank card was about another account.
        seen=None if image is None else presented.contents.returned,
        clerk=desk.clerk,
    )


def present(desk: Desk, driver: CardDriver) -> Presented:
    """Read the card, and settle from it what a crash or a pulled card left in doubt.

    Raises:
        CardError: the card cannot be read; nothing was written.
        NoCardKey: it is not one of ours.
        AccountUnknown: no entry here opens the account that it names.
    """
    contents, settled = read_and_settle(desk, driver)
    return Presented(driver, contents, facts_of(desk, contents), settled)


def read_and_settle(desk: Desk, driver: CardDriver) -> tuple[CardContents, list[str]]:
    """What the card says, and the jobs that were in doubt and that it settled; whosever card it is.

    Raises:
        CardError: the card cannot be read; nothing was written.
        NoCardKey: it is not one of ours.
    """
    serial = driver.serial()
    key = desk.keyring.key(serial)
    if key is None:
        raise NoCardKey(serial)
    driver.unlock(key)
    contents = driver.read()
    desk.observe(Step.READ)
    return contents, settle_from_card(desk.store, desk.journal, desk.till, contents)


def facts_of(desk: Desk, contents: CardContents) -> AccountFacts | None:
    """The facts of the account that a card names, with the card's own return data; None for a blank card.

    Raises:
        AccountUnknown: see there.
    """
    if contents.image is None:
        return None
    facts = desk.store.account(contents.image.account)
    if facts is None:
        raise AccountUnknown(contents.image.account)
    return facts if contents.returned is None else see(facts, contents.serial, contents.returned)


def note_evidence(desk: Desk, presented: Presented) -> bool:
    """Enter the return data on the card in the journal, when it says something new. Returns whether it did."""
    contents, facts = presented.contents, presented.facts
    if facts is None or contents.returned is None or _is_known(desk, contents.serial, contents.returned, facts.account):
        return False
    desk.journal.commit(CardSeen(account=facts.account, card=contents.serial, seen=contents.returned))
    return True


def _is_known(desk: Desk, card: str, returned: ReturnData, account: str) -> bool:
    recent = desk.store.account(account)
    if recent is None or see(recent, card, returned) == recent:
        return recent is not None
    if not concerns_history(recent, returned):
        return False
    whole = desk.store.whole_account(account)
    return whole is not None and see(whole, card, returned) == whole
