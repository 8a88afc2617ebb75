"""Lists over the accounts that the till knows, and the statement of one."""

from collections.abc import Iterator

from common.account import standing
from common.admission import AccountUnknown
from common.documents import Document
from common.reports import accounts as lists
from common.reports.accounts import Held
from common.reports.source import Source
from common.reports.statement import statement as statement_of
from common.reports.stock import count_cards
from common.reports.stock import stock as stock_of
from till.reports.source import calendar_of
from till.store.reports import ReportReading


def arrears(reading: ReportReading, source: Source) -> Document:
    """What accounts owe."""
    return lists.arrears(source, _held(reading), _scope(reading))


def makeups_owed(reading: ReportReading, source: Source) -> Document:
    """Credit that waits to be made up."""
    return lists.makeups_owed(source, _held(reading), _scope(reading))


def closed(reading: ReportReading, source: Source) -> Document:
    """Accounts that are closed for good."""
    return lists.closed(source, _held(reading), _scope(reading))


def stock(reading: ReportReading, source: Source) -> Document:
    """The branch's stock of cards, as far as the till knows."""
    owner = reading.store.owner
    branch = "" if owner is None else owner.branch
    cards = (card for facts in reading.accounts() for card in standing(facts).cards.values())
    found = count_cards(dict.fromkeys(reading.stock(), branch), ((card.serial, card.state) for card in cards))
    return stock_of(source, found, {"branch": branch})


def statement(reading: ReportReading, source: Source, account: str) -> Document:
    """The statement of one account, from its first entry that the till can know.

    Raises:
        AccountUnknown: there is no such account here.
    """
    facts = reading.store.whole_account(account)
    if facts is None:
        raise AccountUnknown(account)
    return statement_of(source, facts, calendar_of(reading, source))


def _scope(reading: ReportReading) -> dict[str, str]:
    """The till names itself: it knows the accounts of its branch, and of others those that it serves."""
    owner = reading.store.owner
    return {} if owner is None else {"branch": owner.branch, "till": owner.till}


def _held(reading: ReportReading) -> Iterator[Held]:
    branches = reading.branches()
    first = {writer: branch for (writer, _), branch in sorted(branches.items(), reverse=True)}
    for facts in reading.accounts():
        yield Held(facts, "" if facts.opened is None else first.get(facts.opened.writer, ""))
