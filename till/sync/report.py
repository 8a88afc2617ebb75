"""What a sync did."""

from msgspec import Struct

from common.chain import Head


class SyncReport(Struct, frozen=True, kw_only=True):
    """A sync that came to its end.

    Attributes:
        sent: entries that the office did not have.
        received: entries that this till did not have.
        head: what the office holds of this till's journal now.
        offset_ms: how far this till's clock is ahead of the office's.
    """

    sent: int
    received: int
    head: Head
    offset_ms: int

    def after(self, before: "SyncReport") -> "SyncReport":
        """What both did, one after the other."""
        return SyncReport(
            sent=before.sent + self.sent,
            received=before.received + self.received,
            head=self.head,
            offset_ms=self.offset_ms,
        )
