"""Tariffs: what is in force, drafts, what a draft would change, and publishing it for a date."""

from datetime import datetime

import msgspec

from common.tariff import BadTariff, NoTariff, Tariff, check_tariff, in_force
from common.users import UserAction
from syncserver.office import grants
from syncserver.office.errors import OfficeError
from syncserver.office.tariff_file import PRICE_DIGITS, read_tariff, write_tariff
from syncserver.store import Writing
from syncserver.web.acting import acting
from syncserver.web.ask import Answer, Ask, NotFound, Notice, Page, Redirect, Route
from syncserver.web.comparing import compare
from syncserver.web.fields import moment

_DRAFT = "tariff_draft"


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("GET", "/tariffs", show),
        Route("GET", "/tariffs/draft", draft, UserAction.TARIFFS),
        Route("POST", "/tariffs/draft", keep, UserAction.TARIFFS),
        Route("POST", "/tariffs/publish", publish, UserAction.TARIFFS),
        Route("GET", "/tariffs/version/{name}", one),
    ]


def show(ask: Ask) -> Answer:
    """Every version, the latest first."""
    with ask.office.store.read() as reading:
        found, drafted = reading.tariffs(), reading.meta(_DRAFT)
    now = _in_force(found, ask.now)
    found.sort(key=lambda tariff: (tariff.since, tariff.tariff), reverse=True)
    return Page("tariffs.html", {"tariffs": found, "in_force": now, "has_draft": bool(drafted)})


def one(ask: Ask) -> Answer:
    """One version, beside the one in force."""
    with ask.office.store.read() as reading:
        found = reading.tariffs()
    tariff = next((known for known in found if known.tariff == ask.parts["name"]), None)
    if tariff is None:
        raise NotFound
    now = _in_force(found, ask.now)
    facts = {"tariff": tariff, "in_force": now, "rows": compare(now, tariff), "digits": PRICE_DIGITS}
    return Page("tariff.html", facts)


def draft(ask: Ask, refused: OfficeError | None = None) -> Answer:
    """The draft, and what it would change."""
    with ask.office.store.read() as reading:
        found = reading.tariffs()
        text = ask.text("text") or reading.meta(_DRAFT) or _first_draft(ask, found)
    now = _in_force(found, ask.now)
    tariff, wrong = None, refused
    try:
        tariff = _read(ask, text)
    except OfficeError as error:
        wrong = refused or error
    facts = {
        "text": text,
        "tariff": tariff,
        "in_force": now,
        "rows": [] if tariff is None else compare(now, tariff),
        "digits": PRICE_DIGITS,
        "day": ask.text("day") or ("" if tariff is None else f"{tariff.since.astimezone(ask.figures.zone):%Y-%m-%d}"),
        "clock": ask.text("clock") or "00:00",
    }
    return Page("draft.html", facts, 422 if wrong else 200, wrong)


def keep(ask: Ask) -> Answer:
    """Keep the draft, whatever it says: it is finished another day."""
    with acting(ask, UserAction.TARIFFS, "draft") as intake:
        _keep(intake.writing, ask.text("text"))
    return Redirect("/office/tariffs/draft", Notice("draft_kept"))


def publish(ask: Ask) -> Answer:
    """Publish the draft for a date; the tills hear of it with the feed."""
    try:
        since = moment(ask.text("day"), ask.text("clock"), ask.figures.zone)
        tariff = msgspec.structs.replace(_read(ask, ask.text("text")), since=since)
        if since <= ask.now and ask.text("back") != "yes":
            what = "That date has begun: what was sold since would be judged by this tariff."
            raise OfficeError(what, "Choose a later one, or say that it is meant.", "tariff_begun")
        with acting(ask, UserAction.TARIFFS, tariff.tariff) as intake:
            grants.publish_tariff(intake, tariff)
            _keep(intake.writing, "")
    except OfficeError as error:
        return draft(ask, error)
    told = {"tariff": tariff.tariff, "since": ask.figures.at(tariff.since)}
    return Redirect("/office/tariffs", Notice("tariff_published", told))


def _read(ask: Ask, text: str) -> Tariff:
    tariff = read_tariff(text, ask.figures.utility.digits, ask.words("tariff.draft"))
    try:
        check_tariff(tariff)
    except BadTariff as error:
        what = f"The tariff cannot be published: {error.reason}."
        raise OfficeError(what, "Mend it.", "bad_tariff", reason=error.reason) from error
    return tariff


def _keep(writing: Writing, text: str) -> None:
    writing.set_meta(_DRAFT, text)


def _in_force(tariffs: list[Tariff], now: datetime) -> Tariff | None:
    try:
        return in_force(tariffs, now)
    except NoTariff:
        return None


def _first_draft(ask: Ask, tariffs: list[Tariff]) -> str:
    """The one in force, to be altered; without one an example."""
    now = _in_force(tariffs, ask.now)
    if now is None:
        return _EXAMPLE
    return write_tariff(msgspec.structs.replace(now, tariff=f"{now.tariff}-2"))


_EXAMPLE = """tariff = "2027"
since = 2027-01-01T00:00:00+08:00
vat = "13%"
vat_included = true

[[classes.residential]]
price = "0.538"
up_to = "2760"

[[classes.residential]]
price = "0.588"
up_to = "4800"

[[classes.residential]]
price = "0.838"
"""
