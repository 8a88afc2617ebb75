"""The judgements at the counter (design, section 4): is this card good, and what may be written on it.

Callers fold the card's own return data into the facts first (`see`), so that the judgement rests on the freshest
evidence. A credit is always written with the count that the meter accepts next: its proven count + 1.
"""

import msgspec
from msgspec import Struct

from common.account.cards import CardStanding, CardState
from common.account.credits import Owed, Where
from common.account.details import Details, details
from common.account.facts import AccountFacts
from common.account.job import Job
from common.account.meters import meter_line, transfers_beside_the_line
from common.account.standing import Standing, standing
from common.admission.refusals import (
    AboveMeterLimit,
    AccountIsFrozen,
    AccountUnknown,
    AlreadyHasCard,
    AmountNotSold,
    CardIsBlank,
    CardIsBlocked,
    CardIsSuperseded,
    CardNotBlank,
    CardNotOfAccount,
    CardWasReturned,
    ClearNotDone,
    CountDoesNotFollow,
    CreditNotTaken,
    MakeupIsOwed,
    MakeupNotProved,
    MeterFirst,
    MeterGone,
    MeterIsAnother,
    NoActiveCard,
    NothingOwed,
    ReturnDataTorn,
)
from common.card.image import CardContents, CardImage, job_mark
from common.entries import CardBlocked, Purpose
from common.units import Credit


class Admitted(Struct, frozen=True, kw_only=True):
    """A good card of a good account.

    Attributes:
        next_count: the purchase count that the meter accepts next.
    """

    details: Details
    card: CardStanding
    image: CardImage
    view: Standing
    next_count: int


def admit_card(facts: AccountFacts, contents: CardContents, *, any_meter: bool = False) -> Admitted:
    """The card on the desk as one that may be written.

    Args:
        any_meter: the card may also be for another meter of the account: one that it had before, or to which another
            till changed that knew nothing of the last change.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    opened = open_account(facts)
    image = contents.image
    if image is None:
        raise CardIsBlank(contents.serial)
    view = standing(facts)
    card = _usable(facts, view, image.serial)
    line = meter_line(facts)
    known = [*line, *(job.meter for job in transfers_beside_the_line(facts))] if any_meter else line
    _check_meter(known if any_meter else [view.meter], known, contents, view.meter)
    if image.count != card.count or image.issue != card.issue:
        raise CountDoesNotFollow(image.serial, image.count, card.count)
    return Admitted(details=opened, card=card, image=image, view=view, next_count=view.meter_count + 1)


def plan_vend(facts: AccountFacts, contents: CardContents, credit: int, job: str) -> CardImage:
    """What the card is to say when so much credit, in its meter's unit, is sold on it.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    return credit_to_sell(facts, admit_card(facts, contents), credit, job)


def credit_to_sell(facts: AccountFacts, admitted: Admitted, credit: int, job: str) -> CardImage:
    """What an admitted card is to say when so much credit is sold on it.

    Raises:
        Refused: MakeupIsOwed, CreditNotTaken, MeterFirst, AmountNotSold or AboveMeterLimit.
    """
    may_vend(facts, admitted)
    if credit <= 0:
        raise AmountNotSold("zero")
    limit, unit = admitted.details.limit, admitted.view.unit
    if credit > limit:
        raise AboveMeterLimit(Credit(credit, unit), Credit(limit, unit))
    return next_credit(admitted, credit, job)


def may_vend(facts: AccountFacts, admitted: Admitted) -> None:
    """Check that credit may be sold on an admitted card, whatever the amount.

    Raises:
        Refused: MeterGone, ClearNotDone, CreditNotTaken, MakeupIsOwed or MeterFirst.
    """
    if admitted.view.known.reading is not None:
        raise MeterGone(admitted.view.meter)
    check_nothing_waits(admitted)
    owed, unit = owed_here(admitted.view), admitted.view.unit
    if owed:
        raise MakeupIsOwed(facts.account, Credit(sum(debt.credit for debt in owed), unit))
    if not admitted.view.heard_from_active and admitted.view.last_count > admitted.view.meter_count:
        raise MeterFirst(admitted.image.serial)


