"""Why the second copy of the journal is behind, in the reader's language."""

import errno
import os

import pytest

from till.journal.mirror import DAMAGED, MirrorProblem
from till.messages import Words
from till.presenting.mirror import mirror_text

FILE = "/media/stick/till-0001-1.journal"


@pytest.mark.parametrize(
    ("problem", "en", "zh"),
    [
        (MirrorProblem(os.strerror(errno.ENODEV)), "its disk is out", "其磁盘不在"),
        (MirrorProblem(DAMAGED, FILE), f"its end is damaged ({FILE})", f"末尾已损坏（{FILE}）"),
        (MirrorProblem(DAMAGED, FILE, 7), f"entry 7 in it is damaged ({FILE})", f"第 7 条已损坏（{FILE}）"),
    ],
)
def test_it_is_said_in_the_readers_language(problem, en, zh):
    assert mirror_text(problem, Words("en", "terms")) == en
    assert mirror_text(problem, Words("zh", "terms")) == zh


def test_a_program_is_told_in_english():
    assert str(MirrorProblem(os.strerror(errno.ENODEV))) == os.strerror(errno.ENODEV)
    assert str(MirrorProblem(DAMAGED, FILE, 7)) == f"{FILE}: entry 7 is damaged"
    assert str(MirrorProblem(DAMAGED, FILE)) == f"{FILE}: the end is damaged"
