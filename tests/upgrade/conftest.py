"""Earlier versions, and a company that works with several at once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.upgrade.company import Company
from tests.upgrade.version import HERE, Version, unpack

Named = Callable[[str], Version]


@pytest.fixture(scope="session")
def running() -> Iterator[ExitStack]:
    """Ends the versions that were started."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def new(running: ExitStack) -> Version:
    """Today's version."""
    return running.enter_context(Version(HERE))


@pytest.fixture(scope="session")
def version(running: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Named:
    """An earlier version by its name; each is unpacked, and compiled, once."""
    return cache(lambda name: running.enter_context(Version(unpack(name, tmp_path_factory.mktemp("version")))))


@pytest.fixture
def release(version: Named) -> Version:
    """The version that is in use."""
    return version("0.1.0")


@pytest.fixture(params=["2026-11-25", "0.1.0"])
def old(request: pytest.FixtureRequest, version: Named) -> Version:
    """Any earlier version that may still be out there."""
    return version(request.param)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = tmp_path / "company"
    made.mkdir()
    return Company(made)
