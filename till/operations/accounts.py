"""Accounts: open one."""

from common.clerks import Action
from common.entries import AccountOpened
from till.operations.clerks import authorize
from till.operations.desk import Desk
from till.operations.refusals import AccountExists, BadField
from till.operations.typed import check_identifier, check_text


def open_account(
    desk: Desk, *, number: str | None, name: str, meter: str, tariff_class: str, limit: int
) -> AccountOpened:
    """Open an account; without a number, the next of the till's own block, so that two offline tills never collide.

    Raises:
        AccountExists: the number is taken.
        BadField: a field that cannot be taken, and why.
    """
    authorize(desk, Action.OPEN_ACCOUNT)
    number = next_number(desk) if number is None else number
    check_identifier("account", number)
    check_identifier("meter", meter)
    check_text("name", name)
    if not 0 < limit < 2**32:
        raise BadField("limit", "a positive number of kWh, below 4,294,967")
    _check_class(desk, tariff_class)
    if desk.store.account(number) is not None:
        raise AccountExists(number)
    opened = AccountOpened(
        account=number, name=name.strip(), meter=meter, tariff_class=tariff_class, limit=limit, clerk=desk.clerk
    )
    desk.journal.commit(opened)
    return opened


def next_number(desk: Desk) -> str:
    """The next account number of this till's block: its own four digits, then six that count."""
    block = desk.till.rpartition("-")[2].zfill(4)[-4:]
    return f"{block}{desk.store.accounts_opened() + 1:06d}"


def _check_class(desk: Desk, tariff_class: str) -> None:
    tariffs = desk.store.tariffs()
    known = sorted({name for tariff in tariffs for name in tariff.classes})
    if tariffs and tariff_class not in known:
        raise BadField("class", f"no tariff has it; there are: {', '.join(known)}")
