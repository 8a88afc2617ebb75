"""The state machine of two tills, for as long as asked: `python -m tests.simulation --examples 10000`."""

import argparse
import time

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.counters import Counters


def main() -> None:
    """Run it and say how long it took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=1_000)
    options.add_argument("--steps", type=int, default=30, help="at most, in each")
    chosen = options.parse_args()
    began = time.monotonic()
    run_state_machine_as_test(
        Counters,
        settings=settings(
            max_examples=chosen.examples,
            stateful_step_count=chosen.steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{chosen.examples:,} examples of up to {chosen.steps} steps hold, in {time.monotonic() - began:,.0f} s.")


if __name__ == "__main__":
    main()
