"""Cases: what the rules did, what is asked of a person, and what a person decided."""

from common.entries import Option
from common.users import UserAction
from syncserver.office.alerts import opened_at
from syncserver.office.cases import WITH_MONEY, case, cases_page, decide
from syncserver.office.errors import OfficeError
from syncserver.store import DecisionState
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, NotFound, Notice, Page, Redirect, Route
from syncserver.web.fields import chosen, money

_A_PAGE = 50
_STATES = (DecisionState.OPEN, DecisionState.DECIDED, DecisionState.REPORTED)

SAFE = (Option.NOTE, Option.KEEP_BLOCKED)
"""What may be decided for many cases at once: it changes nothing for anybody."""


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("GET", "/cases", show),
        Route("POST", "/cases", decide_many, UserAction.DECIDE),
        Route("GET", "/cases/{key:.+}", one),
        Route("POST", "/cases/{key:.+}", decide_one, UserAction.DECIDE),
    ]


def show(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """The cases that stand in one way, a page at a time."""
    state = (chosen(DecisionState, [ask.asked("state", "open")]) or [DecisionState.OPEN])[0]
    if state not in _STATES:
        raise NotFound
    after = (ask.asked("account"), ask.asked("key"))
    with ask.office.store.read() as reading:
        found = cases_page(reading, state, after, _A_PAGE + 1)
    rows = found[:_A_PAGE]
    facts = {
        "state": state,
        "states": _STATES,
        "cases": rows,
        "next": rows[-1].case if len(found) > _A_PAGE else None,
        "safe": SAFE,
        "typed": ask.text("reason"),
    }
    return Page("cases.html", facts, 422 if refused else 200, refused)


def decide_many(ask: Ask) -> Answer:
    """Take note of many at once; all of them or none."""
    keys, options = ask.every("key"), chosen(Option, [ask.text("option")])
    try:
        if not keys or not options or options[0] not in SAFE:
            raise OfficeError("No case was chosen.", "Choose some, and what to decide.", "none_chosen")
        with acting(ask, UserAction.DECIDE, f"{len(keys)} cases") as intake:
            for key in keys:
                decide(intake, key, options[0], by=ask.signed_in.user, reason=ask.text("reason"))
    except OfficeError as error:
        return show(ask, error)
    return Redirect("/office/cases", Notice("cases_decided", {"count": len(keys)}))


def one(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """One case."""
    with ask.office.store.read() as reading:
        try:
            found = case(reading, ask.parts["key"])
        except OfficeError as error:
            raise NotFound from error
        opened = opened_at(reading, found.case.account, found.case.key)
    typed = {name: ask.text(name) for name in ("option", "reason", "amount")}
    facts = {"found": found, "case": found.case, "opened": opened, "typed": typed}
    return Page("case.html", facts, 422 if refused else 200, refused)


def decide_one(ask: Ask) -> Answer:
    """Decide it; the tills hear of it with the feed."""
    key, options = ask.parts["key"], chosen(Option, [ask.text("option")])
    try:
        if not options:
            raise OfficeError("Nothing was chosen.", "Choose what is to be done.", "nothing_chosen")
        typed = ask.text("amount")
        amount = money(typed, ask.figures.utility.digits) if typed and options[0] in WITH_MONEY else None
        with acting(ask, UserAction.DECIDE, key) as intake:
            decide(intake, key, options[0], by=ask.signed_in.user, reason=ask.text("reason"), amount=amount)
    except OfficeError as error:
        return one(ask, error)
    return Redirect("/office/cases", Notice("case_decided", {"key": key}))
