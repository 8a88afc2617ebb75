"""What a card says of a job that started and did not end."""

import msgspec
import pytest

from common.account import AccountFacts, Job, Verdict, judge_doubt
from common.card.image import CardImage, job_mark
from tests.common.pieces import ACCOUNT, Card
from tests.common.world import World


def in_doubt(fate: str) -> tuple[World, Card, Job]:
    """A vend of the first till that died after (`written`) or before (`lost`) the write."""
    world = World.new(2)
    world.insert(0)
    world.vend(0, 0, 1_000, fate=fate)
    (job,) = world.tills[0].doubts
    return world, world.cards[0], world.tills[0].facts.jobs[job]


@pytest.mark.parametrize(("fate", "verdict"), [("written", Verdict.WRITTEN), ("lost", Verdict.NOT_WRITTEN)])
def test_the_card_as_the_till_left_it(fate: str, verdict: Verdict) -> None:
    world, card, job = in_doubt(fate)
    assert judge_doubt(world.tills[0].facts, job, card.image) is verdict


def test_another_tills_job_has_the_same_count() -> None:
    """The write was lost, and another till, alone, sold the same count: only the mark tells them apart."""
    world, card, job = in_doubt("lost")
    world.vend(1, 0, 2_000)
    assert card.image is not None
    assert card.image.count == job.count
    assert judge_doubt(world.tills[0].facts, job, card.image) is Verdict.NOT_WRITTEN


def test_the_card_went_on() -> None:
    """Open until the entries of the till that wrote it since have come; what that till found there then decides."""
    world, card, job = in_doubt("lost")
    world.vend(1, 0, 2_000)
    world.insert(0)
    world.vend(1, 0, 3_000)
    assert judge_doubt(world.tills[0].facts, job, card.image) is Verdict.OPEN
    world.sync(1)
    world.sync(0)
    assert judge_doubt(world.tills[0].facts, job, card.image) is Verdict.NOT_WRITTEN


@pytest.mark.parametrize("own", [True, False])
def test_the_next_job_says_whose_mark_it_found(*, own: bool) -> None:
    world, card, job = in_doubt("written")
    facts = world.tills[0].facts
    assert card.image is not None
    mark = job_mark(job.job) if own else job_mark("till-0002/0001")
    successor = msgspec.structs.replace(
        job, job="till-0002/0002", before=job.count, before_mark=mark, count=job.count + 1
    )
    found: AccountFacts = msgspec.structs.replace(facts, jobs=facts.jobs | {successor.job: successor})
    later = msgspec.structs.replace(card.image, count=job.count + 1, job_mark=job_mark(successor.job))
    assert judge_doubt(found, job, later) is (Verdict.WRITTEN if own else Verdict.NOT_WRITTEN)
    assert judge_doubt(facts, job, later) is Verdict.OPEN


def test_a_layout_without_marks_has_the_count_alone() -> None:
    world, card, job = in_doubt("written")
    assert card.image is not None
    unmarked = msgspec.structs.replace(card.image, job_mark=0)
    assert judge_doubt(world.tills[0].facts, job, unmarked) is Verdict.WRITTEN


def test_a_card_from_before() -> None:
    """A count below the one that stood there: a copy, or another till's disk restored. Nobody can say."""
    world, card, job = in_doubt("written")
    assert card.image is not None
    late = msgspec.structs.replace(job, before=3, count=4)
    assert judge_doubt(world.tills[0].facts, late, card.image) is Verdict.OPEN


def test_a_blank_card_was_not_written() -> None:
    world = World.new(1)
    world.replace(0, fate="lost")
    (job,) = world.tills[0].doubts
    facts = world.tills[0].facts
    assert judge_doubt(facts, facts.jobs[job], None) is Verdict.NOT_WRITTEN
    another = CardImage(serial="6201000000000009", account="A2", meter="M2", issue=1, count=0, credit=0)
    assert judge_doubt(facts, facts.jobs[job], another) is Verdict.NOT_WRITTEN


def test_a_card_that_was_not_blank_and_is_now_says_nothing() -> None:
    world, _, job = in_doubt("written")
    assert judge_doubt(world.tills[0].facts, job, None) is Verdict.OPEN


def test_two_successors_that_disagree_leave_it_open() -> None:
    """A clone went on beside the card."""
    world, card, job = in_doubt("written")
    facts = world.tills[0].facts
    assert card.image is not None
    successors = {
        f"till-0002/{mark}": msgspec.structs.replace(
            job, job=f"till-0002/{mark}", before=job.count, before_mark=mark, count=job.count + 1
        )
        for mark in (job_mark(job.job), 12345)
    }
    later = msgspec.structs.replace(card.image, count=job.count + 1, job_mark=99)
    found: AccountFacts = msgspec.structs.replace(facts, jobs=facts.jobs | successors)
    assert found.account == ACCOUNT
    assert judge_doubt(found, job, later) is Verdict.OPEN
