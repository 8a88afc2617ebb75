"""`syncserver rebuild --check`: every entry folded afresh and compared."""

import time
from pathlib import Path

from rich.progress import Progress

from syncserver.audit.rebuild import rebuild
from tests.benchmarks.fleet import sellers
from tests.benchmarks.measure import Row
from tests.benchmarks.offices import new_office, push

TILLS, ACCOUNTS = 50, 200


def measure(folder: Path, entries: int) -> list[Row]:
    """Entries a second, beside the rate at which the same office took them in."""
    fleet = sellers(TILLS, ACCOUNTS)
    office = new_office(folder, fleet)
    lines = [seller.opening() for seller in fleet]
    taken = seconds = 0.0
    with Progress() as progress:
        task = progress.add_task("selling", total=entries)
        while taken < entries:
            took, _ = push(office, fleet, [b"".join(journal) for journal in lines])
            seconds += took
            taken += sum(map(len, lines))
            progress.update(task, completed=taken)
            lines = [seller.sold(ACCOUNTS * 2) for seller in fleet]
        task = progress.add_task("folding", total=taken)
        began = time.perf_counter()
        assert rebuild(office.store, check=True, progress=lambda done: progress.update(task, completed=done)) == []
        again = time.perf_counter() - began
    office.close()
    rate, first = taken / again, taken / seconds
    return [
        Row(
            f"rebuild --check of {taken:,.0f} entries, a second",
            rate,
            "taken in, a second",
            first,
            rate / first,
            "shown",
        )
    ]
