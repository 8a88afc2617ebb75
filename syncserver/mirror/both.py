"""A mirror that goes on otherwise than the database, because this was restored from a backup and then worked with, is
taken back like what tills return: nothing of either is dropped."""

import secrets
from collections.abc import Iterator

from common.chain import SignedEntry
from common.entries import OFFICE
from common.progress import Progress, unseen
from common.wire import MAX_BATCH_ENTRIES
from syncserver.ingest.branches import take_back
from syncserver.mirror.lines import MirrorLines, parsed
from syncserver.office.office import Office
from syncserver.office.runs import begin_run


def keep_both(office: Office, lines: MirrorLines, aside: str, progress: Progress = unseen) -> int:
    """Take what only the mirror has, then write the mirror anew; its files are kept in a folder of this name. Returns
    how many entries the database did not hold.

    Raises:
        BatchRefused: an entry on the mirror does not prove itself.
        OSError, StoreUnavailable: what was taken before stays; repeat it.
    """
    with lines.locked():
        taken = done = 0
        for own in (True, False):  # the office's own first: they say who the others are
            for batch in _batches(lines, own=own):
                with office.change() as intake:
                    taken += take_back(intake, batch)
                done += len(batch)
                progress(done, done)
        with office.store.write() as writing:
            begin_run(writing, secrets.token_hex(8))
        lines.set_aside(aside)
        with office.store.read() as reading:
            lines.append(reading.lines())
    return taken


def _batches(lines: MirrorLines, *, own: bool) -> Iterator[list[SignedEntry]]:
    batch: list[SignedEntry] = []
    for line in lines.lines():
        item = parsed(line)
        if item is not None and (item.signed.entry.writer == OFFICE) is own:
            batch.append(item.signed)
        if len(batch) == MAX_BATCH_ENTRIES:
            yield batch
            batch = []
    if batch:
        yield batch
