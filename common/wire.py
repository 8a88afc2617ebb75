"""What tills and the office say to each other over HTTP (syncserver/PROTOCOL.md). Journals travel as journal lines."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from common.chain import Head, SignedEntry, read_line
from common.entries import BadEntry

PROTOCOL = 1
"""The version of the protocol; the path's /v1/ is its major part."""

MAX_BATCH_BYTES = 4 * 1024 * 1024
"""The most bytes of journal lines that one POST /v1/journal may carry."""

MAX_BATCH_ENTRIES = 5_000
"""The most entries that one POST /v1/journal may carry."""

MAX_ENROL_BYTES = 8 * 1024
"""The most bytes of a POST /v1/enrol."""

MAX_POLL_SECONDS = 55
"""The longest that GET /v1/feed may wait for news."""

TOKEN_SECONDS = 120
"""How long a till's token holds, by the office's clock."""

SOFTWARE = "Kilotill-Version"
"""The header in which a till says the version of its software."""

Short = Annotated[str, Meta(max_length=200)]


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A till asks to be enrolled. Sent again after a lost reply, with the same key, it gets the same answer."""

    code: Short
    key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    box: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    version: Short


class EnrolReply(Struct, frozen=True, kw_only=True):
    """Who the till is from now on, and whose word it is to trust.

    Attributes:
        enrolled: the office's entry that says so, as a journal line: an office that loses it gets it back.
    """

    till: str
    branch: str
    name: str
    epoch: int
    office: str
    office_key: str
    enrolled: str = ""


class VersionReply(Struct, frozen=True, kw_only=True):
    """Who answers, and what its clock says (UTC).

    Attributes:
        run: which run of the office answers: with it a position in the feed can be told from one of another past.
        feed: of the position that was asked about, up to where the feed is still the same; less than was asked when
            the office was restored from an older backup.
    """

    product: str
    version: str
    protocol: int
    now: datetime
    run: str = ""
    feed: int = 0


class ReturnedReply(Struct, frozen=True, kw_only=True):
    """How many of the entries that were handed back the office did not hold.

    Attributes:
        feed: up to where its feed goes with them.
    """

    taken: int
    feed: int = 0


class JournalReply(Struct, frozen=True, kw_only=True):
    """The office holds all up to this head on every disk that it promises."""

    head: Head
    now: datetime


class HealthReply(Struct, frozen=True, kw_only=True):
    """Whether the office works, and what is wrong in words."""

    ok: bool
    problems: list[str]
    entries: int
    tills: int


class Problem(Struct, frozen=True, kw_only=True):
    """Why a request was refused.

    Attributes:
        error: a word for the program: unknown_code, code_used, unauthorised, revoked, too_large, too_slow, malformed,
            gap, fork, bad_signature, wrong_writer, unavailable, not_found.
        message: a sentence for the person.
        head: the head that the office holds, where that is what the sender must know.
        seq: the first bad entry, where there is one.
    """

    error: str
    message: str
    head: Head | None = None
    seq: int | None = None


class FeedItem(Struct, frozen=True):
    """An entry in the feed: its position in the office's order, and the entry as its writer signed it."""

    position: int
    signed: SignedEntry

    @property
    def line(self) -> bytes:
        """The position, a space, the journal line."""
        return str(self.position).encode() + b" " + self.signed.line


def read_feed_line(line: bytes) -> FeedItem:
    """Read a line of the feed.

    Raises:
        BadEntry: it is none.
    """
    position, space, rest = line.partition(b" ")
    if not space or not position.isdigit() or len(position) > 16:
        raise BadEntry("a feed line is a position, a space and a journal line")
    return FeedItem(int(position), read_line(rest))
