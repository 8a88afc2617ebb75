"""Every page of the web office, looked at many times by somebody who is signed in."""

from collections.abc import Iterator

from common.clerks import Role
from common.users import UserRole
from syncserver.office.clerks import add_clerk
from syncserver.office.office import Office
from syncserver.office.users import add_user
from syncserver.store import DecisionState
from tests.benchmarks.pages import PASSWORD, Visitor
from tests.scale.plan import Plan

PATIENCE_S = 60.0
"""A page that would take longer than this for all looks is looked at less often; the figures say how often."""


def prepare(office: Office) -> None:
    """Somebody who looks, and a clerk to look at."""
    with office.store.read() as reading:
        if reading.meta("scale/pages"):
            return
    with office.change() as intake:
        add_user(intake, "admin", name="Admin", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)
        add_clerk(intake, "wang", name="Wang", branch="branch-000", roles=[Role.CLERK], pin="73591846")
        intake.writing.set_meta("scale/pages", "1")


def addresses(office: Office, plan: Plan) -> dict[str, str]:
    """Addresses to look at, each with the route that answers it."""
    middle = f"{plan.tills // 2 or 1:04d}"
    till, journal = f"till-{middle}", f"/journal/till-{middle}/1"
    account = f"{int(middle) * 100_000:010d}"
    seq = 3 * (plan.accounts // plan.tills) + 2
    with office.store.read() as reading:
        cases = reading.decisions_page(DecisionState.OPEN.value, ("", ""), 1)
    case = {f"/cases/{cases[0].key}": "/cases/{key}"} if cases else {}
    entries = "/journal/{writer}/{epoch}"
    return {
        "/sign-in": "/sign-in",
        "/password": "/password",
        "/today": "/today",
        "/accounts": "/accounts",
        f"/accounts?after={account}": "/accounts",
        "/accounts?order=name": "/accounts",
        f"/accounts?q={account}": "/accounts",
        f"/accounts?q=M{account[:7]}": "/accounts",
        f"/accounts/{account}": "/accounts/{number}",
        "/cases": "/cases",
        **case,
        **dict.fromkeys(_reports(account), "/reports"),
        "/receipts": "/receipts",
        f"/receipts?paper={till}-00000001": "/receipts",
        "/tariffs": "/tariffs",
        "/tariffs/draft": "/tariffs/draft",
        "/tariffs/version/zhejiang-2026": "/tariffs/version/{name}",
        "/tills": "/tills",
        f"/tills/{till}": "/tills/{till}",
        "/clerks": "/clerks",
        "/clerks/wang": "/clerks/{clerk}",
        "/cards": "/cards",
        "/sticks": "/sticks",
        "/journal": "/journal",
        journal: entries,
        f"{journal}?from={seq}": entries,
        f"{journal}/{seq}": f"{entries}/{{seq}}",
        "/users": "/users",
        "/users/admin": "/users/{user}",
        "/alerts": "/alerts",
    }


def _reports(account: str) -> Iterator[str]:
    yield "/reports"
    yield "/reports?by=branch"
    yield "/reports?branch=branch-000"
    yield "/reports?clerk=wang"
    for name in ("receipts", "shifts", "arrears", "makeups", "closed", "stock"):
        yield f"/reports?report={name}&branch=branch-000"
    yield f"/reports?report=statement&account={account}"
    for name in ("arrears", "makeups", "closed", "stock"):  # of all branches; the register would be too long
        yield f"/reports?report={name}"


def look(visitor: Visitor, path: str, times: int) -> list[float]:
    """Milliseconds of so many looks at a page, after one that is not counted, and no longer than PATIENCE_S."""
    first = visitor.look(f"/office{path}")
    found: list[float] = []
    while len(found) < times and (not found or sum(found) + first < PATIENCE_S * 1_000):
        found.append(visitor.look(f"/office{path}"))
    return found
