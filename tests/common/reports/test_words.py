"""Whatever a report may have to name, it has the word for it: a name without one is a report that does not open."""

import pytest

from common.account import CreditBooks, JobState, Where
from common.documents import texts
from common.entries import Purpose
from common.reports.line import KINDS

NAMED = {
    "books": CreditBooks.__struct_fields__,
    "kind": {*KINDS, *Purpose, "opened", "closed", "summed"},
    "standing": {*Where, *JobState} - {JobState.WRITTEN},
}


@pytest.mark.parametrize("section", NAMED)
def test_every_name_has_its_word(section):
    words = {name for where, _, name in (key.partition(".") for key in texts("en")) if where == section}
    assert set(NAMED[section]) - words == set()
