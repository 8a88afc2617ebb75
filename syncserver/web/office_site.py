"""Puts the pages together."""

from aiohttp import web

from syncserver.office.contacts import Contacts
from syncserver.office.office import Office
from syncserver.web.board import Boards
from syncserver.web.desk import FrontDesk
from syncserver.web.fleet import Fleet
from syncserver.web.pages.sign_in import SignIn
from syncserver.web.pages.today import Today
from syncserver.web.site import PREFIX, Site


def add_pages(app: web.Application, office: Office, contacts: Contacts) -> None:
    """Let the application serve the pages too."""
    fleet = Fleet(contacts)
    routes = [*SignIn().routes(), *Today(Boards(office.store), fleet).routes()]
    app.add_subapp(PREFIX, Site(FrontDesk(office), routes).application())
    app.router.add_get("/", _front)


async def _front(_: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther(f"{PREFIX}/")
