"""Random offline histories: two or three tills, each knowing what it has synced, some cards, one meter."""

import os
from contextlib import suppress
from typing import Any, TypeVar

from hypothesis import strategies as st

from common.admission import Refused
from common.units import CreditUnit
from tests.common.odd_world import OddWorld
from tests.common.world import World

W = TypeVar("W", bound=World)

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


EVERYBODY: tuple[Any, ...] = ("sync_all",)
NEWEST, BEFORE = -1, -2
"""Cards: the one that was given out last, and the one before."""


def scene(name: str, here: int, there: int) -> list[tuple[Any, ...]]:
    """What two tills do, each alone, in the scene that a rule is about; tills may refuse parts of it."""
    stranded: list[tuple[Any, ...]] = [
        EVERYBODY, ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY,
        ("replace", there, "done"), ("vend", here, BEFORE, 700, "done"),
    ]  # fmt: skip
    scenes: dict[str, list[tuple[Any, ...]]] = {
        "stranded": stranded,
        "made_up": [*stranded, EVERYBODY, ("insert", NEWEST), ("make_up", here, NEWEST, "done"), ("insert", NEWEST)],
        "overturned": [
            *stranded, EVERYBODY, ("make_up", there, NEWEST, "done"), ("insert", BEFORE), ("read", here, BEFORE),
        ],
        "reversed_late": [
            *stranded, ("sync", here), ("sync", there), ("make_up", there, NEWEST, "done"),
            ("reverse", here, BEFORE, "done"),
        ],
        "made_up_twice": [
            *stranded, ("vend", there, NEWEST, 300, "done"), ("insert", NEWEST), ("read", there, NEWEST), EVERYBODY,
            ("make_up", here, NEWEST, "done"), ("insert", NEWEST), ("replace", there, "done"), ("insert", NEWEST),
            ("make_up", there, NEWEST, "done"), ("insert", NEWEST), ("read", there, NEWEST),
        ],
        "both_replaced": [
            EVERYBODY, ("replace", here, "done"), ("replace", there, "done"), ("vend", here, BEFORE, 300, "done"),
            ("vend", there, NEWEST, 400, "done"),
        ],
        "cloned": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("clone", NEWEST),
            ("vend", here, NEWEST, 500, "done"), ("vend", there, BEFORE, 600, "done"), ("insert", NEWEST),
        ],
        "torn_out": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("vend", here, NEWEST, 500, "done"),
            ("tear_out", NEWEST), ("vend", there, NEWEST, 800, "done"), ("insert", NEWEST),
        ],
        "reversed_though_taken": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("vend", here, NEWEST, 900, "done"),
            ("clone", NEWEST), ("insert", NEWEST), ("reverse", here, BEFORE, "done"), ("read", there, NEWEST),
        ],
        "closed": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("replace", there, "done"),
            ("close_account", there, NEWEST), ("vend", here, BEFORE, 650, "done"),
        ],
        "moved_twice": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("replace", there, "done"),
            ("change_meter", here, BEFORE, "done", CreditUnit.ENERGY),
            ("change_meter", there, NEWEST, "done", CreditUnit.ENERGY),
        ],
        "old_price": [
            ("insert", NEWEST), ("read", here, NEWEST), EVERYBODY, ("publish", 2, -30),
            ("vend", here, NEWEST, 1_200, "done"),
        ],
    }  # fmt: skip
    return scenes[name]


SCENES = st.sampled_from([
    "stranded", "made_up", "overturned", "reversed_late", "made_up_twice", "both_replaced", "cloned", "torn_out",
    "reversed_though_taken", "closed", "moved_twice", "old_price",
])  # fmt: skip
TWO_TILLS = st.permutations([0, 1, 2])
ODD_ACTION = st.one_of(
    ACTION,
    st.tuples(st.just("publish"), st.integers(1, 3), st.integers(-60, 10)),
    st.tuples(st.just("decide"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("close_account"), TILLS, CARDS),
    st.tuples(st.just("pay_decided"), TILLS),
    st.tuples(st.just("clone"), CARDS),
    st.tuples(st.just("tear_out"), CARDS),
    st.just(EVERYBODY),
)
PARTS = st.one_of(
    st.builds(lambda name, tills: scene(name, tills[0], tills[1]), SCENES, TWO_TILLS),
    st.lists(ODD_ACTION, min_size=1, max_size=6),
)
ODD_HISTORIES = st.builds(
    lambda parts, errors, unit: ([action for part in parts for action in part], errors, unit),
    st.lists(PARTS, min_size=1, max_size=6),
    st.tuples(st.integers(-90, 90), st.integers(-90, 90), st.integers(-90, 90)),
    UNITS,
)


def examples(usual: int) -> int:
    """How many examples a property is tried with: `KILOTILL_EXAMPLES` of them where somebody asks for more."""
    return int(os.environ.get("KILOTILL_EXAMPLES", usual))


def lived(history: History) -> World:
    """The world after these actions; those that a till refuses do not happen."""
    return _live(history, World)


def lived_oddly(history: History) -> OddWorld:
    """The same, where more goes wrong."""
    return _live(history, OddWorld)


def played(*scenes: list[tuple[Any, ...]]) -> OddWorld:
    """The world after these scenes; everybody has heard of everything."""
    world = _live(([action for scene in scenes for action in scene], (0, 0, 0), CreditUnit.ENERGY), OddWorld)
    all_sync(world)
    return world


def _live(history: History, kind: type[W]) -> W:
    actions, clock_errors, unit = history
    world = kind.new(3, clock_errors, unit)
    for name, *arguments in actions:
        named = {"unit": arguments.pop()} if name == "change_meter" else {}
        if (name, *arguments) == EVERYBODY:
            all_sync(world)
            continue
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
