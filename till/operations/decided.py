"""What the office decided of late for this branch, read back from its journal as the feed brought it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from msgspec import Struct

from common.chain import SignedEntry
from common.clerks import Action
from common.entries import DecisionWithdrawn, RuleDecision
from till.operations.clerks import authorize
from till.operations.desk import Desk

_CHUNK = 256
_LOOKED_AT = 20_000
"""Entries of the office, from the latest backwards; what is older is for its reports."""


class Decided(Struct, frozen=True, kw_only=True):
    """A decision that is in force. `kind`: its entry's type, such as `makeup.owed`."""

    at: datetime
    kind: str
    rule: str
    account: str


def decided(desk: Desk, most: int) -> list[Decided]:
    """The office's latest decisions that were not withdrawn, the latest first.

    Raises:
        NotAllowed, NobodySignedIn: see there.
    """
    authorize(desk, Action.LOOK)
    spoken: set[str] = set()
    found: list[Decided] = []
    for signed in islice(_backwards(desk), _LOOKED_AT):
        body = signed.entry.body
        if not isinstance(body, DecisionWithdrawn | RuleDecision) or body.key in spoken:
            continue
        spoken.add(body.key)  # of several words about one decision the latest holds
        if isinstance(body, RuleDecision):
            kind = str(type(body).__struct_config__.tag)
            found.append(Decided(at=signed.entry.at, kind=kind, rule=body.rule, account=body.account))
            if len(found) == most:
                break
    return found


def _backwards(desk: Desk) -> Iterator[SignedEntry]:
    office = desk.store.setting("office", tuple[str, int, str])
    if office is None:
        return
    writer, epoch, _ = office
    last = desk.store.last_seq(writer, epoch)
    while last > 0:
        after = max(0, last - _CHUNK)
        yield from reversed(list(desk.store.entries(writer, epoch, after=after, limit=last - after)))
        last = after
