"""`python -m tests.disks [WORD...]`: lives through the cells of the two-disk matrix whose names have all these words,
on real small disks, and prints what each left."""

import sys

from tests.disks.disk import why_not
from tests.disks.matrix import cells, run

_ROW = "{:7}{:8}{:11}{:29}{:32}{:6}{:14}{}"


def main(words: list[str]) -> int:
    reason = why_not()
    if reason is not None:
        print(f"There are no real disks here: {reason}.")
        return 1
    print(_ROW.format("side", "disk", "fails", "when", "the work", "told", "kept", "healed"))
    lost = count = 0
    for cell in cells():
        if not set(words) <= set(" ".join(cell).split()):
            continue
        left = run(cell)
        count, lost = count + 1, lost + left.acknowledged - left.kept
        kept = f"{left.kept} of {left.acknowledged}"
        print(_ROW.format(*cell, left.work, "yes" if left.told else "NO", kept, left.healed), flush=True)
    print(f"{count} cells. Acknowledged and lost: {lost} entries.")
    return 1 if lost or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
