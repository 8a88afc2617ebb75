"""A meter that has seen no card."""

import pytest

from tests.till.simulator.cards import MASTER
from till.simulator.meter import MeterState, SimulatedMeter


@pytest.fixture
def meter() -> SimulatedMeter:
    return SimulatedMeter(MeterState(number="M1", master=MASTER.hex()))
