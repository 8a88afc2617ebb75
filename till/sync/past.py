"""A new till's past: the snapshot of its branch in place of every entry (common.snapshot), page by page."""

import msgspec

from common.chain import SignedEntry, public_key, read_line
from common.entries import BadEntry
from common.snapshot import BadPage, Page, read_page
from common.wire import FeedItem
from till.journal.writer import Journal
from till.store import Store
from till.sync.errors import OfficeNonsense
from till.sync.runs import Progress, held_until, hold_until, set_snapshot_progress, snapshot_progress


class Past:
    """Takes the snapshot where there is one to take. `source`: where it comes from, as errors name it."""

    def __init__(self, store: Store, journal: Journal, source: str) -> None:
        self._store = store
        self._journal = journal
        self._source = source

    @property
    def is_wanted(self) -> bool:
        """Whether nothing of the feed was taken yet; a till that knows accounts already goes on from what it knows."""
        return self._store.feed_position() == 0 and (bool(self.done.after) or not self._store.find("", 1))

    @property
    def done(self) -> Progress:
        """How far it has come."""
        return snapshot_progress(self._store)

    def take_page(self, body: bytes, after: str) -> int:
        """Take the page that begins after this account. Returns how many entries and accounts were taken: none where
        there is little to hear, and the feed brings it.

        Raises:
            OfficeNonsense: it does not prove itself.
            FeedRefused: an entry in it does not.
        """
        page = self._read(body)
        if page.after != after:
            raise OfficeNonsense(self._source, "it is another page of the snapshot")
        return 0 if page.position == 0 else self._take(page)

    def take_next(self, body: bytes) -> int:
        """Take what is still wanted of a page, where pages come one after the other from the first on.

        Raises:
            OfficeNonsense, FeedRefused: as `take_page`.
        """
        page, after = self._read(body), self.done.after
        if page.next is not None and page.next <= after:
            return 0
        rest = [facts for facts in page.accounts if facts.account > after]
        return self._take(msgspec.structs.replace(page, accounts=rest))

    def _take(self, page: Page) -> int:
        """Keep a page, and how far that is; after the last one the feed goes on from the first one's position."""
        done = self.done
        position = min(done.position, page.position) if done.after else page.position
        entries = self._entries([line.encode() for line in page.lines])
        with self._store.transaction():
            taken = self._journal.accept([FeedItem(0, signed) for signed in entries], 0)
            self._journal.begin_from(page.accounts, page.position)
            hold_until(self._store, max(held_until(self._store), page.position))
            if page.next is None:
                self._store.set_feed_position(position)
                set_snapshot_progress(self._store, Progress("", 0))
            else:
                set_snapshot_progress(self._store, Progress(page.next, position))
        return taken + len(page.accounts)

    def _read(self, body: bytes) -> Page:
        office = self._store.setting("office", tuple[str, int, str])
        owner = self._store.owner
        if office is None or owner is None:
            raise OfficeNonsense(self._source, "a snapshot for a till that is not enrolled")
        try:
            page = read_page(public_key(office[2]), body)
        except BadPage as error:
            raise OfficeNonsense(self._source, f"the snapshot: {error.reason}") from error
        if page.branch != owner.branch:
            raise OfficeNonsense(self._source, "the snapshot is of another branch")
        return page

    def _entries(self, lines: list[bytes]) -> list[SignedEntry]:
        return read_entries(self._source, lines)


def read_entries(source: str, lines: list[bytes]) -> list[SignedEntry]:
    """Journal lines as entries.

    Raises:
        OfficeNonsense: one is none.
    """
    try:
        return [read_line(line) for line in lines]
    except BadEntry as error:
        raise OfficeNonsense(source, error.reason) from error
