"""The vend: sell credit and write it on the card."""

from dataclasses import dataclass

from common.account import open_debts, year_energy
from common.admission import AmountNotSold, Refused
from common.admission.judge import credit_to_sell, may_vend
from common.clerks import Action
from common.entries import VendStarted
from common.tariff import (
    BadQuantity,
    Quote,
    UnknownClass,
    quote_credit,
    quote_energy,
    quote_money,
    quote_still_valid,
)
from common.units import CreditUnit
from till.cards.driver import CardDriver
from till.cards.errors import AnotherCard
from till.operations.card_job import JobDone, run
from till.operations.clerks import authorize
from till.operations.desk import Desk, Presented, job_start, note_evidence, present
from till.operations.job_id import check_job_id, new_job_id
from till.operations.lease import check_lease
from till.operations.prices import tariff_now, year_now
from till.operations.refusals import (
    AlreadySold,
    ClassNotSold,
    EnergyNotSold,
    QuoteExpired,
)
from till.operations.typed import check_text


@dataclass(frozen=True)
class Amount:
    """What is asked for: energy in watt-hours, or as much as money (minor units) buys. One of the two; on a meter
    that counts money only money can be put."""

    energy: int | None = None
    money: int | None = None


def vend(desk: Desk, driver: CardDriver, amount: Amount, *, payment: str = "cash", job: str | None = None) -> JobDone:
    """Sell credit on the card in the reader, from reading it to the queued receipt.

    Args:
        job: the vend id, made once by whoever shows the quote; the same id is never sold twice.

    Raises:
        Refused: before anything is written; see common.admission and till.operations.refusals.
        NothingWritten, LeftInDoubt: the card failed after the start.
        CardError: the card could not be read.
    """
    authorize(desk, Action.SELL)
    job = new_job_id(desk.till, desk.now()) if job is None else job
    check_job_id(desk.till, job)
    check_text("payment", payment)
    presented = present(desk, driver)
    try:
        quote = quote_vend(desk, presented, amount, job)
        started = start_vend(desk, presented, quote, payment)
    except Refused:
        note_evidence(desk, presented)
        raise
    return run(desk, driver, started)


def sell_quote(desk: Desk, driver: CardDriver, quote: Quote, *, card: str, payment: str) -> JobDone:
    """Sell what a quote says on the card that it was made for, at the quote's price.

    Args:
        card: serial of the card that was quoted for.

    Raises:
        AnotherCard: another card is in the reader; nothing was written.
        Refused: before anything is written; see common.admission and till.operations.refusals.
        NothingWritten, LeftInDoubt: the card failed after the start.
        CardError: the card could not be read.
    """
    authorize(desk, Action.SELL)
    check_text("payment", payment)
    presented = present(desk, driver)
    if presented.contents.serial != card:
        raise AnotherCard(card, presented.contents.serial)
    try:
        started = start_vend(desk, presented, quote, payment)
    except Refused:
        note_evidence(desk, presented)
        raise
    return run(desk, driver, started)


def quote_vend(desk: Desk, presented: Presented, amount: Amount, job: str) -> Quote:
    """The price of what is asked for, for the presented card's account, by the tariff in force now.

    Raises:
        Refused: the card is not one to sell on, no tariff is in force, or the amount cannot be sold.
    """
    _refuse_twice(desk, job)
    facts = presented.account
    admitted = presented.admitted
    may_vend(facts, admitted)
    now = desk.now()
    year = year_now(desk, now)
    used = year_energy(facts, year)
    tariff_class, debts = admitted.details.tariff_class, open_debts(facts)
    try:
        if admitted.view.unit is CreditUnit.MONEY:
            if amount.money is None:
                raise EnergyNotSold(facts.account, admitted.view.meter)
            return quote_credit(tariff_class, used, amount.money, job=job, year=year, at=now, debts=debts)
        ask, asked = (quote_energy, amount.energy or 0) if amount.money is None else (quote_money, amount.money)
        return ask(tariff_now(desk, now), tariff_class, used, asked, job=job, year=year, at=now, debts=debts)
    except UnknownClass as error:
        raise ClassNotSold(error.tariff_class, error.tariff) from error
    except BadQuantity as error:
        raise AmountNotSold(error.reason) from error


def start_vend(desk: Desk, presented: Presented, quote: Quote, payment: str) -> VendStarted:
    """The start of a quoted vend, judged once more, for `run`.

    Raises:
        Refused: the card, the quote, the lease or the meter's limit does not allow it.
    """
    authorize(desk, Action.SELL)
    _refuse_twice(desk, quote.job)
    now = desk.now()
    if not quote_still_valid(quote, now):
        raise QuoteExpired(quote.job)
    facts = presented.account
    image = credit_to_sell(facts, presented.admitted, quote.credit, quote.job)
    check_lease(desk, now, quote.amount)
    return VendStarted(
        **job_start(desk, presented, quote.job, facts.account), image=image, quote=quote, payment=payment
    )


def _refuse_twice(desk: Desk, job: str) -> None:
    known = desk.store.job(job)
    if known is not None:
        raise AlreadySold(job, known.state, known.receipt)
