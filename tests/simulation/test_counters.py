"""The state machine of two tills, short: `python -m tests.simulation --examples 10000` runs it long."""

from hypothesis import HealthCheck, settings

from tests.simulation.counters import Counters

TestCounters = Counters.TestCase
TestCounters.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
