"""What an error says to the person at the till: what happened, the money and the card, what to do next.

One file a language (en.toml, zh.toml), keyed by the error's type. A third language is a third file.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from msgspec import Struct

from common.units import Credit, format_credit, format_money

_MONEY = {"money_left"}
FALLBACK = "en"


class Explanation(Struct, frozen=True, kw_only=True):
    """An error in words.

    Attributes:
        error: its name, for a program.
        what: what happened.
        safe: what it means for the money and the card.
        next: what to do.
    """

    error: str
    what: str
    safe: str
    next: str

    @property
    def text(self) -> str:
        """All three as lines."""
        return "\n".join(part for part in (self.what, self.safe, self.next) if part)


def languages() -> list[str]:
    """The languages there are."""
    return sorted(
        file.name.removesuffix(".toml") for file in files(__package__).iterdir() if file.name.endswith(".toml")
    )


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    """A language's messages; English for one that there is not."""
    name = language if language in languages() else FALLBACK
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def explain(error: Exception, language: str) -> Explanation:
    """The error in this language. An error type without a text of its own gets its nearest parent's."""
    texts = catalogue(language)
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in texts), "Exception")
    words = texts["words"]
    facts = {key: _shown(key, value, words) for key, value in vars(error).items() if not key.startswith("_")}
    facts["error"] = str(error)
    text = texts[name]
    return Explanation(
        error=type(error).__name__,
        what=text["what"].format_map(facts),
        safe=text["safe"].format_map(facts),
        next=text["next"].format_map(facts),
    )


def _shown(key: str, value: object, words: Mapping[str, str]) -> object:
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Credit):
        return format_credit(value.amount, value.unit)
    if isinstance(value, int) and key in _MONEY:
        return format_money(value)
    if isinstance(value, bytes):
        return value.hex(" ").upper()
    return words.get(value, value) if isinstance(value, str) else value
