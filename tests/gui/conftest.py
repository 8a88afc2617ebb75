"""Everything here happens in a real window on a display of its own, with keys and touches that go through the X server.

Needs xvfb, xdotool, libmtdev1, Mesa's software renderer and a font with Chinese (packaging/test.sh installs them).
Without them the tests fail. One window at a time: all are of one xdist group.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.gui.counter import PIN, Shop
from tests.gui.display import CannotShow, display
from tests.gui.window import Shown, open_window

Open = Callable[..., Shown]


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """A display, for all windows of this process."""
    try:
        with display(1280, 1280) as name:
            yield name
    except CannotShow as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A till with clerks and a tray."""
    return Shop(tmp_path)


@pytest.fixture
def open_till(screen: str, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens the shop's window: `open_till(language="zh")`, with the arguments of Shop.setup, and `size`."""
    home = tmp_path_factory.getbasetemp() / "kivy"
    with ExitStack() as stack:

        def opened(size: tuple[int, int] = (1280, 800), **facts: Any) -> Shown:
            window: AbstractContextManager[Shown] = open_window(shop.setup(**facts), home, size)
            return stack.enter_context(window)

        yield opened


@pytest.fixture
def till(open_till: Open) -> Shown:
    """The window with a clerk at it."""
    return sign_in(open_till())


@pytest.fixture
def open_tray(open_till: Open, shop: Shop) -> Shown:
    """The window with a clerk at it and the tray in it: a customer's card, a blank one."""
    shop.customer()
    shop.branch.blank(3)
    return sign_in(open_till(tray=True))


def sign_in(window: Shown, clerk: str = "wang", pin: str = PIN) -> Shown:
    """Sign a clerk in, by keys."""
    window.until(lambda: window.page.chosen, "clerks")
    for _ in range(10):
        if window.page.chosen == clerk:
            break
        window.keys("down")
    window.type(pin)
    window.keys("enter")
    window.until(lambda: window.root.here == "counter", "the counter")
    window.settle()
    return window
