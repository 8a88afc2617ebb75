"""Puts the pages together."""

from aiohttp import web

from syncserver.bundle.take import Take
from syncserver.office.contacts import Contacts
from syncserver.office.office import Office
from syncserver.web.board import Boards
from syncserver.web.desk import FrontDesk
from syncserver.web.fleet import Fleet
from syncserver.web.pages import accounts, alerts, cards, cases, clerks, journal, receipts, reports, tariffs, users
from syncserver.web.pages.sign_in import SignIn
from syncserver.web.pages.sticks import Sticks
from syncserver.web.pages.tills import Tills
from syncserver.web.pages.today import Today
from syncserver.web.site import PREFIX, Site

_PAGES = (accounts, alerts, cards, cases, clerks, journal, receipts, reports, tariffs, users)


def add_pages(app: web.Application, office: Office, contacts: Contacts, take: Take) -> None:
    """Let the application serve the pages too.

    Args:
        take: takes a till's batch as the server does one that comes over the line.
    """
    fleet = Fleet(contacts)
    with_state = (SignIn(office.store), Today(Boards(office, fleet, contacts)), Tills(fleet), Sticks(take))
    routes = [route for page in with_state for route in page.routes()]
    routes += [route for page in _PAGES for route in page.routes()]
    app.add_subapp(PREFIX, Site(FrontDesk(office), routes).application())
    app.router.add_get("/", _front)


async def _front(_: web.Request) -> web.StreamResponse:
    return web.Response(status=303, headers={"Location": f"{PREFIX}/"})
