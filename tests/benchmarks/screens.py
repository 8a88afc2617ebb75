"""The till's window: from a key to the painted frame, and from the card in the reader to the painted account.

A real window on a display of its own, a real key through the X server (XTest), a real store with many purchases, cards
in software that take no time of their own: `python -m tests.benchmarks --only screens --purchases 1000000`.
"""

import ctypes
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.keys import derive_card_key
from common.clerks import Role
from common.entries import ClerkSet
from tests.benchmarks.card_in import MANY_CUSTOMERS, account_of, filled_counter, serial_of
from tests.benchmarks.measure import Row
from tests.gui.counter import HASHER, PIN, window_on
from tests.gui.display import display
from tests.gui.window import WAIT, Shown, open_window
from tests.till.branch import MASTER
from till.cards.connect import open_card
from till.operations.clerks import sign_in
from till.simulator.card_file import save
from till.simulator.channel import ChipChannel
from till.simulator.factory import new_chip
from till.simulator.tray import Tray

RUNS = 50
KEY_LIMIT_MS, CARD_LIMIT_MS = 50, 300


Times = tuple[float, float]
"""By the wall, and by the processor, all threads together: what others do at the same time is not in the second."""


class _Clock:
    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def passed(self) -> Times:
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]


class Keyboard:
    """Real keys, without a process for each: libXtst, which xdotool uses too."""

    def __init__(self, name: str) -> None:
        self._x11, self._xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(name.encode()))

    def press(self, symbol: str) -> None:
        """Press a key and let it go; the X server has it when this returns."""
        code = self._x11.XKeysymToKeycode(self._display, self._x11.XStringToKeysym(symbol.encode()))
        for down in (1, 0):
            self._xtst.XTestFakeKeyEvent(self._display, code, down, 0)
        self._x11.XSync(self._display, 0)


def measure(folder: Path, purchases: int) -> list[Row]:
    """Median and worst of RUNS, in milliseconds, beside what was asked for."""
    counter = filled_counter(folder, MANY_CUSTOMERS, purchases // MANY_CUSTOMERS)
    clerk = ClerkSet(clerk="wang", name="王芳", branch="B1", roles=[Role.CLERK], pin=HASHER.hash(PIN), active=True)
    counter.hear(counter.office.say(clerk))
    with counter.desk() as desk:
        sign_in(desk, "wang", PIN)
    tray = Tray(folder / "tray")
    tray.folder.mkdir()
    with display(1280, 800) as name:
        setup = replace(window_on(counter, tray, counter.office.clock), tray=None)
        with open_window(setup, folder / "kivy") as window:
            window.until(lambda: window.root.here == "counter", "the counter")
            cards = _cards_in(window, tray, purchases // MANY_CUSTOMERS)
            keys = _keys(window, tray, Keyboard(name))
    return [
        *_rows("key to painted frame", keys, KEY_LIMIT_MS),
        *_rows(f"card in to account painted, {purchases:,} stored", cards, CARD_LIMIT_MS),
    ]


def _cards_in(window: Shown, tray: Tray, each: int) -> list[Times]:
    times: list[Times] = []
    for number in random.Random(1).sample(range(MANY_CUSTOMERS), RUNS + 1):
        card = _card(tray, number, each)
        window.frames(5)
        began = _Clock()
        tray.put(card)
        _frames_until(window, lambda: window.page.state == "account")
        times.append(began.passed())
        tray.pull()
        window.until(lambda: window.page.state == "ready", "ready")
    return times[1:]  # at the first, panels are made


def _keys(window: Shown, tray: Tray, keyboard: Keyboard) -> list[Times]:
    times: list[Times] = []
    tray.put(tray.cards()[0])
    window.until(lambda: window.page.state == "account", "account")
    window.settle()
    for turn in range(RUNS + 1):
        window.frames(3)
        before = window.page._sell.amount
        began = _Clock()
        keyboard.press(str(turn % 9 + 1))
        _frames_until(window, lambda before=before: window.page._sell.amount != before)
        times.append(began.passed())
        if len(before) > 5:
            window.keys("esc")
    return times[1:]


def _frames_until(window: Shown, true: Callable[[], bool]) -> None:
    """Until something is so, and the frame that shows it is painted."""
    end = time.monotonic() + WAIT
    while not true():
        window.frames(1)
        if time.monotonic() > end:
            raise TimeoutError(f"the window says {window.texts()}")
    window.frames(1)


def _card(tray: Tray, number: int, each: int) -> Path:
    """A customer's card as it comes from the meter."""
    serial = serial_of(number)
    chip = new_chip("cpu", serial, derive_card_key(MASTER, serial))
    driver = open_card(ChipChannel(chip))
    driver.unlock(derive_card_key(MASTER, serial))
    driver.write(CardImage(serial=serial, account=account_of(number), meter="M1", issue=1, count=each, credit=1_000))
    loaded = ReturnData(
        meter="M1", issue=1, count=each, remaining=each * 1_000, use=0, status=ReturnStatus.LOADED, card_count=each
    )
    driver.write_return(loaded)
    path = tray.folder / f"{serial}.card"
    save(chip, path)
    return path


def _rows(what: str, times: list[Times], limit: int) -> list[Row]:
    rows = []
    for place, clock in enumerate(("", ", our CPU")):
        found = [taken[place] * 1000 for taken in times]
        for name, value in (("median", statistics.median(found)), (f"worst of {len(found)}", max(found))):
            rows.append(Row(f"{what}{clock}, {name}, ms", value, "asked for, ms", limit, value / limit, "at most 1"))
    return rows
