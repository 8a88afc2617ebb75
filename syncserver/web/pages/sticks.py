"""Sync on a stick: what a till wrote taken in, and what a till lacks written for it."""

import io

from common.bundle.sealed import SUFFIX
from common.users import UserAction
from syncserver.bundle.give import give_bundle
from syncserver.bundle.take import Take, take_bundle
from syncserver.office.errors import OfficeError
from syncserver.store import WriterState
from syncserver.web.ask import Answer, Ask, Download, Page, Route

_MOST_BYTES = 64 * 1024 * 1024


class Sticks:
    """The page. `take`: takes batches as the server does those that come over the line."""

    def __init__(self, take: Take) -> None:
        self._take = take

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("GET", "/sticks", self.show, UserAction.SUPPLY),
            Route("POST", "/sticks", self.bring, UserAction.SUPPLY, most_bytes=_MOST_BYTES, is_slow=True),
            Route("POST", "/sticks/export", self.write, UserAction.SUPPLY, is_slow=True),
        ]

    def show(self, ask: Ask, refused: OfficeError | None = None, taken: object = None) -> Answer:
        """The two forms."""
        with ask.office.store.read() as reading:
            latest = {row.id: row for row in reading.writers() if row.is_till}
        tills = [row for row in latest.values() if row.state is not WriterState.REVOKED]
        facts = {"tills": tills, "taken": taken, "most": _MOST_BYTES // 1024 // 1024}
        return Page("sticks.html", facts, 422 if refused else 200, refused)

    def bring(self, ask: Ask) -> Answer:
        """Take a till's file in. Safe to repeat."""
        content = ask.files.get("file", b"")
        try:
            if not content:
                raise OfficeError("No file was chosen.", "Choose the till's file.", "no_file")
            return self.show(ask, taken=take_bundle(ask.office, io.BytesIO(content), self._take))
        except OfficeError as error:
            return self.show(ask, error)

    def write(self, ask: Ask) -> Answer:
        """The file for a till, which only that till can read."""
        till = ask.text("till")
        try:
            content = b"".join(give_bundle(ask.office, till, self._take))
        except OfficeError as error:
            return self.show(ask, error)
        return Download(content, "application/octet-stream", f"{till}-from-office{SUFFIX}")
