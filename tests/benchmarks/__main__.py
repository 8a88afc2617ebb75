"""All benchmarks: `python -m tests.benchmarks`. Prints ratios against baselines taken in the same run."""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import card_in, ingest, search, vend
from tests.benchmarks.measure import show


def main() -> None:
    """Run them all and print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--purchases", type=int, default=1_000_000, help="stored for card-in (10,000,000 needs 40 GB)")
    options.add_argument("--folder", type=Path, help="where the databases go; by default a temporary folder")
    chosen = options.parse_args()
    if chosen.folder:
        chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        rows = [
            *vend.measure(folder / "vend"),
            *search.measure(folder / "search"),
            *ingest.measure(folder / "ingest"),
            *card_in.measure(folder / "card-in", chosen.purchases),
        ]
    print(show(rows))


if __name__ == "__main__":
    main()
