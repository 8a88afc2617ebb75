"""Tills: how they are, enrolment codes, leases, account numbers, out of use."""

from common.users import UserAction
from syncserver.office import grants
from syncserver.office.codes import code_for_new_till, code_for_till_again
from syncserver.office.errors import OfficeError
from syncserver.office.leases import LeaseTerms, set_terms, terms_of
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, NotFound, Notice, Page, Redirect, Route
from syncserver.web.fields import money, whole
from syncserver.web.fleet import Fleet

_MOST = 1_000
_DAY = 24 * 3600
_CODE_HOURS = 24


class Tills:
    """The pages of tills."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("GET", "/tills", self.show),
            Route("POST", "/tills", self.enrol, UserAction.TILLS),
            Route("GET", "/tills/{till}", self.till),
            Route("POST", "/tills/{till}/lease", self.lease, UserAction.SUPPLY),
            Route("POST", "/tills/{till}/numbers", self.numbers, UserAction.SUPPLY),
            Route("POST", "/tills/{till}/again", self.again, UserAction.TILLS),
            Route("POST", "/tills/{till}/revoke", self.revoke, UserAction.TILLS),
        ]

    def show(self, ask: Ask, refused: OfficeError | None = None) -> Answer:
        """All tills, and the form for a new one."""
        with ask.office.store.read() as reading:
            found = self._fleet.tills(reading, ask.now, most=_MOST)
            branches = sorted({row.branch for row in reading.writers() if row.branch})
        facts = {
            "tills": found.rows,
            "more_tills": found.left_out,
            "branches": branches,
            "typed": {name: ask.text(name) for name in ("branch", "name")},
        }
        return Page("tills.html", facts, 422 if refused else 200, refused)

    def enrol(self, ask: Ask) -> Answer:
        """A one-time code for a new till, shown once."""
        branch, name = ask.text("branch"), ask.text("name")
        try:
            with acting(ask, UserAction.TILLS, name) as intake:
                code = code_for_new_till(ask.office, intake.writing, branch=branch, name=name, hours=_CODE_HOURS)
        except OfficeError as error:
            return self.show(ask, error)
        told = {"name": name, "until": ask.figures.at(code.expires)}
        return Redirect("/office/tills", Notice("till_code", told, secret=code.text))

    def till(self, ask: Ask, refused: OfficeError | None = None) -> Answer:
        """One till."""
        till = ask.parts["till"]
        with ask.office.store.read() as reading:
            found = self._fleet.till(reading, till, ask.now)
            if found is None:
                raise NotFound
            facts = {
                "till": found,
                "epochs": reading.epochs(till),
                "terms": terms_of(reading, till),
                "numbers": reading.meta(f"numbers/{till}"),
                "day": _DAY,
            }
        return Page("till.html", facts, 422 if refused else 200, refused)

    def lease(self, ask: Ask) -> Answer:
        """What it may do unseen."""
        till = ask.parts["till"]
        try:
            terms = LeaseTerms(
                seconds=whole(ask.text("days")) * _DAY,
                money=money(ask.text("money"), ask.figures.utility.digits),
                clock_tolerance_s=whole(ask.text("clock")) * 60,
            )
            with acting(ask, UserAction.SUPPLY, till) as intake:
                set_terms(intake, till, terms, ask.now)
        except OfficeError as error:
            return self.till(ask, error)
        return Redirect(f"/office/tills/{till}", Notice("lease_set", {"till": till}))

    def numbers(self, ask: Ask) -> Answer:
        """One more block of account numbers."""
        till = ask.parts["till"]
        try:
            with acting(ask, UserAction.SUPPLY, till) as intake:
                first, count = grants.allot_more_numbers(intake, till)
        except OfficeError as error:
            return self.till(ask, error)
        told = {"till": till, "first": f"{first:010d}", "last": f"{first + count - 1:010d}"}
        return Redirect(f"/office/tills/{till}", Notice("numbers_allotted", told))

    def again(self, ask: Ask) -> Answer:
        """A one-time code for a till whose disk was lost, restored or copied."""
        till = ask.parts["till"]
        try:
            with acting(ask, UserAction.TILLS, till) as intake:
                code = code_for_till_again(ask.office, intake.writing, till, hours=_CODE_HOURS)
        except OfficeError as error:
            return self.till(ask, error)
        told = {"name": till, "until": ask.figures.at(code.expires)}
        return Redirect(f"/office/tills/{till}", Notice("till_code_again", told, secret=code.text))

    def revoke(self, ask: Ask) -> Answer:
        """Out of use."""
        till = ask.parts["till"]
        try:
            with acting(ask, UserAction.TILLS, till) as intake:
                grants.revoke(intake, till, ask.text("reason"))
        except OfficeError as error:
            return self.till(ask, error)
        return Redirect(f"/office/tills/{till}", Notice("till_revoked", {"till": till}))
