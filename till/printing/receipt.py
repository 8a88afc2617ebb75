"""What a sheet of paper says, in words, whatever prints it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from common.entries import UtilitySet
from till.printing.words import PaperWords

Row = tuple[str, str]
"""A label and a value."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A receipt, or a report of a shift.

    Attributes:
        number: its own; copies of one receipt have the same.
        copy: 0 for the original, n for its n-th copy.
        mark: what says that it is a copy, and which; "" on the original.
        issuer: whose it is.
        title: what it is for.
        at: when that was.
        head: its number and time.
        sections: rows between rules.
        proof: hash of the entry that it stands for: the office can check the paper by it.
        proof_label: what that is called.
        code: the same for a machine (common.receipt_code); "" where no entry stands for it.
        cash: whether money went into the drawer, or out of it.
    """

    number: str
    copy: int
    mark: str
    issuer: str
    title: str
    at: datetime
    head: list[Row]
    sections: list[list[Row]]
    proof: str
    proof_label: str
    code: str = ""
    cash: bool = False

    @property
    def name(self) -> str:
        """What this one sheet is called, apart from all others."""
        return self.number if self.copy == 0 else f"{self.number}-copy-{self.copy}"


class Page(Struct, frozen=True):
    """What all sheets of one utility in some languages have in common, and how values are written on them."""

    utility: UtilitySet
    words: PaperWords

    def receipt(
        self,
        number: str,
        title: str,
        at: datetime,
        sections: list[list[Row]],
        proof: str,
        *,
        copy: int = 0,
        code: str = "",
        cash: bool = False,
    ) -> Receipt:
        """A sheet with this in it. `title`: a name of the section `title`."""
        words = self.words
        return Receipt(
            number=number,
            copy=copy,
            mark=f"{words('mark.copy')} {copy}" if copy else "",
            issuer=self.utility.name,
            title=words(f"title.{title}", gap="  "),
            at=at,
            head=[
                (words("row.receipt" if code else "row.number"), number),
                (words("row.time"), f"{self.here(at):%Y-%m-%d %H:%M:%S}"),
            ],
            sections=sections,
            proof=proof,
            proof_label=words("row.check"),
            code=code,
            cash=cash,
        )

    def here(self, at: datetime) -> datetime:
        """A time by the utility's clock."""
        return at.astimezone(ZoneInfo(self.utility.zone))
