"""Earlier versions, and a company that works with several at once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.upgrade.company import HERE, Company, unpack


@pytest.fixture
def new() -> Path:
    """Today's version."""
    return HERE


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """An earlier version by its name; each is unpacked, and compiled, once."""
    return cache(lambda name: unpack(name, tmp_path_factory.mktemp("version")))


@pytest.fixture
def release(version: Callable[[str], Path]) -> Path:
    """The version that is in use."""
    return version("0.1.0")


@pytest.fixture(params=["2026-11-25", "0.1.0"])
def old(request: pytest.FixtureRequest, version: Callable[[str], Path]) -> Path:
    """Any earlier version that may still be out there."""
    return version(request.param)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = tmp_path / "company"
    made.mkdir()
    return Company(made)
