"""Simulations for as long as asked.

`python -m tests.simulation run --seeds 20000` lives through seeds; `python -m tests.simulation run --from N --seeds 1`
lives through one again. `python -m tests.simulation counters --examples 10000` is the state machine of two tills.
"""

import argparse
import time
from contextlib import suppress
from multiprocessing import get_context

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.counters import Counters
from tests.simulation.seeded import Report, one, run
from tests.simulation.template import template


def main() -> None:
    """Run what is asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = options.add_subparsers(dest="mode", required=True)
    seeded = modes.add_parser("run", help="whole branches, seed by seed")
    seeded.add_argument("--seeds", type=int, default=200)
    seeded.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    seeded.add_argument("--jobs", type=int, default=1, help="processes")
    machine = modes.add_parser("counters", help="the state machine of two tills")
    machine.add_argument("--examples", type=int, default=1_000)
    machine.add_argument("--steps", type=int, default=30, help="at most, in each")
    chosen = options.parse_args()
    began = time.monotonic()
    if chosen.mode == "counters":
        _counters(chosen.examples, chosen.steps)
        print(f"{chosen.examples:,} examples of up to {chosen.steps} steps hold, in {time.monotonic() - began:,.0f} s.")
    elif chosen.seeds == 1:
        print("\n".join(run(chosen.first).log))
    else:
        report = _seeds(range(chosen.first, chosen.first + chosen.seeds), chosen.jobs)
        print(_text(report, time.monotonic() - began))
        if report.failed:
            raise SystemExit(1)


def _counters(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Counters,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _seeds(seeds: range, jobs: int) -> Report:
    """Ctrl-C ends it with the report of those that are done."""
    report = Report()
    for chip in ("cpu", "sle4442"):
        template(chip)  # made before the processes part, so that they share it
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with suppress(KeyboardInterrupt), Progress(*bar) as progress, get_context("fork").Pool(jobs) as pool:
        task = progress.add_task("seeds", total=len(seeds))
        for found in pool.imap_unordered(one, seeds, chunksize=8):
            report.add(found)
            progress.update(task, advance=1, description="seeds" if not report.failed else f"{len(report.failed)} bad")
            for seed, why in found.failed.items():
                progress.console.print(f"{why}\n  again: python -m tests.simulation run --seeds 1 --from {seed}")
    return report


def _text(report: Report, seconds: float) -> str:
    lines = [
        f"{report.seeds:,} seeds: {report.events:,} events in {report.days:,.0f} simulated days, "
        f"{sum(report.faults.values()):,} faults, in {seconds:,.0f} s.",
        *(f"  {count:>9,}  {kind}" for kind, count in report.faults.most_common()),
    ]
    if report.failed:
        lines.append(f"{len(report.failed)} FAILED: {', '.join(map(str, sorted(report.failed)))}")
    else:
        lines.append(
            "Nothing acknowledged was lost, nothing was counted twice, the books balance, all replicas agree, "
        )
        lines.append("and every journal verifies.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
