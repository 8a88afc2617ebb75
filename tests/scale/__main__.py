"""The office at scale, on PostgreSQL: `python -m tests.scale --vends 100000 --accounts 10000 --tills 100 --folder DIR`.

Real tills' signed journals go over TLS to `syncserver serve`, round by round; after each round the same rows are copied
(COPY) into a table like the journal. Making the journals and opening the accounts are measured apart. Then: what a vend
takes on the disk, tills' syncs, every page of the office.

Broken off, the same command goes on where it was. Ctrl-C ends the load, and what is there is measured; Ctrl-C once more
ends that, and what was measured is printed. Ten million vends need 60 GB while they are loaded.
"""

import argparse
import signal
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from sqlalchemy.engine import make_url

from syncserver.office.folder import OfficeFolder
from tests.postgresql.cluster import Cluster
from tests.scale.plan import Plan, now, plan_in
from tests.scale.report import show
from tests.scale.run import Run

_DURABLE = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",
}
"""Of the cluster of its own; all else is as PostgreSQL has it, fsync and synchronous_commit on."""

_PATIENCE_S = 600.0
"""A server that was killed reads some gigabytes of WAL before it answers."""


def main() -> None:
    """Load, measure, print."""
    for name in (signal.SIGINT, signal.SIGTERM):  # also where a shell started it in the background, to hear no Ctrl-C
        signal.signal(name, signal.default_int_handler)
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vends", type=int, default=100_000)
    options.add_argument("--accounts", type=int, default=10_000)
    options.add_argument("--tills", type=int, default=100)
    options.add_argument("--batch", type=int, default=500, help="entries that a till sends at once")
    options.add_argument("--looks", type=int, default=240, help="how often each page is looked at, and tills sync")
    options.add_argument("--folder", type=Path, required=True, help="where all of it lies")
    options.add_argument(
        "--database", help="an empty database of PostgreSQL; by default a server of its own in --folder"
    )
    options.add_argument("--measure", action="store_true", help="load no more: measure what is there")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    wanted = Plan(chosen.vends, chosen.accounts, chosen.tills, chosen.batch, chosen.looks, now())
    try:
        plan = plan_in(chosen.folder, wanted)
    except ValueError as error:
        options.error(str(error))
    console = Console()
    with ExitStack() as stack:
        own = None if chosen.database else _own(chosen.folder, stack)
        run = Run(chosen.folder, plan, own.url() if own else chosen.database, console, own.pid if own else None)
        try:
            if not chosen.measure:
                run.load()
            run.measure()
        except KeyboardInterrupt:
            console.print("Broken off.")
        console.print(show(run.results), soft_wrap=True, highlight=False)


def _own(folder: Path, stack: ExitStack) -> Cluster:
    """A server in the folder, as it was left."""
    cluster = Cluster(folder / "postgresql", _DURABLE, _PATIENCE_S)
    office = OfficeFolder(folder / "office")
    if office.store_url.exists():
        cluster.port = make_url(str(office.address)).port or cluster.port
    if not cluster.data.exists():
        cluster.make()
    stack.callback(cluster.rest)
    cluster.start()
    return cluster


if __name__ == "__main__":
    main()
