"""Who is meant, by chance."""

from tests.simulation.machine import Machine
from tests.simulation.template import METERS, OPENED
from tests.simulation.world import World


def some(world: World) -> Machine:
    """A machine."""
    return world.chance.choice(world.machines)


def account(world: World) -> str:
    """An account, now and then one that is perhaps not opened yet."""
    numbers = sorted(METERS)
    (number,) = world.chance.choices(numbers, [4 if place < OPENED else 1 for place in range(len(numbers))])
    return number
