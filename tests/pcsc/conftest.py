"""Everything here goes through the real pcscd and pyscard, to a card in software in vpcd's virtual reader.

Needs the Debian packages pcscd and vsmartcard-vpcd, and either root or a running pcscd. Without them the tests fail.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from common.card.image import CardImage
from common.card.keys import derive_card_key
from tests.pcsc.daemon import CannotRun, Daemon, alone_with_daemon
from till.simulator.chip import Chip
from till.simulator.factory import new_chip
from till.simulator.vpcd import VirtualCard

Insert = Callable[[Chip], AbstractContextManager[VirtualCard]]


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """pcscd with an empty virtual reader."""
    try:
        with alone_with_daemon(tmp_path_factory.mktemp("pcscd") / "log") as running:
            yield running
    except CannotRun as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def insert(daemon: Daemon) -> Insert:
    """`with insert(chip):` has the card in the reader, seen by pcscd."""
    return daemon.insert


@pytest.fixture
def serial() -> str:
    return "6201000000000017"


@pytest.fixture
def card_key(serial: str) -> bytes:
    return derive_card_key(bytes(32), serial)


@pytest.fixture(params=["cpu", "sle4442"])
def chip(request: pytest.FixtureRequest, serial: str, card_key: bytes) -> Chip:
    """A blank card of each family."""
    return new_chip(request.param, serial, card_key)


@pytest.fixture
def image(serial: str) -> CardImage:
    return CardImage(serial=serial, account="0431-77", meter="M900431", issue=1, count=1, credit=120_000)
