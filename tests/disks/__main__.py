"""`python -m tests.disks`: lives through every cell of the two-disk matrix, on real small disks, and prints it."""

import sys

from rich.console import Console
from rich.table import Table

from tests.disks.disk import why_not
from tests.disks.matrix import cells, run


def main() -> int:
    out = Console()
    reason = why_not()
    if reason is not None:
        out.print(f"There are no real disks here: {reason}.")
        return 1
    table = Table("side", "disk", "fails", "when", "the work", "told", "acknowledged", "kept", "healed")
    lost = 0
    for cell in cells():
        left = run(cell)
        lost += left.acknowledged - left.kept
        shown = (left.work, "yes" if left.told else "no", str(left.acknowledged), str(left.kept), left.healed)
        table.add_row(*map(str, cell), *shown)
    out.print(table)
    out.print(f"Acknowledged and lost: {lost}.")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
