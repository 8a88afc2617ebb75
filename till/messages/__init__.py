"""What the till says. Here: an error to the person at the till, as what happened, the money and the card, what to do.

One file a language (en.toml, zh.toml), keyed by the error's type. A third language is a third file. All other texts are
in folders (till.messages.words).
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from msgspec import Struct

from common.units import Credit
from common.wire import Problem
from till.messages.figures import Figures
from till.messages.words import FALLBACK, Words, languages

__all__ = ["Explanation", "Figures", "Words", "catalogue", "explain", "languages", "word"]

_MONEY = {"money_left", "off", "alone"}
_NAMED = {"action", "reason", "state"}
# Facts that may be a name of the code's; the messages have words for these, which may hold other facts.


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


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    """A language's messages; English for one that there is not."""
    name = language if language in languages() else FALLBACK
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def word(name: str, language: str) -> str:
    """What a name of the code's, or of the operating system's, is called; the name itself where there is no word."""
    return catalogue(language)["words"].get(name, name)


def explain(error: Exception, language: str, figures: Figures | None = None) -> Explanation:
    """The error in this language. An error type without a text of its own gets its nearest parent's.

    Args:
        figures: how the utility writes money and time; else as this machine does.
    """
    texts = catalogue(language)
    terms = Words(language, "terms")
    said = _facts(error, texts["words"])
    shown = _Shown(said, texts["words"], terms, figures or Figures(terms))
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in texts), "Exception")
    facts = {key: shown.value(key, value) for key, value in said.items() if not key.startswith("_")}
    facts["error"] = str(error)
    text = texts[name]
    return Explanation(
        error=type(error).__name__,
        what=text["what"].format_map(facts).strip(),
        safe=text["safe"].format_map(facts),
        next=text["next"].format_map(facts),
    )


def _facts(error: Exception, words: Mapping[str, str]) -> dict[str, object]:
    """What an error knows; `why`, where the system said it, in the reader's words."""
    facts = dict(vars(error))
    if isinstance(error, OSError):
        facts |= {"why": error.strerror or str(error), "path": str(error.filename or "")}
    if "why" in facts:
        facts["why"] = words.get(str(facts["why"]), facts["why"])
    return facts


class _Shown(Struct, frozen=True):
    """How an error's facts are shown. `terms` are not the reader's words, whose sections may be named as a fact is."""

    facts: Mapping[str, object]
    words: Mapping[str, str]
    terms: Words
    figures: Figures

    def value(self, key: str, value: object) -> object:
        """A fact. Text may be a name of the code's: one of the messages' own words, or a term of the fact's name."""
        if value is None:
            told = self.terms.known(key, "None")
            return self.words["None"] if told == "None" else told
        if isinstance(value, datetime):
            return self.figures.at(value)
        if isinstance(value, Credit):
            return self.figures.credit(value.amount, value.unit)
        if isinstance(value, int) and key in _MONEY:
            return self.figures.money(value)
        if isinstance(value, Problem):
            return self.terms.known("problem", value.error)
        if isinstance(value, bytes):
            return value.hex(" ").upper()
        if isinstance(value, str):
            named = self.words.get(value) if key in _NAMED else None
            return self.terms.known(key, value) if named is None else named.format_map(self.facts)
        return value
