"""What people do with machines in a simulation is what somebody with sense would do."""

import pytest

from tests.simulation.chance import only_chance
from tests.simulation.world import World


@pytest.fixture
def world():
    made = World(1)
    made.calm = True
    yield made
    made.close()


def till_of(machine):
    with machine.quietly() as store:
        return machine.enrolment(store).till


def test_a_copy_whose_disk_is_put_back_is_a_copy_again(world):
    """It was enrolled as the till that it was copied from, and the two drove each other out for ever (seed 7047)."""
    first = world.machines[0]
    copy = first.copied("copy", first.folder.parent / "copy")
    copy.image()
    with only_chance(world.chance):
        assert world.bring_back(copy)
        assert till_of(copy) != till_of(first)
        assert copy.put_back()
        assert till_of(copy) == till_of(first)
        assert world.bring_back(copy)
    copy.stop()
    assert till_of(copy) != till_of(first)
