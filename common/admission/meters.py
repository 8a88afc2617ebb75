"""The meter on the wall: asking it to give up its credit, reading it for good, and changing it."""

import msgspec

from common.account.credits import Where
from common.account.facts import AccountFacts
from common.account.meters import MeterEvidence, evidence
from common.account.standing import Standing, standing
from common.admission.judge import admit_card, may_vend, next_credit, open_account
from common.admission.refusals import CreditOfAnotherUnit, MeterGone, MeterIsAnother, MeterNotGivenUp, ReadingBehind
from common.card.image import CardContents, CardImage, CardKind, job_mark
from common.units import Credit, CreditUnit


def plan_clear(facts: AccountFacts, contents: CardContents, job: str) -> CardImage:
    """What the card is to say to make the meter give up its credit.

    Raises:
        Refused: as for a vend: nothing may wait on the card or be owed, and the meter's count must be known.
    """
    admitted = admit_card(facts, contents)
    may_vend(facts, admitted)
    return msgspec.structs.replace(next_credit(admitted, 0, job), kind=CardKind.CLEAR)


def check_reading(facts: AccountFacts, meter: str, count: int, use: int) -> None:
    """Check what a person read on a meter that is taken out of use.

    Raises:
        Refused: AccountUnknown or AccountIsFrozen; MeterIsAnother: it is not the account's; MeterGone: it was read for
            good already; ReadingBehind: meters only count up, and this is below what the meter itself has said.
    """
    open_account(facts)
    view = standing(facts)
    if meter != view.meter:
        raise MeterIsAnother("", meter, view.meter)
    if view.known.reading is not None:
        raise MeterGone(meter)
    last = view.known.last
    if count < view.known.count or (last is not None and use < last.use):
        raise ReadingBehind(meter, view.known.count, Credit(0 if last is None else last.use, view.unit))


def plan_transfer(
    facts: AccountFacts, contents: CardContents, meter: str, job: str, unit: CreditUnit = CreditUnit.ENERGY
) -> tuple[CardImage, str]:
    """What the card is to say to follow a change of the meter, with all that the old one gave up; and the meter that is
    left.

    A credit on the card that the old meter never took is owed from then on. A card that was left behind by a change at
    another till follows too.

    Args:
        unit: what the new meter counts credit in, when nobody has said it yet.

    Raises:
        Refused: one of refusals.py: the card is not admitted; MeterIsAnother: it is that meter's already;
            MeterNotGivenUp: nobody knows what is left in the old one; CreditOfAnotherUnit: it must be refunded first.
    """
    admitted = admit_card(facts, contents, any_meter=True)
    view, image = admitted.view, admitted.image
    if meter == image.meter == view.meter:
        raise MeterIsAnother(image.serial, meter, view.meter)
    if meter != view.meter and not given_up(view):
        raise MeterNotGivenUp(view.meter)
    if meter == view.meter:
        unit = view.unit
    _check_unit(view, unit)
    credit = max(0, view.books.of(unit).held)
    known = evidence(facts).get(meter, MeterEvidence(meter=meter)).count
    follows = CardImage(
        serial=image.serial,
        account=image.account,
        meter=meter,
        issue=image.issue,
        count=known + 1 if credit else known,
        credit=credit,
        unit=unit,
        job_mark=job_mark(job),
    )
    return follows, image.meter if meter == view.meter else view.meter


def _check_unit(view: Standing, unit: CreditUnit) -> None:
    """Credit is never converted: what the new meter cannot count is refunded before it changes."""
    if unit is view.unit:
        return
    left = view.books.of(view.unit)
    stuck = max(0, left.held) + left.on_cards + left.owed
    if stuck:
        raise CreditOfAnotherUnit(view.account, Credit(stuck, view.unit))


def given_up(view: Standing) -> bool:
    """Whether it is known that no credit is left in the meter on the wall.

    A meter that was cleared may have taken a credit since, from a card that has not been seen again; never one of a
    count that it had reached by then.
    """
    known = view.known
    unproved = any(
        credit.claimable and credit.where is Where.DEAD_CARD and credit.job.count > known.count
        for credit in view.credits
        if credit.job.meter == view.meter
    )
    return known.reading is not None or (known.is_clear and not unproved)
