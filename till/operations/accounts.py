"""Accounts: open one, put one right, find one."""

from common.account import AccountFacts
from common.admission import AccountUnknown
from common.admission.judge import open_account as check_open
from common.clerks import Action
from common.entries import AccountAmended, AccountOpened, MeterModelSet
from common.units import CreditUnit
from till.operations.clerks import authorize
from till.operations.desk import Desk
from till.operations.meter_models import check_limit, model_named, model_of
from till.operations.refusals import AccountExists, BadField, MeterInUse, NoNumberLeft
from till.operations.typed import LONGEST_TEXT, check_identifier, check_text
from till.store.people import PersonRow

_USUAL_LIMIT = 9_999_000
"""Watt-hours that a meter of no known model takes at once: what four digits of kWh show."""


def open_account(
    desk: Desk,
    *,
    number: str | None,
    name: str,
    meter: str,
    tariff_class: str,
    limit: int | None = None,
    model: str = "",
    phone: str = "",
    address: str = "",
    note: str = "",
) -> AccountOpened:
    """Open an account; without a number, the next of the till's own block, so that two offline tills never collide.

    Args:
        limit: the most credit that the meter takes at once, in its unit; None: what its model takes.
        model: the meter's model; without one it counts energy.

    Raises:
        NoSuchModel: see there.
        AccountExists: the number is taken.
        MeterInUse: the meter is another account's.
        NoNumberLeft: the till's blocks are used up.
        BadField: a field that cannot be taken, and why.
    """
    authorize(desk, Action.OPEN_ACCOUNT)
    number = _next_number(desk) if number is None else number
    check_identifier("account", number)
    check_identifier("meter", meter)
    check_text("name", name)
    kind = model_named(desk, model) if model else None
    limit = _limit_of(kind) if limit is None else limit
    check_limit(limit, kind)
    _check_details(desk, tariff_class=tariff_class, phone=phone, address=address, note=note)
    if desk.store.account(number) is not None:
        raise AccountExists(number)
    taken = desk.store.account_of_meter(meter)
    if taken is not None:
        raise MeterInUse(meter, taken)
    opened = AccountOpened(
        account=number,
        name=name.strip(),
        meter=meter,
        tariff_class=tariff_class,
        limit=limit,
        clerk=desk.clerk,
        phone=phone.strip(),
        address=address.strip(),
        note=note.strip(),
        unit=CreditUnit.ENERGY if kind is None else kind.unit,
        model=model,
    )
    desk.journal.commit(opened)
    return opened


def amend_account(
    desk: Desk,
    number: str,
    *,
    name: str | None = None,
    tariff_class: str | None = None,
    limit: int | None = None,
    phone: str | None = None,
    address: str | None = None,
    note: str | None = None,
) -> AccountAmended:
    """Put right what is kept of an account; what is None stays.

    Raises:
        AccountUnknown, AccountIsFrozen: see there.
        BadField: a field that cannot be taken, and why; or none was named.
    """
    authorize(desk, Action.OPEN_ACCOUNT)
    facts: AccountFacts | None = desk.store.account(number)
    if facts is None:
        raise AccountUnknown(number)
    check_open(facts)
    if name is not None:
        check_text("name", name)
    if limit is not None:
        check_limit(limit, model_of(desk, facts))
    _check_details(desk, tariff_class=tariff_class, phone=phone, address=address, note=note)
    amended = AccountAmended(
        account=number,
        name=name,
        tariff_class=tariff_class,
        limit=limit,
        phone=phone,
        address=address,
        note=note,
        clerk=desk.clerk,
    )
    if all(value is None for value in (name, tariff_class, limit, phone, address, note)):
        raise BadField("account", "nothing_to_amend")
    desk.journal.commit(amended)
    return amended


def find_accounts(desk: Desk, words: str, limit: int) -> list[PersonRow]:
    """Accounts by number, meter, card, phone, name or pinyin initials; closed ones too.

    Raises:
        NotAllowed: see there.
    """
    authorize(desk, Action.LOOK)
    return desk.store.find(words, limit)


def _limit_of(model: MeterModelSet | None) -> int:
    return _USUAL_LIMIT if model is None else model.limit


def _next_number(desk: Desk) -> str:
    number = desk.store.next_number()
    if number is None:
        raise NoNumberLeft(desk.till)
    return number


def _check_details(
    desk: Desk,
    *,
    tariff_class: str | None,
    phone: str | None,
    address: str | None,
    note: str | None,
) -> None:
    if tariff_class is not None:
        _check_class(desk, tariff_class)
    for field, text in (("phone", phone), ("address", address), ("note", note)):
        if text and (len(text) > LONGEST_TEXT or not text.isprintable()):
            raise BadField(field, "at_most_one_line", str(LONGEST_TEXT))


def _check_class(desk: Desk, tariff_class: str) -> None:
    tariffs = desk.store.tariffs()
    known = sorted({name for tariff in tariffs for name in tariff.classes})
    if tariffs and tariff_class not in known:
        raise BadField("class", "no_such_class", ", ".join(known))
