"""Room for bodies in memory: never more than there is, first come first served, and nobody's share is lost."""

import asyncio
import random

import pytest

from syncserver.api.bodies import Room


async def test_there_is_never_more_in_memory_than_allowed():
    room, chance = Room(100), random.Random(1)
    held, most, order = 0, 0, []

    async def one(number: int, size: int) -> None:
        nonlocal held, most
        async with room.hold(size):
            order.append(number)
            held += size
            most = max(most, held)
            await asyncio.sleep(chance.random() / 200)
            held -= size

    await asyncio.gather(*(one(number, chance.randint(1, 100)) for number in range(200)))
    assert (held, most <= 100) == (0, True)
    assert order == sorted(order)


@pytest.mark.parametrize("cancelled", ["while it waits", "as its turn comes", "while it is in"])
async def test_a_share_that_was_given_up_is_there_for_the_next(cancelled):
    room = Room(10)
    entered = asyncio.Event()

    async def stay(size: int) -> None:
        async with room.hold(size):
            entered.set()
            await asyncio.sleep(60)

    first = asyncio.create_task(stay(10))
    await entered.wait()
    second = asyncio.create_task(stay(10))
    await asyncio.sleep(0)
    match cancelled:
        case "while it waits":
            second.cancel()
            await asyncio.sleep(0)
            first.cancel()
        case "as its turn comes":
            first.cancel()
            await asyncio.sleep(0)
            second.cancel()
        case "while it is in":
            first.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
            second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(2), room.hold(10):
        pass
