"""Enrolment codes: half a secret that is not kept, half the certificate that the till checks."""

import secrets
from datetime import datetime, timedelta

from msgspec import Struct

from common.enrolment import make_code
from syncserver.office import grants
from syncserver.office.office import Office
from syncserver.store import Writing

_SECRET_BYTES = 10


class NewCode(Struct, frozen=True):
    """A code, told once, and until when it holds."""

    text: str
    expires: datetime


def code_for_new_till(
    office: Office, writing: Writing, *, branch: str, name: str, hours: int, again: str | None = None
) -> NewCode:
    """A code that enrols a till of this name at a branch.

    Raises:
        OfficeError: see grants.add_code.
    """
    code, made = _made(office, hours)
    grants.add_code(writing, code, branch=branch, name=name, expires=made.expires, again=again)
    return made


def code_for_till_again(office: Office, writing: Writing, till: str, *, hours: int) -> NewCode:
    """A code that enrols a till again, under its next epoch.

    Raises:
        OfficeError: there is no such till.
    """
    code, made = _made(office, hours)
    grants.add_code_again(writing, code, till, made.expires)
    return made


def _made(office: Office, hours: int) -> tuple[bytes, NewCode]:
    code = make_code(secrets.token_bytes(_SECRET_BYTES), office.keys.certificate)
    return code.secret, NewCode(code.text, office.clock() + timedelta(hours=hours))
