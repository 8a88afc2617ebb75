"""Debian's Chromium, driven by Playwright; it speaks to nobody but the office under test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class NoBrowser(RuntimeError):
    """There is no Chromium."""


@contextmanager
def browser_running() -> Iterator[Browser]:
    """A Chromium without a window.

    Raises:
        NoBrowser: it is not installed.
    """
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowser("There is no chromium: sh packaging/test.sh installs it, or apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()
