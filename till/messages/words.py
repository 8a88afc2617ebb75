"""Texts in one language, by key. They stand in folders beside this file: FOLDER/LANGUAGE.toml; a third language is a
third file in each.

`terms` has the field's words (purposes, states, units), `card` what is said about a card, `rules` what the office
decided; `cli` the words of the command line, `screens` those of the window.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

FALLBACK = "en"


class Words:
    """Texts by `section.name`, in one language.

    Attributes:
        language: whose texts they are.
    """

    def __init__(self, language: str, *folders: str) -> None:
        """Take the texts of these folders; where two have the same key, the later one's holds."""
        self.language = language
        self._texts: dict[str, str] = {}
        for folder in folders:
            self._texts.update(texts(folder, language))

    def __call__(self, key: str, /, **facts: object) -> str:
        """The text, with these facts in it; none for a section without a name: of something that is not known yet."""
        return "" if key.endswith(".") else self._texts[key].format_map(facts)

    def known(self, section: str, name: str) -> str:
        """The text of a name that others make up, such as a tariff class; the name itself where there is none."""
        return self._texts.get(f"{section}.{name}", name)


@cache
def languages(folder: str = "") -> list[str]:
    """The languages that a folder has; without one, those in which errors are explained."""
    names = [file.name for file in (files(__package__) / folder).iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def texts(folder: str, language: str) -> Mapping[str, str]:
    """All texts of a folder in a language, by `section.name`; English for a language that there is not."""
    name = language if language in languages(folder) else FALLBACK
    sections = tomllib.loads((files(__package__) / folder / f"{name}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, entries in sections.items() for key, text in entries.items()}


def language_of(environment: Mapping[str, str]) -> str:
    """The language that a person's environment asks for (POSIX: LC_ALL, else LC_MESSAGES, else LANG); else English."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    language = locale.partition(".")[0].partition("_")[0].lower()
    return language if language in languages() else FALLBACK
