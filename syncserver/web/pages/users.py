"""Users of these pages."""

from common.users import UserAction, UserRole
from syncserver.office.errors import OfficeError
from syncserver.office.users import add_user, change_user, retire_user, set_password, users
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, NotFound, Notice, Page, Redirect, Route
from syncserver.web.fields import chosen


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("GET", "/users", show, UserAction.USERS),
        Route("POST", "/users", add, UserAction.USERS, is_slow=True),
        Route("GET", "/users/{user}", user, UserAction.USERS),
        Route("POST", "/users/{user}", change, UserAction.USERS),
        Route("POST", "/users/{user}/password", password, UserAction.USERS, is_slow=True),
        Route("POST", "/users/{user}/retire", retire, UserAction.USERS),
    ]


def show(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """All users, and the form for a new one."""
    with ask.office.store.read() as reading:
        found = sorted(users(reading).values(), key=lambda one: (not one.active, one.user))
    typed = {name: ask.text(name) for name in ("user", "name")} | {"roles": ask.every("role")}
    facts = {"users": found, "roles": list(UserRole), "typed": typed}
    return Page("users.html", facts, 422 if refused else 200, refused)


def add(ask: Ask) -> Answer:
    """Let somebody use the pages."""
    name = ask.text("user")
    try:
        with acting(ask, UserAction.USERS, name) as intake:
            roles = chosen(UserRole, ask.every("role"))
            add_user(intake, name, name=ask.text("name"), roles=roles, password="".join(ask.every("password")[:1]))
    except OfficeError as error:
        return show(ask, error)
    return Redirect("/office/users", Notice("user_added", {"user": name}))


def user(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """One user."""
    with ask.office.store.read() as reading:
        found = users(reading).get(ask.parts["user"])
    if found is None:
        raise NotFound
    return Page("user.html", {"one": found, "roles": list(UserRole)}, 422 if refused else 200, refused)


def change(ask: Ask) -> Answer:
    """Another full name or other roles. A retired user may sign in again."""
    name = ask.parts["user"]
    try:
        with acting(ask, UserAction.USERS, name) as intake:
            change_user(intake, name, name=ask.text("name"), roles=chosen(UserRole, ask.every("role")))
    except OfficeError as error:
        return user(ask, error)
    return Redirect(f"/office/users/{name}", Notice("user_changed", {"user": name}))


def password(ask: Ask) -> Answer:
    """Another password."""
    name = ask.parts["user"]
    try:
        with acting(ask, UserAction.USERS, name) as intake:
            set_password(intake, name, "".join(ask.every("password")[:1]))
    except OfficeError as error:
        return user(ask, error)
    return Redirect(f"/office/users/{name}", Notice("user_password", {"user": name}))


def retire(ask: Ask) -> Answer:
    """Signs in no more."""
    name = ask.parts["user"]
    try:
        with acting(ask, UserAction.USERS, name) as intake:
            retire_user(intake, name)
    except OfficeError as error:
        return user(ask, error)
    return Redirect(f"/office/users/{name}", Notice("user_retired", {"user": name}))
