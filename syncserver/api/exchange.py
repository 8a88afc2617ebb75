"""What the office answers, whatever brings the question: HTTP, or a network in a test's memory."""

from functools import partial

import msgspec
from aiohttp import web

from common.chain import public_hex
from common.entries import OFFICE
from common.snapshot import write_page
from common.wire import PROTOCOL, EnrolReply, EnrolRequest, Problem, ReturnedReply, VersionReply
from syncserver import VERSION
from syncserver.api.tokens import Unauthorised, till_of
from syncserver.feed.relay import Relay
from syncserver.feed.snapshot import take_page
from syncserver.feed.whole import whole_account
from syncserver.ingest.batch import BatchRefused, read_batch, stopped
from syncserver.ingest.branches import take_back
from syncserver.office import grants
from syncserver.office.grants import CodeRefused
from syncserver.office.leases import lease_is_due
from syncserver.office.lost import carry_lost
from syncserver.office.office import Office
from syncserver.office.runs import latest_run, same_feed
from syncserver.store import Backlog, StoreUnavailable, WriterRow, WriterState

PAGE_BYTES = 1024 * 1024
_STATUS = {"unknown_code": 404, "code_used": 409, "malformed": 400}


class Exchange:
    """The requests, as calls that block. Every one may raise StoreUnavailable."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._relay = Relay(office.keys.signing)

    def version(self, run: str, position: int) -> VersionReply:
        """GET /v1/version: who answers, and up to where a till's feed is still this office's."""
        with self._office.store.read() as reading:
            return VersionReply(
                product="kilotill",
                version=VERSION,
                protocol=PROTOCOL,
                now=self._office.clock(),
                run=latest_run(reading),
                feed=same_feed(reading, run, position),
            )

    def enrol(self, body: bytes) -> EnrolReply:
        """POST /v1/enrol.

        Raises:
            CodeRefused: unknown, expired, used, or the request is none.
        """
        try:
            asked = msgspec.json.decode(body, type=EnrolRequest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise CodeRefused("malformed", f"That is no enrolment: {error}") from error
        with self._office.change() as intake:
            row, _ = grants.enrol(intake, self._office.keys.card_master, asked, self._office.clock())
            enrolled = grants.enrolment_of(intake.writing, row)
        return EnrolReply(
            till=row.id,
            branch=row.branch,
            name=row.name,
            epoch=row.epoch,
            office=OFFICE,
            office_key=public_hex(self._office.keys.signing),
            enrolled=enrolled,
        )

    def returned(self, body: bytes) -> ReturnedReply:
        """POST /v1/returned: entries that an office restored from a backup may lack. Each proves itself.

        Raises:
            BatchRefused: they are no entries, or a signature does not hold.
        """
        entries = read_batch(body)
        with self._office.change() as intake:
            taken = take_back(intake, entries)
        with self._office.store.read() as reading:
            return ReturnedReply(taken=taken, feed=reading.last_feed_position())

    def till(self, token: str) -> WriterRow:
        """Whose token this is.

        Raises:
            Unauthorised: nobody's.
        """
        return till_of(self._office.store, token, self._office.clock())

    def hears(self, row: WriterRow) -> None:
        """Check that a till may have its feed.

        Raises:
            BatchRefused: it is stopped.
        """
        if row.state is WriterState.STOPPED:
            raise stopped(row)

    def carry_lost(self, row: WriterRow) -> bool:
        """Put in its feed what a till has lost of its own journal, before it asks. Returns whether there was any."""
        return carry_lost(self._office, row)

    def needs_lease(self, row: WriterRow) -> bool:
        """Whether a till that asks for its feed is to be granted a lease first."""
        with self._office.store.read() as reading:
            return lease_is_due(reading, row, self._office.clock())

    def snapshot(self, row: WriterRow, after: str) -> bytes:
        """A page of the snapshot of a till's branch."""
        with self._office.store.read() as reading:
            return write_page(self._office.keys.signing, take_page(reading, row, after))

    def account(self, row: WriterRow, number: str) -> list[bytes]:
        """The journal lines of all entries about an account that the till's branch serves; none of another."""
        with self._office.store.read() as reading:
            return whole_account(reading, self._relay, row, number)

    def backlog(self, row: WriterRow, after: int) -> Backlog:
        """A page of a till's feed."""
        with self._office.store.read() as reading:
            return reading.backlog(row, after, PAGE_BYTES, partial(self._relay.seal, reading))


def problem_of(error: Exception) -> tuple[int, Problem] | None:
    """The HTTP status and the words of a refusal; None for a fault of ours."""
    match error:
        case BatchRefused():
            return error.status, error.problem
        case CodeRefused():
            return _STATUS[error.error], Problem(error=error.error, message=error.message)
        case Unauthorised():
            return 401, Problem(error="unauthorised", message=str(error))
        case StoreUnavailable():
            message = f"The office cannot store anything now: {error.reason}. Nothing is lost; try again later."
            return 503, Problem(error="unavailable", message=message)
        case web.HTTPException(status=413):
            return 413, Problem(error="too_large", message="The request is too large. Send smaller batches.")
        case web.HTTPException():
            word = "not_found" if error.status in (404, 405) else "malformed"
            return error.status, Problem(error=word, message=error.reason)
    return None
