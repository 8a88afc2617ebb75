"""A new till's past: the snapshot of its branch in place of every entry (common.snapshot), page by page."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from common.chain import SignedEntry, public_key, read_line
from common.entries import BadEntry
from common.snapshot import BadPage, Page, read_page
from common.wire import FeedItem
from till.journal.writer import Journal
from till.store import Store
from till.sync.errors import OfficeNonsense

_PROGRESS = "snapshot"

Fetch = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
"""The body of a GET of this path with these parameters."""


class Progress(Struct, frozen=True):
    """How far the snapshot has come: the last account of the last page, "" when none is on its way, and the feed's
    position at the first one."""

    after: str
    position: int


class Past:
    """Takes the snapshot where there is one to take, and what it turns out to lack."""

    def __init__(self, store: Store, journal: Journal, url: str, fetch: Fetch) -> None:
        self._store = store
        self._journal = journal
        self._url = url
        self._fetch = fetch

    async def begin(self) -> int:
        """Take the snapshot when nothing of the feed was taken yet. A cut costs one page. Returns how many entries and
        accounts were taken.

        Raises:
            OfficeNonsense: a page does not prove itself.
            SyncError, FeedRefused: see till.sync.client.
        """
        taken = 0
        while self._store.feed_position() == 0:
            done = self._store.setting(_PROGRESS, Progress) or Progress("", 0)
            if not done.after and self._store.find("", 1):
                return taken  # a till that knows accounts already goes on from what it knows
            after = done.after
            page = self._read(await self._fetch("/v1/snapshot", {"after": after}), after)
            if page.position == 0:
                return taken  # there is little: the feed brings it
            taken += self._take(page, min(done.position, page.position) if after else page.position)
        return taken

    async def mend(self) -> None:
        """Ask for all entries about the accounts where one came that is about what the snapshot summed up."""
        for account in self._store.bases.outdated():
            body = await self._fetch("/v1/account", {"number": account})
            self._journal.take_whole(account, self._entries(body.splitlines()))

    def _take(self, page: Page, position: int) -> int:
        """Keep a page, and how far that is; after the last one the feed goes on from the first one's position."""
        entries = self._entries([line.encode() for line in page.lines])
        with self._store.transaction():
            taken = self._journal.accept([FeedItem(0, signed) for signed in entries], 0)
            self._journal.begin_from(page.accounts, page.position)
            if page.next is None:
                self._store.set_feed_position(position)
                self._store.set_setting(_PROGRESS, Progress("", 0))
            else:
                self._store.set_setting(_PROGRESS, Progress(page.next, position))
        return taken + len(page.accounts)

    def _read(self, body: bytes, after: str) -> Page:
        office = self._store.setting("office", tuple[str, int, str])
        owner = self._store.owner
        if office is None or owner is None:
            raise OfficeNonsense(self._url, "a snapshot for a till that is not enrolled")
        try:
            page = read_page(public_key(office[2]), body)
        except BadPage as error:
            raise OfficeNonsense(self._url, f"the snapshot: {error.reason}") from error
        if (page.branch, page.after) != (owner.branch, after):
            raise OfficeNonsense(self._url, "the snapshot is of another branch, or another page of it")
        return page

    def _entries(self, lines: list[bytes]) -> list[SignedEntry]:
        try:
            return [read_line(line) for line in lines]
        except BadEntry as error:
            raise OfficeNonsense(self._url, error.reason) from error
