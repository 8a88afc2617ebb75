"""Signing in and out, and choosing another password."""

import logging
import re
import threading

from syncserver.office.errors import OfficeError
from syncserver.office.users import password_holds, set_password, users
from syncserver.store import MasterStore
from syncserver.web.ask import Answer, Ask, Page, Redirect, Route, SignedIn, SignedOut
from syncserver.web.attempts import Attempts

_FRONT = "/office/today"
_OURS = re.compile(r"/[A-Za-z0-9/_.~%-]*")

_log = logging.getLogger(__name__)


class SignIn:
    """The pages of who is there."""

    def __init__(self, store: MasterStore) -> None:
        self._attempts = Attempts(store)
        self._one_at_a_time = threading.Lock()

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("GET", "/sign-in", self.show, action=None),
            Route("POST", "/sign-in", self.sign_in, action=None, is_slow=True),
            Route("POST", "/sign-out", self.sign_out, action=None),
            Route("GET", "/password", self.show_password),
            Route("POST", "/password", self.change_password, is_slow=True),
        ]

    def show(self, ask: Ask) -> Answer:
        """The form."""
        if ask.user is not None:
            return Redirect(_FRONT)
        with ask.office.store.read() as reading:
            nobody = not users(reading)
        facts = {
            "next": ask.asked("next"),
            "name": "",
            "problem": "",
            "nobody": nobody,
            "changed": ask.asked("changed"),
        }
        return Page("sign_in.html", facts)

    def sign_in(self, ask: Ask) -> Answer:
        """Name and password. Which of the two was wrong is not said."""
        name, password = ask.text("user").lower(), "".join(ask.every("password")[:1])
        with self._one_at_a_time:
            locked = self._attempts.locked_for(name, ask.now)
            if locked:
                problem = ask.words("sign_in.locked", span=ask.figures.lasting(locked))
                return self._again(ask, name, problem, 429)
            with ask.office.store.read() as reading:
                user = users(reading).get(name)
            if user is not None and password_holds(user, password):
                self._attempts.right(name)
                _log.info("signed in", extra={"user": name})
                return SignedIn(user, _back_to(ask.text("next")))
            if user is None:
                password_holds(None, password)
            left = self._attempts.wrong(name, ask.now)
        _log.warning("refused to sign in", extra={"tries_left": left})
        return self._again(ask, name, ask.words("sign_in.wrong" if left else "sign_in.locked_now", left=left), 401)

    def sign_out(self, _: Ask) -> Answer:
        """Good bye."""
        return SignedOut()

    def show_password(self, _: Ask) -> Answer:
        """The form for another password."""
        return Page("password.html")

    def change_password(self, ask: Ask) -> Answer:
        """Whoever knows the one before may choose another."""
        user, now = ask.signed_in, "".join(ask.every("now")[:1])
        first, second = ("".join(ask.every(name)[:1]) for name in ("first", "second"))
        try:
            if first != second:
                raise OfficeError("The two are not the same.", "Type the new password twice.", "two_passwords")
            with self._one_at_a_time:
                if self._attempts.locked_for(user.user, ask.now) or not password_holds(user, now):
                    self._attempts.wrong(user.user, ask.now)
                    raise OfficeError("That is not your password.", "Type the one before.", "old_password")
            with ask.office.change() as intake:
                set_password(intake, user.user, first)
        except OfficeError as error:
            return Page("password.html", status=422, refused=error)
        return Redirect("/office/sign-in?changed=yes")

    def _again(self, ask: Ask, name: str, problem: str, status: int) -> Answer:
        facts = {"next": ask.text("next"), "name": name, "problem": problem, "nobody": False, "changed": ""}
        return Page("sign_in.html", facts, status)


def _back_to(asked: str) -> str:
    """Where somebody wanted to go before signing in: a page of ours, else the first."""
    return f"/office{asked}" if _OURS.fullmatch(asked) and not asked.startswith("//") else _FRONT
