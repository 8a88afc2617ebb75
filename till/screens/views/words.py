"""The window's words: the field's, what is said about a card, and its own, which hold where two say the same."""

from till.messages import Words
from till.presenting.card import CATALOGUES


def window_words(language: str) -> Words:
    """All words that the window needs, in this language."""
    return Words(language, *CATALOGUES, "screens")


def sentence(text: str) -> str:
    """A word of the field's where a sentence or a label begins with it."""
    return text[:1].upper() + text[1:]
