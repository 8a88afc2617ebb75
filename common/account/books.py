"""The books of an account: the law of conservation (design, section 7)."""

from collections.abc import Mapping

from msgspec import Struct

from common.account.credits import Ledger, Placed, Where
from common.account.facts import AccountFacts, History, MeterHistory
from common.account.meters import MeterEvidence
from common.card.image import ReturnStatus
from common.entries import Purpose


class Books(Struct, frozen=True, kw_only=True):
    """Energy in watt-hours, money in minor units.

    Each written credit is in one place: `sold + made_up + moved = taken + on_cards + on_dead_cards + owed + reversed`.
    What meters gave up is moved, refunded or held: `cleared = moved + refunded + held`.

    Attributes:
        moved: written for another meter than gave it up.
        reversed: undone while it was on the card.
        taken: credit that meters ever took.
        cleared: credit that meters gave up again.
        on_dead_cards: on cards that the meter will not take any more: made up since, or for nobody to claim.
        held: given up by a meter and neither moved nor refunded yet.
        money: taken, less what was given back.
        gaps: by meter, how far what it says that it took (credit left plus use) is above what the entries say; only
            where the two differ.
    """

    sold: int
    made_up: int
    moved: int
    reversed: int
    refunded: int
    taken: int
    cleared: int
    on_cards: int
    on_dead_cards: int
    owed: int
    held: int
    money: int
    gaps: dict[str, int]

    @property
    def in_meters(self) -> int:
        """Watt-hours that are in meters or were used."""
        return self.taken - self.cleared

    @property
    def conserved(self) -> bool:
        """Whether nothing was lost and nothing came from nowhere."""
        written = self.sold + self.made_up + self.moved
        placed = self.taken + self.on_cards + self.on_dead_cards + self.owed + self.reversed
        return written == placed and self.held >= 0 and not self.gaps


def books(facts: AccountFacts, book: Ledger, placed: list[Placed]) -> Books:
    """Add up."""
    history = facts.history or History()
    at = dict.fromkeys(Where, 0)
    for credit in placed:
        at[credit.where] += credit.job.energy
    moved, refunded = _sum(placed, Purpose.TRANSFER), sum(refund.energy for refund in facts.refunds.values())
    cleared = sum(meter.gave_up for meter in book.evidence.values())
    return Books(
        sold=history.energy + _sum(placed, Purpose.VEND),
        made_up=_sum(placed, Purpose.MAKEUP),
        moved=moved,
        reversed=at[Where.REVERSED],
        refunded=refunded,
        taken=history.energy + at[Where.METER],
        cleared=cleared,
        on_cards=at[Where.CARD],
        on_dead_cards=at[Where.DEAD_CARD],
        owed=at[Where.OWED],
        held=cleared - moved - refunded,
        money=history.money + _money(facts, book),
        gaps=_gaps(placed, book.evidence, history.meters),
    )


def _sum(placed: list[Placed], purpose: Purpose) -> int:
    return sum(credit.job.energy for credit in placed if credit.job.purpose is purpose)


def _money(facts: AccountFacts, book: Ledger) -> int:
    given_back = sum(refund.amount for refund in facts.refunds.values())
    paid = sum(found.amount for found in facts.paid.values())
    jobs = sum(-job.amount if job.purpose is Purpose.REVERSAL else job.amount for job in book.written)
    return jobs + paid - given_back


def _gaps(
    placed: list[Placed], known: Mapping[str, MeterEvidence], history: Mapping[str, MeterHistory]
) -> dict[str, int]:
    gaps: dict[str, int] = {}
    for meter, found in known.items():
        last = _last(found)
        if last is None:
            continue
        count, says = last
        should = history.get(meter, MeterHistory()).energy + sum(
            credit.job.energy
            for credit in placed
            if credit.where is Where.METER and credit.job.meter == meter and credit.job.count <= count
        )
        should -= sum(energy for at, energy in found.cleared.items() if at <= count)
        should -= 0 if found.reading is None else found.reading.remaining
        if says != should:
            gaps[meter] = says - should
    return gaps


def _last(found: MeterEvidence) -> tuple[int, int] | None:
    """A meter's last word: its count, and the credit that it took and has not given up (what is left and its use)."""
    reading, last = found.reading, found.last
    if reading is not None and (last is None or (reading.count, reading.use) >= (last.count, last.use)):
        return reading.count, reading.use
    if last is None:
        return None
    return last.count, last.use + (0 if last.status is ReturnStatus.CLEARED else last.remaining)
