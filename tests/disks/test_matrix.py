"""Each cell of the two-disk matrix (`python -m tests.disks` prints it): nothing is lost, and it is told."""

import pytest

from tests.disks.disk import why_not
from tests.disks.matrix import cells, run

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"no real disks: {why_not()}")


@pytest.mark.parametrize("cell", list(cells()), ids=lambda cell: "-".join(str(part).replace(" ", "-") for part in cell))
def test_nothing_acknowledged_is_lost_and_it_is_told(cell):
    left = run(cell)
    assert left.kept == left.acknowledged
    assert left.told
