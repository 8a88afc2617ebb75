"""The screens, one class and one .kv file each."""

from till.screens.pages.counter import CounterPage
from till.screens.pages.page import TillPage
from till.screens.pages.sign_in import SignInPage

PAGES: dict[str, type[TillPage]] = {
    "sign_in": SignInPage,
    "counter": CounterPage,
}
"""By the names that the rail and the keys use."""
