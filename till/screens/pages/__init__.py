"""The screens, one class and one .kv file each."""

from till.screens.pages.accounts import AccountsPage
from till.screens.pages.cards import CardsPage
from till.screens.pages.counter import CounterPage
from till.screens.pages.office import OfficePage
from till.screens.pages.page import TillPage
from till.screens.pages.reports import ReportsPage
from till.screens.pages.settings import SettingsPage
from till.screens.pages.shift import ShiftPage
from till.screens.pages.sign_in import SignInPage

PAGES: dict[str, type[TillPage]] = {
    "sign_in": SignInPage,
    "counter": CounterPage,
    "accounts": AccountsPage,
    "cards": CardsPage,
    "shift": ShiftPage,
    "reports": ReportsPage,
    "office": OfficePage,
    "settings": SettingsPage,
}
"""By the names that the rail and the keys use."""
