"""What an account brings along from an old system: the cards that it had, and the sums of what was bought.

What is settled there is never opened again: its sums stand in the facts beside history (common.account.history), and no
rule asks about it. The cards, and a purchase that the meter may not have taken yet, are jobs like all others, so that
what becomes of them is judged as it is for a card and a sale of our own.
"""

from collections.abc import Iterator

import msgspec

from common.account.facts import AccountFacts, History, Purchase, Takeover
from common.account.job import Job, JobState
from common.account.purchases import latest
from common.clock import ZERO, Hlc
from common.entries import ImportedPurchase, PurchasesImported, Purpose, SettledBy, purchase_id
from common.units import CreditUnit

_BEFORE_ALL = -1
"""The place of imported purchases among an account's meters: before those of every meter since."""


def past_of(facts: AccountFacts) -> History:
    """What is not listed in the facts: history, and what came from an old system."""
    past = facts.history or _NOTHING
    for _, sums in sorted(facts.imported.items()):
        past = _plus(past, sums)
    return past


def taken_before(facts: AccountFacts, meter: str) -> int | None:
    """Credit that a meter had taken ever before it was taken over; None where the old system did not know: then nobody
    can say whether what it counts is what it was sold."""
    over = facts.takeover
    return 0 if over is None or over.body.meter != meter else over.body.through


def sum_of(body: PurchasesImported) -> tuple[str, History]:
    """The part of the import that these purchases are, and their sums."""
    energy = credit = money = 0
    years: dict[str, int] = {}
    counts_energy = body.unit is CreditUnit.ENERGY
    for bought in body.purchases:
        credit, money = credit + bought.credit, money + bought.amount
        if counts_energy:
            years[str(bought.year)] = years.get(str(bought.year), 0) + bought.credit
    if counts_energy:
        energy, credit = credit, 0
    sums = History(
        vends=sum(bought.amount >= 0 for bought in body.purchases),
        energy=energy,
        money_credit=credit,
        money=money,
        years=years,
        latest=latest(_purchases(body)),
    )
    return f"{body.meter}/{body.first}", sums


def joined(found: History, known: History | None) -> History:
    """Of two words about one part, the one that outranks the other, whichever was heard first."""
    return found if known is None else max(found, known, key=_encoder.encode)


def jobs_of(made: Takeover) -> Iterator[Job]:
    """The cards that the account had, as if they had been issued, and the purchase that may still be on the last."""
    body = made.body
    for card in body.cards:
        name = f"{made.writer}/{body.account}/card/{card.issue}"
        count = body.count if card.issue == body.issue else 0
        yield _job(made, name, Purpose.ISSUE, card=card.serial, issue=card.issue, count=count)
    if body.waiting is not None:
        card_in_use = next((card.serial for card in body.cards if card.issue == body.issue), "")
        name = purchase_id(made.writer, body.account, body.waiting_number)
        job = _job(made, name, Purpose.VEND, card=card_in_use, issue=body.issue, count=body.count)
        yield _bought(job, body.waiting)


def _job(made: Takeover, name: str, purpose: Purpose, *, card: str, issue: int, count: int) -> Job:
    return Job(
        job=name,
        purpose=purpose,
        account=made.body.account,
        meter=made.body.meter,
        card=card,
        issue=issue,
        count=count,
        before=None,
        credit=0,
        unit=made.body.unit,
        writer=made.writer,
        epoch=made.epoch,
        seq=made.seq,
        at=made.at,
        # Before whatever is done here with the account, also where the clock of the office was ahead.
        hlc=Hlc(ZERO.ms, ZERO.n),
        clerk="",
        state=JobState.WRITTEN,
        by=SettledBy.CARD,
    )


def _bought(job: Job, waiting: ImportedPurchase) -> Job:
    return msgspec.structs.replace(
        job,
        credit=waiting.credit,
        amount=waiting.amount,
        at=waiting.at,
        year=waiting.year,
        clerk=waiting.clerk,
        payment=waiting.payment,
        receipt=waiting.receipt or None,
    )


def _purchases(body: PurchasesImported) -> Iterator[Purchase]:
    # The id says which part it is of, not who imported it: two words about one part are the same.
    for number, bought in enumerate(body.purchases, body.first):
        yield Purchase(
            _BEFORE_ALL, bought.count, bought.at, f"{body.account}/{number}", bought.credit, bought.amount,
            bought.amount, bought.receipt or None, body.unit,
        )  # fmt: skip


def _plus(one: History, other: History) -> History:
    years = dict(one.years)
    for year, energy in other.years.items():
        years[year] = years.get(year, 0) + energy
    return msgspec.structs.replace(
        one,
        vends=one.vends + other.vends,
        energy=one.energy + other.energy,
        money_credit=one.money_credit + other.money_credit,
        money=one.money + other.money,
        years=years,
        latest=latest([*one.latest, *other.latest]),
    )


_NOTHING = History()
_encoder = msgspec.json.Encoder(order="deterministic")
