"""What a page changes at the office: one transaction, which begins with who did it."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.users import UserAction
from syncserver.ingest.intake import Intake
from syncserver.office.users import note_act
from syncserver.web.ask import Ask


@contextmanager
def acting(ask: Ask, action: UserAction, subject: str) -> Iterator[Intake]:
    """The office's entries, after one that names the user. When anything is raised, none of them are written."""
    with ask.office.change() as intake:
        note_act(intake, ask.signed_in.user, action, subject)
        yield intake
