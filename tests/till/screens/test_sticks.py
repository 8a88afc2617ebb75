"""Sticks are found where Linux mounts them; long work stops between two steps."""

from pathlib import Path

from till.screens.work.sticks import sticks
from till.screens.work.stopping import Stop

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /media/wang/KILO\\040TILL vfat rw 0 0
/dev/sdc1 /run/media/wang/B exfat rw 0 0
tmpfs /run tmpfs rw 0 0
"""


def test_sticks_are_found_with_the_spaces_in_their_names(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert sticks(mounts) == [Path("/media/wang/KILO TILL"), Path("/run/media/wang/B")]
    assert sticks(tmp_path / "none") == []


def test_work_is_stopped_before_its_next_step_and_tells_how_far_it_is():
    told: list[tuple[int, int]] = []
    stop = Stop(lambda done, of: told.append((done, of)))

    def work(step):
        for done in range(10):
            if done == 3:
                stop.ask()
            step(done, 10)
        return "all"

    assert stop.run(work) is None
    assert told == [(0, 10), (1, 10), (2, 10)]
    assert Stop(lambda *_: None).run(lambda step: step(1, 1) or "all") == "all"
