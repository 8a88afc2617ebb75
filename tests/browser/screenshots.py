"""Pictures of every page, in both languages and two widths: `python -m tests.browser.screenshots FOLDER`."""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

from syncserver.office.finding import follow
from syncserver.office.problem import Problem
from tests.browser.chromium import browser_running
from tests.browser.conftest import sign_in
from tests.browser.desk import Desk, running
from tests.browser.scene import a_week, conflicts
from tests.browser.test_pages import PAGES

WIDTHS = (1280, 390)
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
TROUBLES = (
    Problem("mirror_fails", "", {"folder": "/media/second/kilotill", "reason": "No such file or directory"}),
    Problem("standby_waits", "", {"seconds": "24"}),
    Problem("disk_low", "", {"folder": "/var/lib/kilotill", "free": "512"}),
)
DARK = ("today", "cases", "tills/till-0011")


def pictures(browser: Browser, desk: Desk, folder: Path) -> None:
    """All of them."""
    a_week(desk.office)
    key = conflicts(desk.office)
    follow(desk.office.store)
    names = [*PAGES, f"cases/{key}"]
    for width in WIDTHS:
        for language, locale in LANGUAGES.items():
            page = _window(browser, desk, width, locale)
            page.goto("/office/sign-in")
            page.screenshot(path=folder / f"{width}-{language}-sign-in.png", full_page=True)
            sign_in(page)
            for name in names:
                page.goto(f"/office/{name}")
                _take(page, folder / f"{width}-{language}-{_file(name)}.png")
    page = sign_in(_window(browser, desk, WIDTHS[0], LANGUAGES["zh"], color_scheme="dark"))
    for name in DARK:
        page.goto(f"/office/{name}")
        _take(page, folder / f"dark-{_file(name)}.png")
    _trouble(browser, desk, folder)


def _trouble(browser: Browser, desk: Desk, folder: Path) -> None:
    """Today's page while a disk fails and the standby is away."""
    desk.office.watched += [lambda found=found: found for found in TROUBLES]  # type: ignore[misc]
    desk.clock.now += timedelta(minutes=5)  # past what the page remembers
    for width in WIDTHS:
        for language, locale in LANGUAGES.items():
            page = sign_in(_window(browser, desk, width, locale))
            page.goto("/office/today")
            _take(page, folder / f"{width}-{language}-today-trouble.png")


def _window(browser: Browser, desk: Desk, width: int, locale: str, **settings: str) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        locale=locale,
        base_url=desk.url,
        ignore_https_errors=True,
        **settings,  # type: ignore[arg-type]
    )
    return context.new_page()


def _take(page: Page, path: Path) -> None:
    page.screenshot(path=path, full_page=True)


def _file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def main() -> None:
    """Into the folder that is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="made, unless it is there")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "office") as desk, browser_running() as browser:
        pictures(browser, desk, folder)


if __name__ == "__main__":
    main()
