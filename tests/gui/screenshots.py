"""Pictures of every screen, in both languages and three sizes: `python -m tests.gui.screenshots FOLDER`.

Each size is a process of its own, on a display of its own; the till behind is a real one with a morning's work done.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.gui.conftest import sign_in
from tests.gui.counter import Shop
from tests.gui.display import display
from tests.gui.window import Shown, open_window
from till.messages import languages
from till.operations.accounts import open_account

SIZES = {"desk": (1280, 800), "tablet": (800, 1280), "small": (1024, 600)}
PEOPLE = ("张伟", "王秀英", "李强", "刘洋", "陈静", "杨敏", "赵磊", "黄丽", "周涛", "Anna Wu", "徐芳", "孙勇")


def a_morning(shop: Shop) -> dict[str, Path]:
    """A till that has been selling: the cards that the pictures are taken with, by what happened to them."""
    li = shop.customer()
    shop.buys(li, 5_000, 10_000, 20_000, 10_000, 15_000)
    with shop.counter.desk() as desk:
        for place, name in enumerate(PEOPLE):
            phone, address = f"1380000{place:04d}", f"和平路 {place + 1} 号"
            meter = f"M{2000 + place}"
            open_account(
                desk, number=None, name=name, meter=meter, tariff_class="residential", phone=phone, address=address
            )
    shop.owes("A1", 12_000)
    return {"good": li, "blank": shop.branch.blank(5)}


def pictures(folder: Path, size: str, language: str, theme: str = "light", percent: int = 100) -> None:
    """All pictures of one size and language, in this process."""
    with tempfile.TemporaryDirectory(prefix="kilotill-") as scratch, display(1280, 1280):
        shop = Shop(Path(scratch))
        cards = a_morning(shop)
        setup = shop.setup(language=language, theme=theme, percent=percent, tray=True)
        with open_window(setup, Path(scratch) / "kivy", SIZES[size]) as window:
            name = (
                f"{size}-{language}"
                + ("" if theme == "light" else f"-{theme}")
                + ("" if percent == 100 else f"-{percent}")
            )

            def take(what: str, settled: bool = True) -> None:
                if settled:
                    window.settle()
                window.picture(folder / f"{name}-{what}.png")

            _tour(window, shop, cards, take)


def _tour(window: Shown, shop: Shop, cards: dict[str, Path], take: Callable[..., None]) -> None:
    take("01-sign-in")
    sign_in(window)
    take("02-ready")
    _counter(window, shop, cards, take)
    window.keys("F2")
    window.type("l")
    window.until(lambda: 0 < window.page.found < len(PEOPLE), "found")
    window.keys("back")
    window.until(lambda: window.page.found > len(PEOPLE), "all")
    window.keys("down", "enter")
    window.until(lambda: window.page.has_account, "account")
    take("10-accounts")
    window.keys("F9")
    take("11-open-account")
    window.keys("esc")
    window.keys("F11")
    take("12-closing")
    window.keys("esc")
    window.keys("F3")
    take("13-cards-empty")
    _put(window, shop, cards["blank"], lambda: window.page.state == "blank")
    take("14-cards-blank")
    window.keys("2")
    take("15-replace")
    window.type("A1")
    window.keys("enter")
    window.until(lambda: window.page.result != "", "replaced")
    take("16-replaced")
    _pull(window, shop)
    for key, name in (("F4", "17-shift"), ("F5", "18-reports"), ("F6", "19-office"), ("F7", "20-settings")):
        window.keys(key)
        take(name)
        if key == "F4":
            window.keys("F9", "1")
            take("17b-cash-up")
            window.keys("esc", "F10")
            take("17c-hand-over")
            window.keys("esc")
    window.keys("F1")
    _put(window, shop, cards["good"], lambda: window.page.state == "alert")
    take("21-superseded")
    _pull(window, shop)
    shop.tray.put_in_meter(cards["blank"])
    shop.doubt(cards["blank"])
    window.until(lambda: window.page._ready.notices, "doubt")
    take("22-doubt")
    _put(window, shop, cards["blank"], lambda: window.page.state == "account")
    take("23-settled")
    window.keys("F3")
    window.settle()
    window.keys("4")
    window.until(lambda: window.root.dialog is not None, "dialog")
    take("24-supervisor")
    window.keys("esc")
    _pull(window, shop)


def _counter(window: Shown, shop: Shop, cards: dict[str, Path], take: Callable[..., None]) -> None:
    _put(window, shop, cards["good"], lambda: window.page.state == "account")
    take("03-account")
    window.keys("1", "0", "0")
    take("04-amount")
    window.keys("enter")
    window.until(lambda: window.page._sell.stage == "quoted", "quoted")
    window.type("150")
    take("05-quote")
    shop.tray.seconds_per_command = 0.25
    window.keys("enter")
    window.until(lambda: window.page._sell.done_steps == 1, "started")
    take("06-writing", False)
    shop.tray.seconds_per_command = 0.0
    window.until(lambda: window.page._sell.stage == "done", "done")
    take("07-done")
    _pull(window, shop)
    take("08-ready-again")
    _put(window, shop, cards["good"], lambda: window.page.state == "account")
    take("09-not-taken")
    window.keys("F8")
    take("09b-history")
    window.keys("esc")
    _pull(window, shop)
    shop.tray.put_in_meter(cards["good"])


def _put(window: Shown, shop: Shop, card: Path, shown: Callable[[], Any]) -> None:
    shop.tray.put(card)
    window.until(shown, "card in")
    window.settle()


def _pull(window: Shown, shop: Shop) -> None:
    shop.tray.pull()
    window.until(lambda: window.app.card is None, "card out")
    window.settle()


def main() -> None:
    """Each size and language in a process of its own."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        theme, percent = (sys.argv[4], int(sys.argv[5])) if len(sys.argv) > 4 else ("light", 100)
        pictures(folder, sys.argv[2], sys.argv[3], theme, percent)
        return
    for size in SIZES:
        for language in languages():
            subprocess.run([sys.executable, "-m", "tests.gui.screenshots", str(folder), size, language], check=True)
    for theme, percent in (("dark", "100"), ("contrast", "100"), ("light", "150")):
        command = [sys.executable, "-m", "tests.gui.screenshots", str(folder), "desk", "zh", theme, percent]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
