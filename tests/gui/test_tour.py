"""Everywhere in the window words are whole and a finger hits what it means, at every size, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.gui.conftest import Open, sign_in
from tests.gui.counter import Shop
from tests.gui.screenshots import SIZES
from tests.gui.tour import Tour, a_morning
from tests.gui.window import Shown

pytestmark = pytest.mark.xdist_group("window")

FINGER = 48 - 0.5
"""A finger needs 48 dp each way."""


@pytest.mark.parametrize(("size", "language"), [("tablet", "zh"), ("large", "en")])
def test_every_screen_dialog_and_alert_is_whole(open_till: Open, shop: Shop, size: str, language: str) -> None:
    pixels, percent = SIZES[size]
    cards = a_morning(shop)
    window = open_till(size=pixels, language=language, percent=percent)
    stops: list[str] = []

    def stop(name: str) -> None:
        stops.append(name)
        check(window, name)
        if name.endswith(("writing", "-done")):
            assert window.page._sell.ids.roll.scroll_y == 1, "what to do with the card is at the top, in sight"

    Tour(window, shop, cards, stop).go()
    assert len(stops) > 50


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("tablet", "en"), ("large", "zh")])
def test_every_screen_is_whole(open_till: Open, shop: Shop, size: str, language: str) -> None:
    from till.screens.shell import RAIL

    shop.customer()
    pixels, percent = SIZES[size]
    window = sign_in(open_till(size=pixels, language=language, percent=percent))
    for name, _, key in RAIL:
        window.keys(key)
        window.until(lambda name=name: window.root.here == name, name)
        window.settle()
        check(window, name)


def check(window: Shown, stop: str) -> None:
    """Look at all that is to be seen."""
    for widget, scrolled in looked_at(window.root):
        _check_touch(widget, stop)
        _check_words(widget, stop)
        if not scrolled:
            _check_place(window, widget, stop)


def looked_at(widget: Any, scrolled: bool = False) -> Iterator[tuple[Any, bool]]:
    """All that is to be seen, and whether it is in something that scrolls."""
    from kivy.uix.scrollview import ScrollView

    if widget.opacity == 0 or (widget.height <= 0.5 and widget.parent is not None and not widget.children):
        return
    yield widget, scrolled
    for child in reversed(widget.children):
        yield from looked_at(child, scrolled or isinstance(widget, ScrollView))


def _check_touch(widget: Any, stop: str) -> None:
    from kivy.uix.behaviors import ButtonBehavior

    if isinstance(widget, ButtonBehavior) and widget.height > 1:
        assert min(widget.height, widget.width) >= FINGER, (stop, widget, getattr(widget, "text", ""))


def _check_words(widget: Any, stop: str) -> None:
    """Words are as large as their place, or smaller; lines end only where they may, and none begins as none may."""
    from till.screens.views.lines import NOT_FIRST
    from till.screens.widgets.basics import Tag, Text

    if isinstance(widget, Text | Tag) and widget.text:
        assert widget.texture_size[0] <= widget.width + 1, (stop, widget.text)
        assert widget.texture_size[1] <= widget.height + 1, (stop, widget.text)
        lines = ["".join(word.text for word in line.words) for line in widget._label._cached_lines]
        assert not any(line[:1] in NOT_FIRST for line in lines[1:]), (stop, lines)
        if isinstance(widget, Text):
            assert len(lines) == len(widget._label.text.split("\n")), (stop, lines)


def _check_place(window: Shown, widget: Any, stop: str) -> None:
    """Nothing is beyond the window's edge."""
    from till.screens.widgets.basics import Tag, Text

    if isinstance(widget, Text | Tag) and widget.text:
        x, y = widget.to_window(*widget.pos)
        assert -1 <= x <= window.root.width + 1 - widget.width, (stop, widget.text)
        assert -1 <= y <= window.root.height + 1 - widget.height, (stop, widget.text)
