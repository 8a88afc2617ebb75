"""Earlier versions, and a company that works with several at once."""

from pathlib import Path

import pytest

from tests.upgrade.company import HERE, Company, unpack


@pytest.fixture
def new() -> Path:
    """Today's version."""
    return HERE


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The version that is in use."""
    return unpack("0.1.0", tmp_path)


@pytest.fixture(params=["2026-11-25", "0.1.0"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Any earlier version that may still be out there."""
    return unpack(request.param, tmp_path)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = tmp_path / "company"
    made.mkdir()
    return Company(made)
