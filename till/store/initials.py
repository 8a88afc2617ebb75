"""Pinyin initials of Chinese names: 李四 is found by ls."""

from functools import lru_cache
from itertools import islice, product

_MOST_READINGS = 8
"""A name of characters with several readings is found by any of so many."""


@lru_cache(maxsize=4_096)
def initials(name: str) -> str:
    """The initials of a name in each of its readings, with spaces between; other letters stay as they are, in lower
    case."""
    plain = "".join(name.lower().split())
    if plain.isascii():
        return plain
    # Imported here: its tables take longer to load than most commands take to run.
    from pypinyin import Style, pinyin

    readings = pinyin(plain, style=Style.FIRST_LETTER, heteronym=True)
    return " ".join(dict.fromkeys("".join(found) for found in islice(product(*readings), _MOST_READINGS)))
