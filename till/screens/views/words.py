"""The screens' words in one language: till/messages/screens/LANGUAGE.toml, a third language is a third file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_FOLDER = files("till.messages") / "screens"
_FALLBACK = "en"


class Words:
    """Texts by `section.name`. `language`: whose."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = texts(language)

    def __call__(self, key: str, **facts: object) -> str:
        """The text, with these facts in it; nothing for a section without a name: a widget that is not filled yet."""
        text = "" if key.endswith(".") else self._texts[key]
        return text.format_map(facts) if facts else text

    def known(self, section: str, name: str) -> str:
        """The text of a name that others make up, such as an office's rule; the name itself where there is none."""
        return self._texts.get(f"{section}.{name}", name)


def languages() -> list[str]:
    """The languages that the screens speak."""
    return sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml"))


@cache
def texts(language: str) -> Mapping[str, str]:
    """All of a language's texts; English for a language that there is not."""
    name = language if language in languages() else _FALLBACK
    sections = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, entries in sections.items() for key, text in entries.items()}
