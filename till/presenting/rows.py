"""Rows: a label, what it says, and what is wrong with that."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that is known.

    Attributes:
        key: which, in every language: the name of its label in till/messages/card.
        wrong: what is wrong with it, a line for each thing; "" when nothing is.
    """

    key: str
    label: str
    value: str
    wrong: str = ""


@dataclass(frozen=True)
class Part:
    """Rows that belong together. `key`: of its title."""

    key: str
    title: str
    rows: list[Row]

    def row(self, key: str) -> Row:
        """The first row of this key. Raises KeyError."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)
