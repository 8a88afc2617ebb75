"""What every report is made with besides its own figures: for whom, in which words, from which entries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from common.documents import Document, JournalHead, Section, Words
from common.entries import UtilitySet
from common.units import format_money


class Source(Struct, frozen=True, kw_only=True):
    """What a report is made from.

    Attributes:
        words: in the reader's language.
        heads: of the journals, all of them, in order; the report is made of their entries and of nothing else.
        at: the time of the newest of these entries.
        clerks: their full names.
        notes: what every report made from it must say.
    """

    words: Words
    utility: UtilitySet
    heads: Sequence[JournalHead]
    at: datetime
    clerks: Mapping[str, str] = {}
    notes: Sequence[str] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Of the utility's days."""
        return ZoneInfo(self.utility.zone)

    def clerk(self, clerk: str) -> str:
        """A clerk as reports show one: short name and full name."""
        full = self.clerks.get(clerk, "")
        return f"{clerk} {full}".rstrip()

    def title(self, column: str) -> str:
        """A column's title, with the currency where it is money's."""
        return self.words(f"column.{column}", currency=self._currency)

    def money(self, amount: int) -> str:
        """An amount within a sentence."""
        return f"{format_money(amount, self.utility.digits)} {self._currency}"

    @property
    def _currency(self) -> str:
        return self.words.known("currency", self.utility.currency)

    def scope(self, branch: str) -> dict[str, str]:
        """That a report is of this branch, or of all ("")."""
        return {"branch": branch or self.words("parameter.all")}

    def document(
        self,
        name: str,
        sections: Sequence[Section],
        *,
        parameters: Mapping[str, str],
        notes: Sequence[str] = (),
        signed: bool = False,
        one_page: bool = False,
        **facts: object,
    ) -> Document:
        """The report of this name.

        Args:
            parameters: what it was asked for, by `parameter.NAME` of the words; those without a value are left out.
            facts: that stand in its title.
        """
        words = self.words
        return Document(
            name=name,
            language=words.language,
            title=words(f"title.{name}", **facts),
            utility=self.utility.name,
            sections=list(sections),
            heads=sorted(self.heads, key=lambda head: (head.writer, head.epoch)),
            at=self.at,
            zone=self.utility.zone,
            digits=self.utility.digits,
            parameters=[(words(f"parameter.{key}"), value) for key, value in parameters.items() if value],
            notes=[*notes, *self.notes],
            signatures=[words(f"sign.{who}") for who in ("made", "checked", "approved")] if signed else [],
            one_page=one_page,
        )
