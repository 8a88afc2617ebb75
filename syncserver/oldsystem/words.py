"""Texts of an import's findings and summary, by language: texts/LANGUAGE.toml. A third language is a third file."""

import tomllib
from functools import cache
from importlib.resources import files

FALLBACK = "en"


class Words:
    """Texts by `section.name` in one language; English for a language that there is not."""

    def __init__(self, language: str) -> None:
        self._texts = _texts(language if language in languages() else FALLBACK)

    def __call__(self, key: str, /, **facts: object) -> str:
        """The text with its facts filled in."""
        return self._texts[key].format_map(facts)


@cache
def languages() -> list[str]:
    """The languages that there are."""
    names = [item.name for item in (files(__package__) / "texts").iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def _texts(language: str) -> dict[str, str]:
    read = tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, entries in read.items() for name, text in entries.items()}
