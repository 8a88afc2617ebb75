"""Who asks after the office's health is answered soon, with what was true a moment ago."""

import asyncio

import pytest

from common.wire import HealthReply
from syncserver.api.latest_health import HOLDS, LatestHealth
from syncserver.office.health import Health
from syncserver.store import StoreUnavailable


class Looks:
    """Looks that take as long as the test says, by its clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.begun, self.entries, self.broken = 0, 1, False
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> Health:
        self.begun += 1
        await self.may_end.wait()
        if self.broken:
            raise StoreUnavailable("the disk is gone")
        tills = {"active": 2, "stopped": 1, "revoked": 0}
        return Health(problems=["x"], alerts=[], entries=self.entries, tills=tills, waiting=0, disk_free=1)


@pytest.fixture
async def looks() -> Looks:
    return Looks()


@pytest.fixture
async def health(looks: Looks) -> LatestHealth:
    return LatestHealth(looks, lambda: looks.now)


async def test_asking_often_costs_one_look(looks: Looks, health: LatestHealth) -> None:
    replies = await asyncio.gather(*(health.reply() for _ in range(100)))
    assert {reply.entries for reply in replies} == {1}
    assert replies[0] == HealthReply(ok=True, problems=["x"], entries=1, tills=3)
    looks.now = HOLDS - 0.01
    await health.reply()
    assert looks.begun == 1


async def test_what_is_older_is_looked_for_again(looks: Looks, health: LatestHealth) -> None:
    await health.reply()
    looks.now, looks.entries = HOLDS, 2
    assert (await health.reply()).entries == 2


async def test_while_looking_takes_long_what_was_found_before_is_told(looks: Looks, health: LatestHealth) -> None:
    await health.reply()
    looks.now, looks.entries = HOLDS, 2
    looks.may_end.clear()
    assert [(await health.reply()).entries for _ in range(3)] == [1, 1, 1]
    looks.may_end.set()
    assert (await health.reply()).entries == 2
    assert looks.begun == 2


async def test_what_is_too_old_is_not_told(looks: Looks, health: LatestHealth) -> None:
    await health.reply()
    looks.now, looks.entries = 30.0, 2
    looks.may_end.clear()
    asked = asyncio.create_task(health.reply())
    assert not (await asyncio.wait([asked], timeout=0.3))[0]
    looks.may_end.set()
    assert (await asked).entries == 2


async def test_the_first_who_asks_waits(looks: Looks, health: LatestHealth) -> None:
    looks.may_end.clear()
    asked = asyncio.create_task(health.reply())
    assert not (await asyncio.wait([asked], timeout=0.3))[0]
    looks.may_end.set()
    assert (await asked).entries == 1


async def test_who_hangs_up_does_not_end_the_looking(looks: Looks, health: LatestHealth) -> None:
    looks.may_end.clear()
    first, second = asyncio.create_task(health.reply()), asyncio.create_task(health.reply())
    await asyncio.sleep(0)
    first.cancel()
    looks.may_end.set()
    assert (await second).entries == 1
    assert looks.begun == 1


async def test_a_database_that_cannot_be_read_is_said_and_tried_again(looks: Looks, health: LatestHealth) -> None:
    looks.broken = True
    assert not (await health.reply()).ok
    looks.now, looks.broken = HOLDS, False
    assert (await health.reply()).ok
