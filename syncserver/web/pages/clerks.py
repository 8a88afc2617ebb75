"""Clerks: who works at the tills."""

from common.clerks import Role
from common.users import UserAction
from syncserver.office.clerks import add_clerk, change_clerk, clerks, retire_clerk, set_pin
from syncserver.office.errors import OfficeError
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, NotFound, Notice, Page, Redirect, Route
from syncserver.web.fields import chosen


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("GET", "/clerks", show),
        Route("POST", "/clerks", add, UserAction.STAFF),
        Route("GET", "/clerks/{clerk}", clerk),
        Route("POST", "/clerks/{clerk}", change, UserAction.STAFF),
        Route("POST", "/clerks/{clerk}/pin", pin, UserAction.STAFF),
        Route("POST", "/clerks/{clerk}/retire", retire, UserAction.STAFF),
    ]


def show(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """All clerks, and the form for a new one."""
    with ask.office.store.read() as reading:
        found = sorted(clerks(reading).values(), key=lambda one: (not one.active, one.branch, one.clerk))
        branches = sorted({row.branch for row in reading.writers() if row.branch})
    typed = {name: ask.text(name) for name in ("clerk", "name", "branch")} | {"roles": ask.every("role")}
    facts = {"clerks": found, "branches": branches, "roles": list(Role), "typed": typed}
    return Page("clerks.html", facts, 422 if refused else 200, refused)


def add(ask: Ask) -> Answer:
    """Let somebody work at a branch's tills."""
    name = ask.text("clerk")
    try:
        with acting(ask, UserAction.STAFF, name) as intake:
            roles = chosen(Role, ask.every("role"))
            add_clerk(intake, name, name=ask.text("name"), branch=ask.text("branch"), roles=roles, pin=ask.text("pin"))
    except OfficeError as error:
        return show(ask, error)
    return Redirect("/office/clerks", Notice("clerk_added", {"clerk": name, "branch": ask.text("branch")}))


def clerk(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """One clerk."""
    with ask.office.store.read() as reading:
        found = clerks(reading).get(ask.parts["clerk"])
        branches = sorted({row.branch for row in reading.writers() if row.branch})
    if found is None:
        raise NotFound
    facts = {"clerk": found, "branches": branches, "roles": list(Role)}
    return Page("clerk.html", facts, 422 if refused else 200, refused)


def change(ask: Ask) -> Answer:
    """Another name, branch or roles. A retired clerk works again."""
    name = ask.parts["clerk"]
    try:
        with acting(ask, UserAction.STAFF, name) as intake:
            roles = chosen(Role, ask.every("role"))
            change_clerk(intake, name, name=ask.text("name"), branch=ask.text("branch"), roles=roles)
    except OfficeError as error:
        return clerk(ask, error)
    return Redirect(f"/office/clerks/{name}", Notice("clerk_changed", {"clerk": name}))


def pin(ask: Ask) -> Answer:
    """Another PIN, which is not locked."""
    name = ask.parts["clerk"]
    try:
        with acting(ask, UserAction.STAFF, name) as intake:
            set_pin(intake, name, ask.text("pin"))
    except OfficeError as error:
        return clerk(ask, error)
    return Redirect(f"/office/clerks/{name}", Notice("clerk_pin", {"clerk": name}))


def retire(ask: Ask) -> Answer:
    """Works no more."""
    name = ask.parts["clerk"]
    try:
        with acting(ask, UserAction.STAFF, name) as intake:
            retire_clerk(intake, name)
    except OfficeError as error:
        return clerk(ask, error)
    return Redirect(f"/office/clerks/{name}", Notice("clerk_retired", {"clerk": name}))