def plan_makeup(
    facts: AccountFacts, contents: CardContents, job: str, *, approved: bool = False
) -> tuple[CardImage, Owed]:
    """What the card is to say when the first make-up that is owed is written on it, and which that is.

    It is written with the count that the meter accepts next. Where the stranded credit could still be taken it has that
    very count, so the meter takes one of the two and never both.

    Args:
        approved: a supervisor stands by it, where nothing proves that the meter lacks the credit.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    admitted = admit_card(facts, contents)
    if admitted.view.known.reading is not None:
        raise MeterGone(admitted.view.meter)
    check_nothing_waits(admitted)
    if owed := owed_here(admitted.view):
        return next_credit(admitted, owed[0].credit, job), owed[0]
    unproved = _first_unproved(admitted.view)
    if unproved is None:
        raise NothingOwed(facts.account)
    if not approved:
        raise MakeupNotProved(facts.account, Credit(unproved.credit, unproved.unit))
    # The very count of the lost credit: a meter that took it after all refuses this one.
    again = msgspec.structs.replace(admitted, next_count=unproved.count)
    owed_now = Owed(for_job=unproved.job, credit=unproved.credit, unit=unproved.unit, decision=None)
    return next_credit(again, unproved.credit, job), owed_now


def owed_here(view: Standing) -> list[Owed]:
    """What is owed and the meter on the wall can take: credit of its own unit. The rest is refunded."""
    return [debt for debt in view.owed if debt.unit is view.unit]


def _first_unproved(view: Standing) -> Job | None:
    """The first credit on a dead card of which nobody knows whether the meter took it, and that nobody made good."""
    made_good = {credit.job.for_job for credit in view.credits if credit.job.purpose is Purpose.MAKEUP}
    lost = [
        credit.job
        for credit in view.credits
        if credit.where is Where.DEAD_CARD
        and credit.claimable
        and credit.job.job not in made_good
        and credit.job.unit is view.unit
    ]
    return min(lost, key=lambda job: job.count, default=None)


def plan_issue(facts: AccountFacts, contents: CardContents, job: str) -> CardImage:
    """What the card of an account that has none in use is to say: its first, or the next after one that came back.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, AlreadyHasCard or CardNotBlank.
    """
    open_account(facts)
    view = standing(facts)
    if view.active is not None:
        raise AlreadyHasCard(facts.account, view.active)
    before = 0 if facts.takeover is None else facts.takeover.body.issue
    issue = max([before, *(card.issue for card in view.cards.values())]) + 1
    return _fresh_image(view, contents, issue=issue, job=job)


def plan_replacement(facts: AccountFacts, contents: CardContents, job: str) -> tuple[CardImage, CardStanding, int]:
    """What a new card is to say, the card it replaces, and the highest purchase count known here.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, NoActiveCard or CardNotBlank.
    """
    open_account(facts)
    view = standing(facts)
    if view.active is None:
        raise NoActiveCard(facts.account)
    old = view.cards[view.active]
    image = _fresh_image(view, contents, issue=old.issue + 1, job=job)
    return image, old, view.last_count


def open_account(facts: AccountFacts) -> Details:
    """The account, when it is open.

    Raises:
        Refused: AccountUnknown or AccountIsFrozen.
    """
    found = details(facts)
    if found is None:
        raise AccountUnknown(facts.account)
    if facts.frozen is not None:
        frozen = facts.frozen
        raise AccountIsFrozen(facts.account, frozen.at, frozen.writer, frozen.body.clerk, frozen.body.reason)
    return found


def _usable(facts: AccountFacts, view: Standing, serial: str) -> CardStanding:
    card = view.cards.get(serial)
    if card is None:
        raise CardNotOfAccount(serial, facts.account)
    if card.replaced_by is not None:
        new = card.replaced_by
        raise CardIsSuperseded(serial, facts.account, new.card, new.at, new.writer, new.clerk)
    if card.state is CardState.RETURNED:
        raise CardWasReturned(serial, facts.account)
    if card.state is not CardState.ACTIVE:
        blocks = (made for _, made in sorted(facts.decisions.items()) if isinstance(made, CardBlocked))
        rule = next((made.rule for made in blocks if made.card == serial), "")
        raise CardIsBlocked(serial, facts.account, None, rule)
    return card


def _check_meter(expected: list[str], known: list[str], contents: CardContents, meter: str) -> None:
    """The image is for an expected meter; return data may still be of another one that is known."""
    image, returned = contents.image, contents.returned
    if contents.return_torn:
        raise ReturnDataTorn(contents.serial)
    if image is not None and image.meter not in expected:
        raise MeterIsAnother(image.serial, image.meter, meter)
    if returned is not None and returned.meter not in known:
        raise MeterIsAnother(contents.serial, returned.meter, meter)


def check_nothing_waits(admitted: Admitted) -> None:
    """Check that what stands on the card has been to the meter.

    Raises:
        Refused: ClearNotDone or CreditNotTaken.
    """
    if admitted.view.clearing is not None:
        raise ClearNotDone(admitted.image.serial)
    waiting = waiting_on_card(admitted)
    if waiting is not None:
        raise CreditNotTaken(waiting.card, waiting.count, Credit(waiting.credit, waiting.unit))


def waiting_on_card(admitted: Admitted) -> Job | None:
    """The credit that is on the card and that the meter has not taken."""
    for credit in admitted.view.credits:
        job = credit.job
        if job.card == admitted.image.serial and job.count == admitted.image.count and credit.where is Where.CARD:
            return job
    return None


def next_credit(admitted: Admitted, credit: int, job: str) -> CardImage:
    """The card with a credit of the count that its meter accepts next.

    Raises:
        CountDoesNotFollow: the card carries that count already.
    """
    if admitted.next_count <= admitted.image.count:
        raise CountDoesNotFollow(admitted.image.serial, admitted.image.count, admitted.next_count - 1)
    return CardImage(
        serial=admitted.image.serial,
        account=admitted.details.account,
        meter=admitted.view.meter,
        issue=admitted.card.issue,
        count=admitted.next_count,
        credit=credit,
        unit=admitted.view.unit,
        job_mark=job_mark(job),
    )


def _fresh_image(view: Standing, contents: CardContents, *, issue: int, job: str) -> CardImage:
    if contents.image is not None:
        raise CardNotBlank(contents.serial, contents.image.account)
    return CardImage(
        serial=contents.serial,
        account=view.account,
        meter=view.meter,
        issue=issue,
        count=view.meter_count,
        credit=0,
        unit=view.unit,
        job_mark=job_mark(job),
    )
