"""What the pages say. One file a language in messages/; a third language is a third file."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

FALLBACK = "en"


@cache
def languages() -> dict[str, str]:
    """Each language's own name, by its code."""
    return {code: texts(code)["language.name"] for code in _codes()}


@cache
def texts(language: str) -> Mapping[str, str]:
    """All texts of a language by their dotted names; English for a language that there is not."""
    code = language if language in _codes() else FALLBACK
    read = tomllib.loads((files(__package__) / "messages" / f"{code}.toml").read_text(encoding="utf-8"))
    return dict(_flat(read, ""))


class Words:
    """One language's texts."""

    def __init__(self, language: str) -> None:
        self.language = language if language in _codes() else FALLBACK
        self._texts = texts(self.language)

    def __call__(self, name: str, /, **facts: Any) -> str:
        """The text with its facts filled in.

        Raises:
            KeyError: there is no such text: a fault of ours.
        """
        return self._texts[name].format_map(facts)

    def known(self, name: str, otherwise: str) -> str:
        """The text of this name, or what to say where there is none: for names that come from data."""
        return self._texts.get(name, otherwise)


def choose(wanted: str, accepted: str) -> str:
    """The language to speak: the chosen one, else the first of the browser's (RFC 9110, 12.5.4) that there is."""
    for code in (wanted, *(part.partition(";")[0].strip().lower() for part in accepted.split(","))):
        found = code.partition("-")[0]
        if found in _codes():
            return found
    return FALLBACK


@cache
def _codes() -> tuple[str, ...]:
    folder = files(__package__) / "messages"
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def _flat(section: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
