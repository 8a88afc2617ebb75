"""The office's pages in a real Chromium, over TLS, as people use them.

Needs Debian's package chromium (packaging/test.sh installs it). Without it the tests fail. One browser: all are of one
xdist group.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import NoBrowser, browser_running
from tests.browser.desk import PASSWORD, Desk, running

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One group: they share the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file of tests. Playwright holds the thread's event loop until it is closed: others need it too."""
    try:
        with browser_running() as found:
            yield found
    except NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An office that listens, with its first users."""
    with running(tmp_path / "office") as found:
        yield found


@pytest.fixture
def open_page(chromium: Browser, desk: Desk) -> Iterator[Open]:
    """Opens a browser window on the office: `open_page()`, with Playwright's settings of a context."""
    contexts: list[BrowserContext] = []

    def opened(**settings: object) -> Page:
        wanted = {"ignore_https_errors": True, "locale": "en-GB", "base_url": desk.url} | settings
        context = chromium.new_context(**wanted)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Open) -> Page:
    """A window with an administrator signed in."""
    return sign_in(open_page())


def sign_in(page: Page, user: str = "admin", password: str = PASSWORD) -> Page:
    """Sign somebody in."""
    page.goto("/office/sign-in")
    page.fill("#user", user)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/office/today")
    return page
