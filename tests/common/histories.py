"""Random offline histories: two or three tills, each knowing what it has synced, some cards, one meter."""

from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from common.admission import Refused
from common.units import CreditUnit
from tests.common.world import World

History = tuple[list[tuple[Any, ...]], tuple[int, int, int], CreditUnit]
"""What people did, one after the other, by how many minutes each till's clock is wrong, what the first meter counts."""

FATES = st.sampled_from(["done", "done", "done", "written", "lost"])
UNITS = st.sampled_from([CreditUnit.ENERGY, CreditUnit.ENERGY, CreditUnit.MONEY])
TILLS, CARDS = st.integers(0, 2), st.integers(0, 4)
ACTION = st.one_of(
    st.tuples(st.just("vend"), TILLS, CARDS, st.integers(1, 5_000), FATES),
    st.tuples(st.just("insert"), CARDS),
    st.tuples(st.just("insert"), CARDS),
    st.tuples(st.just("read"), TILLS, CARDS),
    st.tuples(st.just("replace"), TILLS, FATES),
    st.tuples(st.just("make_up"), TILLS, CARDS, FATES),
    st.tuples(st.just("reverse"), TILLS, CARDS, FATES),
    st.tuples(st.just("clear"), TILLS, CARDS, FATES),
    st.tuples(st.just("change_meter"), TILLS, CARDS, FATES, UNITS),
    st.tuples(st.just("read_meter"), TILLS),
    st.tuples(st.just("refund_owed"), TILLS),
    st.tuples(st.just("wipe"), TILLS, CARDS, FATES),
    st.tuples(st.just("issue"), TILLS),
    st.tuples(st.just("refund"), TILLS),
    st.tuples(st.just("sync"), TILLS),
)
HISTORIES = st.builds(
    lambda actions, errors, unit: (actions, errors, unit),
    st.lists(ACTION, min_size=3, max_size=40),
    st.tuples(st.integers(-90, 90), st.integers(-90, 90), st.integers(-90, 90)),
    UNITS,
)


def lived(history: History) -> World:
    """The world after these actions; those that a till refuses do not happen."""
    actions, clock_errors, unit = history
    world = World.new(3, clock_errors, unit)
    for name, *arguments in actions:
        named = {"unit": arguments.pop()} if name == "change_meter" else {}
        with suppress(Refused):
            getattr(world, name)(*arguments, **named)
    return world


def all_sync(world: World) -> None:
    for _ in range(2):
        for till in range(len(world.tills)):
            world.sync(till)


def settle_doubts(world: World) -> None:
    """Every card comes back to every till that is in doubt about it."""
    for till, writer in enumerate(world.tills):
        for _, serial in list(writer.doubts.values()):
            card = next(place for place, found in enumerate(world.cards) if found.serial == serial)
            with suppress(Refused):
                world.read(till, card)
