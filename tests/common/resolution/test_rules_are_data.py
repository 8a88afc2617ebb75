"""A rule is one module: it is found by being there, and nothing else has to be touched."""

from importlib import import_module
from pkgutil import iter_modules

import msgspec
import pytest

from common.account import standing
from common.resolution import NAMES, RULES, due, rules, settle
from common.resolution.rule import Matter, Rule
from common.units import LARGEST
from tests.common.histories import played, scene

MODULES = [found.name for found in iter_modules(rules.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_a_rule_of_its_own_name(name: str) -> None:
    rule = import_module(f"{rules.__name__}.{name}").RULE
    assert isinstance(rule, Rule)
    assert RULES[name] is rule
    assert rule.name == name


def test_every_module_is_in_force() -> None:
    assert sorted(RULES) == sorted(MODULES)
    assert {*MODULES, "overturned"} == NAMES


@pytest.mark.parametrize("story", ["stranded", "made_up_twice", "cloned", "closed", "old_price", "overturned"])
def test_what_a_rule_decides_bears_its_name_and_its_account(story: str) -> None:
    world = played(scene(story, 0, 1))
    found = due(world.office.facts, world.tariffs)
    assert found
    for key, made in found.items():
        assert made.key == key
        assert key.startswith(f"{made.rule}/")
        assert made.account == world.office.facts.account
        assert made.rule in NAMES


def test_a_rule_says_the_same_again_and_settling_is_done_once() -> None:
    world = played(scene("made_up_twice", 0, 1))
    assert settle(world.office.facts, world.tariffs) == []
    matter = Matter(world.office.facts, standing(world.office.facts), world.tariffs)
    for rule in RULES.values():
        assert list(rule.decide(matter)) == list(rule.decide(matter))


@pytest.mark.parametrize("recovered", [{}, {"made_up_twice/arrears/x": LARGEST, "b": LARGEST}])
@pytest.mark.parametrize("amount", [0, LARGEST])
@pytest.mark.parametrize("story", ["stranded", "made_up_twice", "cloned", "closed", "old_price", "reversed_late"])
def test_whatever_a_till_wrote_the_office_can_say_what_it_decides(
    story: str, amount: int, recovered: dict[str, int]
) -> None:
    """A decision that is no entry would stop the till's whole batch."""
    world = played(scene(story, 0, 1))
    odd = {
        name: msgspec.structs.replace(job, amount=amount, recovered=recovered)
        for name, job in world.office.facts.jobs.items()
    }
    facts = msgspec.structs.replace(world.office.facts, jobs=odd, decisions={})
    for body in settle(facts, world.tariffs):
        world.office.write(body, world.now)
