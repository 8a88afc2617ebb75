"""The judgements at the counter (design, section 4): is this card good, and what may be written on it.

Callers fold the card's own return data into the facts first (`see`), so that the judgement rests on the freshest
evidence. A credit is always written with the count that the meter accepts next: its proven count + 1.
"""

from msgspec import Struct

from common.account.facts import AccountFacts
from common.account.standing import CardStanding, CardState, Owed, Standing, Where, standing
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
    CountDoesNotFollow,
    CreditNotTaken,
    MakeupIsOwed,
    MeterFirst,
    MeterIsAnother,
    NoActiveCard,
    NothingOwed,
    ReturnDataTorn,
)
from common.card.image import CardContents, CardImage, job_mark
from common.entries.till import AccountOpened


class Admitted(Struct, frozen=True, kw_only=True):
    """A good card of a good account.

    Attributes:
        next_count: the purchase count that the meter accepts next.
    """

    opened: AccountOpened
    card: CardStanding
    image: CardImage
    view: Standing
    next_count: int


def admit_card(facts: AccountFacts, contents: CardContents) -> Admitted:
    """The card on the desk as one that may be written.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    opened = open_account(facts)
    image = contents.image
    if image is None:
        raise CardIsBlank(contents.serial)
    view = standing(facts)
    card = _usable(facts, view, image.serial)
    _check_meter(opened, contents, image)
    if image.count != card.count or image.issue != card.issue:
        raise CountDoesNotFollow(image.serial, image.count, card.count)
    return Admitted(opened=opened, card=card, image=image, view=view, next_count=view.meter_count + 1)


def plan_vend(facts: AccountFacts, contents: CardContents, energy: int, job: str) -> CardImage:
    """What the card is to say when `energy` watt-hours are sold on it.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    return credit_to_sell(facts, admit_card(facts, contents), energy, job)


def credit_to_sell(facts: AccountFacts, admitted: Admitted, energy: int, job: str) -> CardImage:
    """What an admitted card is to say when `energy` watt-hours are sold on it.

    Raises:
        Refused: MakeupIsOwed, CreditNotTaken, MeterFirst, AmountNotSold or AboveMeterLimit.
    """
    may_vend(facts, admitted)
    if energy <= 0:
        raise AmountNotSold("zero")
    if energy > admitted.opened.limit:
        raise AboveMeterLimit(energy, admitted.opened.limit)
    return _with_credit(admitted, energy, job)


def may_vend(facts: AccountFacts, admitted: Admitted) -> None:
    """Check that credit may be sold on an admitted card, whatever the amount.

    Raises:
        Refused: MakeupIsOwed, CreditNotTaken or MeterFirst.
    """
    _check_last_credit_taken(admitted)
    if admitted.view.owed:
        raise MakeupIsOwed(facts.account, sum(debt.energy for debt in admitted.view.owed))
    if not admitted.view.heard_from_active and admitted.view.last_count > admitted.view.meter_count:
        raise MeterFirst(admitted.image.serial)


def plan_makeup(facts: AccountFacts, contents: CardContents, job: str) -> tuple[CardImage, Owed]:
    """What the card is to say when the first make-up that is owed is written on it, and which that is.

    It is written with the count that the meter accepts next. Where the stranded credit could still be taken it has that
    very count, so the meter takes one of the two and never both.

    Raises:
        Refused: one of refusals.py, saying why not.
    """
    admitted = admit_card(facts, contents)
    _check_last_credit_taken(admitted)
    if not admitted.view.owed:
        raise NothingOwed(facts.account)
    owed = admitted.view.owed[0]
    return _with_credit(admitted, owed.energy, job), owed


def plan_issue(facts: AccountFacts, contents: CardContents, job: str) -> CardImage:
    """What an account's first card is to say.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, AlreadyHasCard or CardNotBlank.
    """
    opened = open_account(facts)
    view = standing(facts)
    if view.active is not None:
        raise AlreadyHasCard(facts.account, view.active)
    return _fresh_image(opened, contents, issue=1, count=view.meter_count, job=job)


def plan_replacement(facts: AccountFacts, contents: CardContents, job: str) -> tuple[CardImage, CardStanding, int]:
    """What a new card is to say, the card it replaces, and the highest purchase count known here.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, NoActiveCard or CardNotBlank.
    """
    opened = open_account(facts)
    view = standing(facts)
    if view.active is None:
        raise NoActiveCard(facts.account)
    old = view.cards[view.active]
    image = _fresh_image(opened, contents, issue=old.issue + 1, count=view.meter_count, job=job)
    return image, old, view.last_count


def open_account(facts: AccountFacts) -> AccountOpened:
    """The account, when it is open.

    Raises:
        Refused: AccountUnknown or AccountIsFrozen.
    """
    if facts.opened is None:
        raise AccountUnknown(facts.account)
    if facts.frozen is not None:
        frozen = facts.frozen
        raise AccountIsFrozen(facts.account, frozen.at, frozen.writer, frozen.body.clerk, frozen.body.reason)
    return facts.opened.body


def _usable(facts: AccountFacts, view: Standing, serial: str) -> CardStanding:
    card = view.cards.get(serial)
    if card is None:
        raise CardNotOfAccount(serial, facts.account)
    if card.replaced_by is not None:
        new = card.replaced_by
        raise CardIsSuperseded(serial, facts.account, new.card, new.at, new.writer, new.clerk)
    if card.state is not CardState.ACTIVE:
        rule = next((made.rule for made in facts.decisions.values() if getattr(made, "card", None) == serial), "")
        raise CardIsBlocked(serial, facts.account, None, rule)
    return card


def _check_meter(opened: AccountOpened, contents: CardContents, image: CardImage) -> None:
    if contents.return_torn:
        raise ReturnDataTorn(image.serial)
    found = image.meter if contents.returned is None else contents.returned.meter
    for meter in (image.meter, found):
        if meter != opened.meter:
            raise MeterIsAnother(image.serial, meter, opened.meter)


def _check_last_credit_taken(admitted: Admitted) -> None:
    for credit in admitted.view.credits:
        job = credit.job
        if job.card == admitted.image.serial and job.count == admitted.image.count and credit.where is Where.CARD:
            raise CreditNotTaken(job.card, job.count, job.energy)


def _with_credit(admitted: Admitted, energy: int, job: str) -> CardImage:
    if admitted.next_count <= admitted.image.count:
        raise CountDoesNotFollow(admitted.image.serial, admitted.image.count, admitted.next_count - 1)
    return CardImage(
        serial=admitted.image.serial,
        account=admitted.opened.account,
        meter=admitted.opened.meter,
        issue=admitted.card.issue,
        count=admitted.next_count,
        energy=energy,
        job_mark=job_mark(job),
    )


def _fresh_image(opened: AccountOpened, contents: CardContents, *, issue: int, count: int, job: str) -> CardImage:
    if contents.image is not None:
        raise CardNotBlank(contents.serial, contents.image.account)
    return CardImage(
        serial=contents.serial,
        account=opened.account,
        meter=opened.meter,
        issue=issue,
        count=count,
        energy=0,
        job_mark=job_mark(job),
    )
