"""What is wrong with the server itself, as whoever runs it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """Something wrong that stops nothing, until more goes wrong.

    Attributes:
        word: a name for it, by which pages find what to say in the reader's language.
        english: the sentence for logs, /v1/health and the command line, with places for the facts.
        facts: what the texts of that name have places for. `reason` is the operating system's word.
    """

    word: str
    english: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English, the facts filled in."""
        return self.english.format_map(self.facts)
