"""What a till has lost of its own journal, and a restored office got back from others."""

from syncserver.ingest.branches import carry_kept
from syncserver.office.office import Office
from syncserver.store import WriterRow, WriterState


def carry_lost(office: Office, row: WriterRow) -> bool:
    """Carry what is kept of a till's journal after its end: the till has sent all that it has, and asks for its feed.
    Returns whether there was any.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    if row.state is WriterState.STOPPED:
        return False
    with office.store.read() as reading:
        lost = reading.kept(row.id, row.epoch, row.seq + 1)
    if lost:
        with office.change() as intake:
            carry_kept(intake, row)
    return bool(lost)
