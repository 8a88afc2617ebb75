"""Runs by their seeds: `python -m tests.simulation run --seeds 20000`. The same seed is the same run."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.chance import only_chance
from tests.simulation.checks import bring_together, check
from tests.simulation.events import EVENTS
from tests.simulation.newcomers import small_snapshots
from tests.simulation.quick import PowerCut
from tests.simulation.world import World

STEPS = 50


@dataclass
class Report:
    """What runs came to."""

    seeds: int = 0
    events: int = 0
    days: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Report") -> None:
        self.seeds += other.seeds
        self.events += other.events
        self.days += other.days
        self.faults += other.faults
        self.failed |= other.failed


def run(seed: int, steps: int = STEPS) -> World:
    """One run, with everything checked at its end. The caller closes it.

    Raises:
        AssertionError, or whatever the product should not have raised.
    """
    world = World(seed)
    try:
        with only_chance(world.chance), small_snapshots():
            _live(world, steps)
            bring_together(world)
            check(world)
    except BaseException:
        world.close()
        raise
    return world


def _live(world: World, steps: int) -> None:
    events, weights = list(EVENTS), list(EVENTS.values())
    for _ in range(steps):
        pause = world.chance.choice([5, 5, 5, 60, 600, 3_600, 20 * 3_600])
        world.now += timedelta(seconds=world.chance.randint(1, pause))
        if world.chance.happens(0.4):
            world.deliver_late()
        (event,) = world.chance.choices(events, weights)
        event(world)


def one(seed: int) -> Report:
    """A run's report; a failure is in it."""
    try:
        world = run(seed)
    except (Exception, PowerCut) as error:  # noqa: BLE001  # the next seed is run all the same
        return Report(seeds=1, failed={seed: f"{type(error).__name__}: {error}"[:300]})
    found = Report(1, STEPS, (world.now - world.began) / timedelta(days=1), world.counted)
    world.close()
    return found


def reports(seeds: Iterable[int]) -> Iterator[Report]:
    """One after the other."""
    for seed in seeds:
        yield one(seed)
