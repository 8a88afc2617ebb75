"""The meter on the wall: it gives up its credit by card, is read for good, or is changed and the card follows."""

from dataclasses import dataclass

from common.account import AccountFacts, details, read_meter, standing
from common.admission import AccountUnknown, Refused, check_reading, given_up, plan_clear, plan_transfer
from common.clerks import Action
from common.entries import ClearStarted, MeterRead, TransferStarted
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone, run
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk, job_start, note_evidence, present
from till.operations.job_id import new_job_id
from till.operations.meter_models import model_named, model_of
from till.operations.refusals import ReadingMissing
from till.operations.typed import check_identifier, check_number

_MOST_COUNT, _MOST_ENERGY = 2**32 - 1, 2**48 - 1


@dataclass(frozen=True)
class Reading:
    """What a person read on a meter that is taken out of use, and the supervisor who stands by it.

    Attributes:
        count: its purchase count.
        remaining, use: credit left, and ever used, in its unit.
    """

    meter: str
    count: int
    remaining: int
    use: int
    supervisor: Supervisor


def clear_meter(desk: Desk, driver: CardDriver) -> JobDone:
    """Write on the card that the meter is to give up its credit. The customer puts it in the meter and brings it back.

    Raises:
        Refused: see common.admission.plan_clear.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.TAKE_BACK)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts = presented.account
    try:
        image = plan_clear(facts, presented.contents, job)
    except Refused:
        note_evidence(desk, presented)
        raise
    return run(desk, driver, ClearStarted(**job_start(desk, presented, job, facts.account), image=image))


def enter_reading(desk: Desk, account: str, reading: Reading) -> MeterRead:
    """Enter what a meter that is taken out of use shows: it gives up the credit that is left in it.

    Raises:
        Refused: see common.admission.check_reading; BadField; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.CHANGE_METER)
    facts = desk.store.account(account)
    if facts is None:
        raise AccountUnknown(account)
    read = _read(desk, facts, reading)
    desk.journal.commit(read)
    return read


def change_meter(
    desk: Desk, driver: CardDriver, meter: str, reading: Reading | None, *, model: str | None = None
) -> JobDone:
    """The meter on the wall was changed: the card in the reader follows, with all that the old one gave up.

    Args:
        meter: the new meter's number.
        reading: of the old one; not asked for when it has given up its credit by card.
        model: the new meter's; None: the same as the old one's.

    Raises:
        Refused: see common.admission.plan_transfer; ReadingMissing; BadField, NoSuchModel.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.CHANGE_METER)
    check_identifier("meter", meter)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts, read = presented.account, None
    kind = model_of(desk, facts) if model is None else model_named(desk, model)
    view = standing(facts)
    if meter != view.meter and not given_up(view):
        if reading is None:
            note_evidence(desk, presented)
            raise ReadingMissing(view.meter)
        read = _read(desk, facts, reading)
        facts = read_meter(facts, read)
    unit = view.unit if kind is None else kind.unit
    image, left = plan_transfer(facts, presented.contents, meter, job, unit)
    if read is not None:
        desk.journal.commit(read)
    started = TransferStarted(
        **job_start(desk, presented, job, facts.account),
        image=image,
        from_meter=left,
        model="" if kind is None else kind.model,
        limit=_limit(facts) if model is None or kind is None else kind.limit,
    )
    return run(desk, driver, started)


def _limit(facts: AccountFacts) -> int:
    return 0 if (known := details(facts)) is None else known.limit


def _read(desk: Desk, facts: AccountFacts, reading: Reading) -> MeterRead:
    check_number("count", reading.count, _MOST_COUNT)
    for name, value in (("left", reading.remaining), ("used", reading.use)):
        check_number(name, value, _MOST_ENERGY)
    check_reading(facts, reading.meter, reading.count, reading.use)
    return MeterRead(
        account=facts.account,
        meter=reading.meter,
        count=reading.count,
        remaining=reading.remaining,
        use=reading.use,
        clerk=desk.clerk,
        approval=approve(desk, Action.CHANGE_METER, reading.supervisor),
    )
