"""When people want to be told."""

from common.entries import AlertsSet
from common.users import UserAction
from syncserver.office.alerts import alerts_set, set_alerts
from syncserver.office.errors import OfficeError
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, Notice, Page, Redirect, Route
from syncserver.web.fields import whole

_LIMITS = ("silent_hours", "lease_hours", "case_days")


def routes() -> list[Route]:
    """The addresses."""
    return [Route("GET", "/alerts", show), Route("POST", "/alerts", set_, UserAction.ALERTS)]


def show(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """The limits."""
    with ask.office.store.read() as reading:
        wanted = alerts_set(reading)
    limits = {name: getattr(wanted, name) for name in _LIMITS}
    return Page("alerts.html", {"limits": limits}, 422 if refused else 200, refused)


def set_(ask: Ask) -> Answer:
    """Other limits."""
    try:
        limits = {name: whole(ask.text(name)) for name in _LIMITS}
        with acting(ask, UserAction.ALERTS, "alerts") as intake:
            set_alerts(intake, AlertsSet(**limits))
    except OfficeError as error:
        return show(ask, error)
    return Redirect("/office/alerts", Notice("alerts_set"))
