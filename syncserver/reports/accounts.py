"""Lists over accounts at the office, and the statement of one."""

from collections.abc import Iterator

from common.account import unpack
from common.chain import carried
from common.documents import Document
from common.reports import accounts as lists
from common.reports.accounts import AccountList, Held
from common.reports.line import imported_lines
from common.reports.source import Source
from common.reports.statement import statement as statement_of
from common.reports.stock import stock as stock_of
from syncserver.ingest.folding import whole_facts
from syncserver.office.errors import OfficeError
from syncserver.reports.source import calendar_of
from syncserver.store import Reading


def arrears(reading: Reading, source: Source, branch: str = "") -> Document:
    """What the accounts of a branch, or of all (""), owe."""
    return lists.arrears(source, _held(reading, AccountList.ARREARS, branch), source.scope(branch))


def makeups_owed(reading: Reading, source: Source, branch: str = "") -> Document:
    """Credit that waits to be made up."""
    return lists.makeups_owed(source, _held(reading, AccountList.MAKEUPS, branch), source.scope(branch))


def closed(reading: Reading, source: Source, branch: str = "") -> Document:
    """Accounts that are closed for good."""
    return lists.closed(source, _held(reading, AccountList.CLOSED, branch), source.scope(branch))


def stock(reading: Reading, source: Source, branch: str = "") -> Document:
    """The stock of cards by branch."""
    return stock_of(source, reading.stock(branch), source.scope(branch))


def statement(reading: Reading, source: Source, account: str) -> Document:
    """The statement of one account, from its first entry.

    Raises:
        OfficeError: there is no such account.
    """
    row = reading.accounts([account]).get(account)
    if row is None:
        raise OfficeError(f"There is no account {account}.", "Check the number.")
    entries = (stored.signed for stored in reading.about(row.last))
    imported = [line for signed in entries for line in imported_lines((carried(signed) or signed).entry)]
    facts = whole_facts(reading, account, row.last)
    return statement_of(source, facts, calendar_of(reading, source), imported)


def _held(reading: Reading, report: AccountList, branch: str) -> Iterator[Held]:
    return (Held(unpack(row.facts), row.branch) for row in reading.listed(report, branch))
