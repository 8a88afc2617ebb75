"""Every hash, every link and every signature of every journal that the office holds."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from common.chain import ChainError, Head, digest, follow, public_key, signature_holds
from common.entries import OFFICE, BadEntry
from syncserver.ingest.branches import check_fork
from syncserver.office.pen import EPOCH
from syncserver.store import MasterStore, Reading, WriterRow


class Audit(Struct, frozen=True, kw_only=True):
    """What was checked and held. `forks`: entries that stand beside their journals."""

    journals: int
    entries: int
    forks: int


def verify(store: MasterStore, progress: Callable[[int], None]) -> Audit:
    """Check every journal.

    Args:
        progress: told how many entries are checked.

    Raises:
        ChainError: naming the first entry that does not hold.
    """
    done = 0
    with store.read() as reading:
        rows = reading.writers()
        for row in rows:
            done = _verify_journal(reading, row, done, progress)
        forks = _verify_forks(reading, {(row.id, row.epoch): row.key for row in rows})
    return Audit(journals=len(rows), entries=done, forks=forks)


def _verify_forks(reading: Reading, keys: Mapping[tuple[str, int], str]) -> int:
    rows = reading.forks()
    for row in rows:
        try:
            check_fork(row, keys.get((row.writer, row.epoch), ""), keys[OFFICE, EPOCH])
        except (BadEntry, ValueError) as error:
            raise ChainError(row.writer, row.seq, f"of the other branch: {error}") from error
    return len(rows)


def _verify_journal(reading: Reading, row: WriterRow, done: int, progress: Callable[[int], None]) -> int:
    key, head = public_key(row.key), Head.empty(row.id, row.epoch)
    for stored in reading.entries(row.id, row.epoch):
        try:
            signed = stored.signed
        except BadEntry as error:
            raise ChainError(row.id, stored.seq, error.reason) from error
        for _ in follow(head, [signed]):
            pass
        if digest(signed.raw) != signed.hash:
            raise ChainError(row.id, stored.seq, "its bytes were changed")
        if not signature_holds(key, signed):
            raise ChainError(row.id, stored.seq, "the signature is not the writer's")
        head = signed.head
        done += 1
        progress(done)
    if head != row.head:
        raise ChainError(row.id, head.seq + 1, f"missing: the office acknowledged entry {row.seq}")
    return done
