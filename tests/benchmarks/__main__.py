"""All benchmarks: `python -m tests.benchmarks`. Prints ratios against baselines taken in the same run.

`--only ingest --node FOLDER` measures PouchDB too: Node and npm must be there, and npm installs its packages in FOLDER.
`--stored 10000000` needs 12 GB, `--purchases 10000000` 40 GB, `--rebuild 1000000` 3 GB.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import card_in, growth, ingest, month, outage, pages, pouchdb, rebuilding, screens, search, vend
from tests.benchmarks.measure import Row, show

BENCHMARKS: dict[str, Callable[[Path, argparse.Namespace], list[Row]]] = {
    "vend": lambda folder, _: vend.measure(folder),
    "search": lambda folder, _: search.measure(folder),
    "ingest": lambda folder, chosen: ingest.measure(folder, pouchdb.install(chosen.node) if chosen.node else None),
    "growth": lambda folder, chosen: growth.measure(folder, chosen.stored),
    "outage": lambda folder, chosen: outage.measure(folder, chosen.tills),
    "month": lambda folder, chosen: month.measure(folder, chosen.vends),
    "pages": lambda folder, chosen: pages.measure(folder, chosen.vends),
    "rebuild": lambda folder, chosen: rebuilding.measure(folder, chosen.rebuild),
    "card_in": lambda folder, chosen: card_in.measure(folder, chosen.purchases),
    "screens": lambda folder, chosen: screens.measure(folder, chosen.purchases),
}


def main() -> None:
    """Run them all, or those that were chosen, and print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS))
    options.add_argument("--folder", type=Path, help="where the databases go; by default a temporary folder")
    options.add_argument("--node", type=Path, help="where npm installs PouchDB; without it PouchDB is not measured")
    options.add_argument("--purchases", type=int, default=1_000_000, help="stored for card-in")
    options.add_argument("--stored", type=int, default=300_000, help="entries stored at the office for growth")
    options.add_argument("--tills", type=int, default=100, help="that come back at once after an outage")
    options.add_argument("--vends", type=int, default=1_000_000, help="of the month, and stored behind the pages")
    options.add_argument("--rebuild", type=int, default=50_000, help="entries to rebuild from")
    chosen = options.parse_args()
    if chosen.folder:
        chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        try:
            rows = [row for only in chosen.only for row in BENCHMARKS[only](Path(name) / only, chosen)]
        except pouchdb.NoNode as error:
            sys.exit(str(error))
    print(show(rows))


if __name__ == "__main__":
    main()
