"""What this window is set to; kept in the till's store, in no journal."""

from msgspec import Struct

from till.store import Store

_NAME = "window"


class Prefs(Struct, frozen=True, kw_only=True):
    """How the window is set: language, theme (till.screens.look), text scale in percent, and which reader."""

    language: str = "zh"
    theme: str = "light"
    percent: int = 100
    reader: str = "pcsc"


def load_prefs(store: Store) -> Prefs | None:
    """What was set; None before anything was."""
    return store.setting(_NAME, Prefs)


def save_prefs(store: Store, prefs: Prefs) -> None:
    """Keep it."""
    store.set_setting(_NAME, prefs)
