"""The books of an account: the law of conservation (design, section 7)."""

from collections.abc import Mapping

from msgspec import Struct

from common.account.credits import Ledger, Placed, Where
from common.account.facts import AccountFacts, History, MeterHistory
from common.account.imported import past_of, taken_before
from common.account.meters import MeterEvidence, meter_unit, transfers_beside_the_line
from common.card.image import ReturnStatus
from common.entries import Purpose
from common.units import CreditUnit


class CreditBooks(Struct, frozen=True, kw_only=True):
    """Credit of one unit, by where it is.

    Each written credit is in one place: `sold + made_up + moved = taken + on_cards + on_dead_cards + owed + reversed`.
    What meters gave up is moved, refunded or held: `cleared + moved_again + refunded_again = moved + refunded + held`.

    Attributes:
        moved: written for another meter than gave it up; once, however often it was written.
        reversed: undone while it was on the card, or given back in money because it never reached its meter.
        taken: credit that meters ever took.
        cleared: credit that meters gave up again.
        on_dead_cards: on cards that the meter will not take any more: made up since, or for nobody to claim.
        held: given up by a meter and neither moved nor refunded yet.
        moved_again: of what moved, what another till had moved already: a case (common.resolution.moved_twice).
        refunded_again: of what was refunded, what another till had moved, or had refunded already: a case too
            (common.resolution.refunded_twice).
    """

    sold: int = 0
    made_up: int = 0
    moved: int = 0
    reversed: int = 0
    refunded: int = 0
    taken: int = 0
    cleared: int = 0
    on_cards: int = 0
    on_dead_cards: int = 0
    owed: int = 0
    held: int = 0
    moved_again: int = 0
    refunded_again: int = 0

    @property
    def in_meters(self) -> int:
        """What is in meters or was used."""
        return self.taken - self.cleared

    @property
    def conserved(self) -> bool:
        """Whether nothing was lost and nothing came from nowhere."""
        written = self.sold + self.made_up + self.moved
        placed = self.taken + self.on_cards + self.on_dead_cards + self.owed + self.reversed
        return written == placed and self.held >= 0


_NONE = CreditBooks()


class Books(Struct, frozen=True, kw_only=True):
    """The books of an account.

    Attributes:
        energy: watt-hours, of meters that count energy.
        money_credit: minor units, of meters that count money.
        money: taken from the customer, less what was given back; minor units.
        gaps: by meter, how far what it says that it took (credit left plus use) is above what the entries say; only
            where the two differ.
    """

    energy: CreditBooks
    money_credit: CreditBooks
    money: int
    gaps: dict[str, int]

    def of(self, unit: CreditUnit) -> CreditBooks:
        """The credit of one unit."""
        return self.energy if unit is CreditUnit.ENERGY else self.money_credit

    @property
    def conserved(self) -> bool:
        """Whether the law holds for both units and every meter agrees."""
        return self.energy.conserved and self.money_credit.conserved and not self.gaps


def books(facts: AccountFacts, book: Ledger, placed: list[Placed]) -> Books:
    """Add up."""
    past = past_of(facts)
    return Books(
        energy=_credit(facts, book, placed, CreditUnit.ENERGY, past.energy),
        money_credit=_credit(facts, book, placed, CreditUnit.MONEY, past.money_credit),
        money=past.money + _money(facts, book),
        gaps=_gaps(facts, placed, book.evidence),
    )


def _credit(facts: AccountFacts, book: Ledger, placed: list[Placed], unit: CreditUnit, sealed: int) -> CreditBooks:
    credits = [credit for credit in placed if credit.job.unit is unit and credit.where is not Where.NOWHERE]
    gave_up = [meter for meter, known in book.evidence.items() if known.gave_up]
    if not (credits or sealed or facts.refunds or gave_up):
        return _NONE  # nearly every account has credit of one unit only
    at = dict.fromkeys(Where, 0)
    for credit in credits:
        at[credit.where] += credit.job.credit
    moved = _sum(credits, Purpose.TRANSFER)
    refunds = (found for found in facts.refunds.values() if found.unit is unit and not found.for_job)
    refunded = sum(found.credit for found in refunds)
    cleared = sum(book.evidence[meter].gave_up for meter in gave_up if meter_unit(facts, meter) is unit)
    moved_again = _moved_again(facts, credits)
    refunded_again = max(0, refunded - max(0, cleared - moved + moved_again))
    return CreditBooks(
        sold=sealed + _sum(credits, Purpose.VEND),
        made_up=_sum(credits, Purpose.MAKEUP),
        moved=moved,
        reversed=at[Where.REVERSED],
        refunded=refunded,
        taken=sealed + at[Where.METER],
        cleared=cleared,
        on_cards=at[Where.CARD],
        on_dead_cards=at[Where.DEAD_CARD],
        owed=at[Where.OWED],
        held=cleared - moved - refunded + moved_again + refunded_again,
        moved_again=moved_again,
        refunded_again=refunded_again,
    )


def _moved_again(facts: AccountFacts, credits: list[Placed]) -> int:
    """Of several transfers of one meter's credit, all that any but one moved: that of the line, else the first."""
    moves = [credit.job for credit in credits if credit.job.purpose is Purpose.TRANSFER]
    beside = {job.job for job in transfers_beside_the_line(facts)} if len(moves) > 1 else set[str]()
    moved: set[str] = set()
    again = 0
    for job in sorted(moves, key=lambda job: (job.job in beside, job.order)):
        if job.job in beside and job.from_meter in moved:
            again += job.credit
        moved.add(job.from_meter)
    return again


def _sum(placed: list[Placed], purpose: Purpose) -> int:
    return sum(credit.job.credit for credit in placed if credit.job.purpose is purpose)


def _money(facts: AccountFacts, book: Ledger) -> int:
    given_back = sum(refund.amount for refund in facts.refunds.values())
    paid = sum(found.body.amount for found in facts.paid.values())
    jobs = sum(-job.amount if job.purpose is Purpose.REVERSAL else job.amount for job in book.written)
    return jobs + paid - given_back


def _gaps(facts: AccountFacts, placed: list[Placed], known: Mapping[str, MeterEvidence]) -> dict[str, int]:
    history, gaps = (facts.history or History()).meters, dict[str, int]()
    for meter, found in known.items():
        last, before = _last(found), taken_before(facts, meter)
        if last is None or before is None:
            continue
        count, says = last
        should = before + history.get(meter, MeterHistory()).credit
        should += sum(
            credit.job.credit
            for credit in placed
            if credit.where is Where.METER and credit.job.meter == meter and credit.job.count <= count
        )
        should -= sum(gave_up for at, gave_up in found.cleared.items() if at <= count)
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
