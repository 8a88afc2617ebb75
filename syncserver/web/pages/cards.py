"""Blank cards: how many each branch was given, and more."""

from common.users import UserAction
from syncserver.office.errors import OfficeError
from syncserver.office.stock import hand_out
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, Notice, Page, Redirect, Route
from syncserver.web.fields import whole


def routes() -> list[Route]:
    """The addresses."""
    return [Route("GET", "/cards", show), Route("POST", "/cards", allot, UserAction.SUPPLY)]


def show(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """The page."""
    with ask.office.store.read() as reading:
        allotted = reading.count_allotted()
        branches = sorted({row.branch for row in reading.writers() if row.branch} | set(allotted))
    typed = {name: ask.text(name) for name in ("branch", "count", "serials")}
    facts = {"allotted": allotted, "branches": branches, "typed": typed}
    return Page("cards.html", facts, 422 if refused else 200, refused)


def allot(ask: Ask) -> Answer:
    """Give cards to a branch; its tills hear their keys with the feed."""
    branch = ask.text("branch")
    try:
        serials, count = ask.text("serials").replace(",", " ").split(), whole(ask.text("count"))
        with acting(ask, UserAction.SUPPLY, branch) as intake:
            given = hand_out(intake, ask.office.keys.card_master, branch, serials=serials, count=count)
    except OfficeError as error:
        return show(ask, error)
    told = {"count": len(given), "branch": branch, "first": given[0], "last": given[-1]}
    return Redirect("/office/cards", Notice("cards_allotted", told))
