"""The words on paper: in one language, or in several beside each other, as each reader has another."""

from collections.abc import Sequence

from till.messages import Words, languages

BOTH = ("zh", "en")
"""The languages of a receipt where nothing else was set."""

LANGUAGES = tuple(languages("receipt"))
"""All that there are."""


class PaperWords:
    """Texts of the folder `receipt`, in these languages.

    Attributes:
        languages: in their order on the line.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self._words = [Words(language, "receipt") for language in languages]

    def __call__(self, key: str, gap: str = " ") -> str:
        """The text in each language; once where it is the same in all."""
        return gap.join(dict.fromkeys(words(key) for words in self._words))

    def known(self, section: str, name: str) -> str:
        """The text of a name that others make up, such as a way of paying; the name itself where there is none."""
        return " ".join(dict.fromkeys(words.known(section, name) for words in self._words))
