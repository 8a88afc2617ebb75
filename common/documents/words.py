"""Texts of reports in one language, by key: words/LANGUAGE.toml beside this file. A third language is a third file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

FALLBACK = "en"
_FOLDER = "words"


class Words:
    """Texts by `section.name`, in one language.

    Attributes:
        language: whose texts they are.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in languages() else FALLBACK
        self._texts = texts(self.language)

    def __call__(self, key: str, /, **facts: object) -> str:
        """The text, with these facts in it."""
        return self._texts[key].format_map(facts)

    def known(self, section: str, name: str) -> str:
        """The text of a name that others make up, such as a tariff class; the name itself where there is none."""
        return self._texts.get(f"{section}.{name}", name)


@cache
def languages() -> list[str]:
    """The languages that there are."""
    names = [file.name for file in (files(__package__) / _FOLDER).iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def texts(language: str) -> Mapping[str, str]:
    """All texts of a language, by `section.name`."""
    sections = tomllib.loads((files(__package__) / _FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, entries in sections.items() for key, text in entries.items()}


def language_of(environment: Mapping[str, str]) -> str:
    """The language that a person's environment asks for (POSIX: LC_ALL, else LC_MESSAGES, else LANG); else English."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    language = locale.partition(".")[0].partition("_")[0].lower()
    return language if language in languages() else FALLBACK
