"""Quotes that were shown and may still be sold: kept, so that what is sold is what was shown, after a restart too."""

from msgspec import Struct

from common.clerks import Action
from common.tariff import Quote, quote_still_valid
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone
from till.operations.clerks import authorize
from till.operations.desk import Desk, present
from till.operations.job_id import new_job_id
from till.operations.refusals import QuoteExpired
from till.operations.vend import Amount, quote_vend, sell_quote

_KEPT = "quotes"


class KeptQuote(Struct, frozen=True, kw_only=True):
    """A quote and the serial of the card that it was made for."""

    quote: Quote
    card: str


def show_quote(desk: Desk, driver: CardDriver, amount: Amount) -> Quote:
    """What is asked for costs this on the card in the reader; `sell_shown` sells it at that price.

    Raises:
        Refused, CardError: as for a vend.
    """
    authorize(desk, Action.LOOK)
    presented = present(desk, driver)
    quote = quote_vend(desk, presented, amount, new_job_id(desk.till, desk.now()))
    known = desk.store.setting(_KEPT, dict[str, KeptQuote]) or {}
    still = {job: kept for job, kept in known.items() if quote_still_valid(kept.quote, desk.now())}
    kept = KeptQuote(quote=quote, card=presented.contents.serial)
    with desk.store.transaction():
        desk.store.set_setting(_KEPT, still | {quote.job: kept})
    return quote


def sell_shown(desk: Desk, driver: CardDriver, job: str, *, payment: str) -> JobDone:
    """Sell a quote that was shown, at its price, whatever was published since.

    Raises:
        QuoteExpired: it is too old, or was never shown here.
        Refused, NothingWritten, LeftInDoubt, CardError: as for a vend.
    """
    kept = (desk.store.setting(_KEPT, dict[str, KeptQuote]) or {}).get(job)
    if kept is None:
        raise QuoteExpired(job)
    return sell_quote(desk, driver, kept.quote, card=kept.card, payment=payment)
