"""A branch for each test."""

from pathlib import Path

import pytest

from tests.till.branch import Branch, Clock, Counter, OfficeVoice


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def branch(tmp_path: Path, clock: Clock) -> Branch:
    office = OfficeVoice(clock)
    return Branch(tmp_path, clock, office, Counter("till-0001", tmp_path / "till-0001", office))


@pytest.fixture
def counter(branch: Branch) -> Counter:
    return branch.counter
