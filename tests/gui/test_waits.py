"""Whatever takes longer is shown with what it is; it can be left where that is safe, and where not that is said."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.gui.counter import Shop
from tests.gui.window import Shown

pytestmark = pytest.mark.xdist_group("window")


class Held:
    """Work that goes on only when the test lets it."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work
        self.go = threading.Event()

    def __call__(self, *args: Any, **facts: Any) -> Any:
        assert self.go.wait(60)
        return self._work(*args, **facts)


@pytest.fixture
def at_accounts(shop: Shop, till: Shown) -> Shown:
    """An account is shown."""
    shop.customer()
    till.keys("F2")
    till.until(lambda: till.page.found == 1, "found")
    till.keys("enter")
    till.until(lambda: till.page.has_account, "the account")
    return till


@pytest.mark.parametrize("by", ["key", "finger"])
def test_a_look_is_left_and_nothing_comes_of_it(at_accounts: Shown, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    till = at_accounts
    held = Held(till.app.till.whole)
    monkeypatch.setattr(till.app.till, "whole", held)
    till.keys("F8")
    till.until_says("Fetching all purchases")
    assert till.says("Nothing is written.")
    if by == "key":
        till.keys("esc")
    else:
        till.push("Stop waiting")
    till.until(lambda: not till.says("Fetching all purchases"), "left")
    held.go.set()
    till.settle()
    till.frames(5)
    assert till.root.dialog is None
    till.keys("F8")
    till.until(lambda: till.root.dialog is not None, "the history, asked for again")


def test_what_is_recorded_is_not_left_and_that_is_said(at_accounts: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    from till.screens.pages import account_form

    till = at_accounts
    held = Held(account_form.amend_account)
    monkeypatch.setattr(account_form, "amend_account", held)
    till.keys("F10")
    till.until(lambda: till.root.dialog is not None, "the form")
    till.type(" 2")
    till.push("Keep")
    till.until_says("Putting it right")
    assert till.says("This cannot be cancelled: it is being recorded.")
    till.keys("esc")
    assert till.says("Putting it right")
    assert till.root.dialog is not None
    held.go.set()
    till.until_says("Put right.")
