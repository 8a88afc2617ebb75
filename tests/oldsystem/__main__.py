"""`python -m tests.oldsystem FOLDER`: the files of a ten-year-old system, with all that goes wrong in such files."""

import argparse
from pathlib import Path

from tests.oldsystem.files import FORMATS, write_files
from tests.oldsystem.town import Town


def main() -> None:
    """Write them, and say what is in them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--purchases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=[*FORMATS, "all"], default="all")
    parser.add_argument("--clean", action="store_true", help="Nothing is wrong in them.")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    town = Town(asked.purchases, asked.seed, dirt=not asked.clean)
    mappings = write_files(town, asked.folder, FORMATS if asked.format == "all" else [asked.format])
    print(f"{len(town.accounts):,} accounts, {asked.purchases:,} purchases.")
    print("Mappings:", *mappings.values())
    for reason, number in sorted(town.spoiled.items()):
        print(f"  {reason}: {number:,}")


if __name__ == "__main__":
    main()
