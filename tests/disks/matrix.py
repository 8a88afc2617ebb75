"""The two-disk matrix: which disk dies, how, when, on which side; and what is left."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.disks import office_side, till_side
from tests.disks.cell import How, Left, Which
from tests.disks.disk import Disk

SIDES = {"till": (till_side.TillSide, tuple(till_side.WHEN)), "office": (office_side.OfficeSide, office_side.WHEN)}
Cell = tuple[str, Which, How, str]


def cells() -> Iterator[Cell]:
    for side, (_, whens) in SIDES.items():
        for which in Which:
            for how in How:
                for when in whens:
                    yield side, which, how, when


def run(cell: Cell) -> Left:
    """Live through one cell. Raises AssertionError when anything that was acknowledged is lost."""
    side, which, how, when = cell
    with (
        tempfile.TemporaryDirectory(prefix="kilotill-disks-", ignore_cleanup_errors=True) as place,
        ExitStack() as stack,
    ):
        disks = {name: stack.enter_context(Disk(Path(place), name.value)) for name in Which}
        return SIDES[side][0](Path(place), disks).run(which, how, when)
