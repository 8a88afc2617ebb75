"""A bundle for a till: what the office acknowledges, and the feed from where the till's own bundle says that it is."""

import secrets
from collections.abc import Iterable, Iterator
from functools import partial

from common.bundle.document import ACCOUNT, END, FEED, PAGE, FeedManifest, Heard, write_document
from common.bundle.sealed import seal_bundle
from common.chunks import KEY_BYTES
from common.progress import Progress, unseen
from common.snapshot import PackedPage, write_page
from syncserver import VERSION
from syncserver.bundle.take import Take
from syncserver.bundle.told import told_by
from syncserver.feed.relay import Relay
from syncserver.feed.snapshot import take_page
from syncserver.feed.whole import whole_account
from syncserver.office.box import office_box
from syncserver.office.errors import OfficeError
from syncserver.office.leases import lease_is_due
from syncserver.office.office import Office
from syncserver.office.runs import begin_run, latest_run, runs_of, same_feed
from syncserver.store import Reading, WriterRow, WriterState

_PAGE_BYTES = 1024 * 1024
_MOST_RUNS = 1_000
"""Of runs before these a till learns only when the office was told of them."""

Part = tuple[bytes, bytes]


def give_bundle(office: Office, till: str, take: Take, progress: Progress = unseen) -> Iterator[bytes]:
    """A bundle's bytes, for this till alone; its lease is renewed in it when that is due.

    Args:
        progress: told up to which position of the feed it is written, and of how many.

    Raises:
        OfficeError: there is no such till.
        StoreUnavailable: see there.
    """
    office_box(office)  # so that the feed says to what tills seal theirs
    row = _known(office, till)
    with office.store.read() as reading:
        due, run = lease_is_due(reading, row, office.clock()), latest_run(reading)
    if due:
        take(row.id, row.epoch, [])
    if not run:  # where no server was ever started
        with office.store.write() as writing:
            begin_run(writing, secrets.token_hex(8))
    with office.store.read() as reading:
        giving = _Giving(office, reading, _known(office, till), progress)
        document = write_document(office.keys.signing, giving.manifest, giving.lines())
        yield from seal_bundle(row.box, secrets.token_bytes(KEY_BYTES), document)


def _known(office: Office, till: str) -> WriterRow:
    with office.store.read() as reading:
        row = reading.latest_writer(till)
    if row is None or not row.is_till:
        raise OfficeError(f"There is no till {till}.", "See: syncserver till list", "no_till", till=till)
    return row


class _Giving:
    """One bundle, of one moment of the store."""

    def __init__(self, office: Office, reading: Reading, row: WriterRow, progress: Progress) -> None:
        self._office = office
        self._reading = reading
        self._row = row
        self._progress = progress
        self._relay = Relay(office.keys.signing)
        self._told = told_by(reading, row.id, row.epoch) or Heard(epoch=row.epoch, serial=0)
        self._pages = [] if self._is_stopped else list(self._first_page())
        self.manifest = self._manifest()

    @property
    def _is_stopped(self) -> bool:
        return self._row.state is WriterState.STOPPED

    def lines(self) -> Iterator[Part]:
        """The snapshot where it saves the past, the feed, the accounts that were asked for."""
        if self._is_stopped:
            return
        yield from self._snapshot()
        yield from self._feed()
        for number in self._told.wants:
            for line in whole_account(self._reading, self._relay, self._row, number):
                yield ACCOUNT, b"%s %s" % (number.encode(), line[:-1])

    def _manifest(self) -> FeedManifest:
        row, told, reading = self._row, self._told, self._reading
        branches = [fork.seq for fork in reading.forks() if (fork.writer, fork.epoch) == (row.id, row.epoch)]
        return FeedManifest(
            till=row.id,
            epoch=row.epoch,
            box=row.box,
            heard=told if told.serial else None,
            after=self._pages[0].position if self._pages else same_feed(reading, told.run, told.position),
            snapshot=bool(self._pages),
            end=reading.last_feed_position(),
            runs=runs_of(reading)[-_MOST_RUNS:],
            head=row.head,
            stopped=row.reason if self._is_stopped else None,
            common=min(branches) - 1 if self._is_stopped and branches else None,
            now=self._office.clock(),
            version=VERSION,
        )

    def _first_page(self) -> Iterable[PackedPage]:
        if self._told.fresh:
            page = take_page(self._reading, self._row, "")
            if page.position:
                yield page

    def _snapshot(self) -> Iterator[Part]:
        pages = list(self._pages)
        while pages:
            page = pages.pop()
            yield PAGE, write_page(self._office.keys.signing, page)
            if page.next is not None:
                pages.append(take_page(self._reading, self._row, page.next))

    def _feed(self) -> Iterator[Part]:
        end = self.manifest.end
        reached = self.manifest.after
        while True:
            backlog = self._reading.backlog(self._row, reached, _PAGE_BYTES, partial(self._relay.seal, self._reading))
            for line in backlog.lines:
                yield FEED, line[:-1]
            self._progress(backlog.position, end)
            if backlog.position == reached or backlog.position >= end:
                break
            reached = backlog.position
        yield END, str(backlog.position).encode()
