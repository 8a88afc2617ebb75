"""The front desk: lets in whom it may, asks the page, and makes bytes of what it answers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from common.users import UserAction
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office
from syncserver.office.utility import utility_of
from syncserver.store import DecisionState, StoreUnavailable
from syncserver.web.ask import Answer, Ask, Download, NotAllowed, NotFound, Page, Redirect, Route, SignedIn, SignedOut
from syncserver.web.assets import asset
from syncserver.web.figures import Figures
from syncserver.web.headers import PRIVATE
from syncserver.web.refusals import explain
from syncserver.web.rendering import Templates
from syncserver.web.sessions import Sessions
from syncserver.web.visitor import (
    SESSION,
    VISIT,
    Cookie,
    Incoming,
    Visitor,
    is_ours,
    language_cookie,
    visitor_of,
    words_for,
)
from syncserver.web.words import languages

_SECTIONS = {
    "today": UserAction.LOOK,
    "accounts": UserAction.LOOK,
    "cases": UserAction.LOOK,
    "reports": UserAction.LOOK,
    "receipts": UserAction.LOOK,
    "tariffs": UserAction.LOOK,
    "tills": UserAction.LOOK,
    "clerks": UserAction.LOOK,
    "cards": UserAction.LOOK,
    "sticks": UserAction.SUPPLY,
    "journal": UserAction.LOOK,
    "users": UserAction.USERS,
}
"""What stands in every page's navigation, and what one must be allowed to see it."""

_MOST_COUNTED = 100

_PATIENCE = 2.0
"""Seconds. When a commit has waited for the database's standby for so long, a form is refused rather than left to wait:
there are two threads for all pages."""
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_EXCUSES = (400, 403, 404, 408, 413, 500, 503)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    cookies: tuple[Cookie, ...] = ()


class FrontDesk:
    """Answers requests. Its calls block, and may come from several threads at once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._sessions = Sessions(office.store)
        self._templates = Templates()

    def answer(self, route: Route, incoming: Incoming) -> Reply:
        """What a route answers."""
        try:
            return self._let_in(route, incoming)
        except NotFound:
            return self.excuse(incoming, 404)
        except NotAllowed:
            return self.excuse(incoming, 403)
        except OfficeError as error:
            # What a form says wrongly its page tells; this is an address that somebody typed.
            _log.info("refused: %s", error.word)
            return self.excuse(incoming, 400)
        except StoreUnavailable as error:
            _log.error("the store could not answer a page: %s", error.reason)
            return self.excuse(incoming, 503)
        except Exception:  # noqa: BLE001
            # The outermost edge: the reader gets a page, the operator the traceback.
            _log.exception("%s %s failed", route.method, route.path)
            return self.excuse(incoming, 500)

    def excuse(self, incoming: Incoming, status: int) -> Reply:
        """A page that says that there is nothing, or that something failed. Needs no database."""
        known = status if status in _EXCUSES else 400 if status < 500 else 500
        facts = {"t": words_for(incoming), "asset": asset, "status": status, "known": known}
        return self._html("excuse.html", facts, status)

    def _let_in(self, route: Route, incoming: Incoming) -> Reply:
        now = self._office.clock()
        with self._office.store.read() as reading:
            stuck = incoming.is_post and route.action is not None and reading.standby_waited() > _PATIENCE
            visitor = visitor_of(reading, self._sessions, incoming, now)
            figures = Figures(utility_of(reading), words_for(incoming))
        if visitor.session is not None:
            self._sessions.use(visitor.token, visitor.session, now)
        if "language" in incoming.query and not incoming.is_post:
            query = urlencode({name: value for name, value in incoming.query.items() if name != "language"})
            to = f"/office{incoming.path}" + (f"?{query}" if query else "")
            return _redirect(to, visitor.cookies + language_cookie(incoming.query["language"]))
        if route.action is not None and visitor.user is None:
            came_for = "" if incoming.is_post else f"?next={quote(incoming.path)}"
            return _redirect(f"/office/sign-in{came_for}", visitor.cookies)
        ask = Ask(
            office=self._office,
            now=now,
            path=incoming.path,
            parts=incoming.parts,
            query=incoming.query,
            form=incoming.form,
            files=incoming.files,
            user=visitor.user,
            words=figures.words,
            figures=figures,
        )
        if stuck:
            raise StoreUnavailable("a commit waits for the standby; nothing else is begun")
        if incoming.is_post and not is_ours(incoming, visitor):
            return self._page(Page("excuse_form.html", status=403), ask, visitor)
        if route.action is not None and not ask.may(route.action):
            raise NotAllowed
        return self._reply(route.handler(ask), ask, visitor)

    def _reply(self, answer: Answer, ask: Ask, visitor: Visitor) -> Reply:
        match answer:
            case Page():
                return self._page(answer, ask, visitor)
            case Redirect():
                if visitor.session is not None and visitor.session.notice != answer.notice:
                    self._sessions.tell(visitor.token, answer.notice)
                return _redirect(answer.to, visitor.cookies)
            case Download():
                disposition = f"attachment; filename*=UTF-8''{quote(answer.name)}"
                headers = {"Content-Type": answer.content_type, "Content-Disposition": disposition}
                return Reply(200, answer.content, headers | PRIVATE)
            case SignedIn():
                self._sessions.end(visitor.token)
                token = self._sessions.begin(answer.user, ask.now)
                return _redirect(answer.to, (Cookie(SESSION, token), Cookie(VISIT, "", 0)))
            case SignedOut():
                self._sessions.end(visitor.token)
                return _redirect("/office/sign-in", (Cookie(SESSION, "", 0),))

    def _page(self, page: Page, ask: Ask, visitor: Visitor) -> Reply:
        notice = None if visitor.session is None else visitor.session.notice
        if notice is not None:
            self._sessions.tell(visitor.token, None)
        facts: dict[str, Any] = {
            "t": ask.words,
            "f": ask.figures,
            "asset": asset,
            "now": ask.now,
            "sections": [name for name, action in _SECTIONS.items() if ask.may(action)],
            "languages": languages(),
            "user": ask.user,
            "may": ask.may,
            "path": ask.path,
            "form_token": visitor.form,
            "notice": notice,
            "refused": None if page.refused is None else explain(page.refused, ask.words),
            "waiting": self._waiting_cases() if ask.user is not None else 0,
        }
        found = self._html(page.template, facts | dict(page.facts), page.status)
        return Reply(found.status, found.body, found.headers, visitor.cookies)

    def _waiting_cases(self) -> int:
        with self._office.store.read() as reading:
            return reading.count_decisions(DecisionState.OPEN.value, _MOST_COUNTED)

    def _html(self, template: str, facts: Mapping[str, Any], status: int) -> Reply:
        return Reply(status, self._templates.render(template, facts).encode(), _HTML | PRIVATE)


def _redirect(to: str, cookies: tuple[Cookie, ...]) -> Reply:
    return Reply(303, b"", {"Location": to} | PRIVATE, cookies)
