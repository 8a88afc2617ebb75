"""What a receipt is looked up by, within one transaction."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from syncserver.store import tables
from syncserver.store.feed import ENTRY
from syncserver.store.records import StoredEntry

_PAGE = 20
_JOURNAL = tables.journal.c
_OF_WRITER = select(*ENTRY).where(_JOURNAL.writer == bindparam("writer"), _JOURNAL.epoch == bindparam("epoch"))
_ENTRY = _OF_WRITER.where(_JOURNAL.seq == bindparam("seq"))
_NEXT = (
    _OF_WRITER.where(_JOURNAL.seq >= bindparam("seq"), _JOURNAL.type.in_(bindparam("types", expanding=True)))
    .order_by(_JOURNAL.seq)
    .limit(_PAGE)
)


class ReceiptReading:
    """What can be asked about single entries, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entry(self, writer: str, epoch: int, seq: int) -> StoredEntry | None:
        """One entry by its place."""
        row = self._connection.execute(_ENTRY, {"writer": writer, "epoch": epoch, "seq": seq}).one_or_none()
        return None if row is None else StoredEntry(*row)

    def last_receipt(self, till: str) -> str:
        """The highest of a till's receipt numbers that a sale or anything else has; "" where there is none."""
        found = ""
        for receipt in (tables.vend.c.receipt, tables.movement.c.receipt):
            query = select(receipt).where(receipt > f"{till}-", receipt < f"{till}.").order_by(receipt.desc()).limit(1)
            found = max(found, self._connection.execute(query).scalar_one_or_none() or "")
        return found

    def from_on(self, writer: str, epoch: int, seq: int, types: list[str]) -> Iterator[StoredEntry]:
        """A journal's entries of these types, from this number on."""
        while True:
            asked = {"writer": writer, "epoch": epoch, "seq": seq, "types": types}
            rows = self._connection.execute(_NEXT, asked).all()
            yield from (StoredEntry(*row) for row in rows)
            if len(rows) < _PAGE:
                return
            seq = rows[-1].seq + 1
