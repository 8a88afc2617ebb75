"""Who pays for an account and how it buys, as it was opened and put right since."""

import msgspec
from msgspec import Struct

from common.account.facts import AccountFacts
from common.account.meters import line_of_transfers


class Details(Struct, frozen=True, kw_only=True):
    """What is kept of an account besides its meter's number and its cards.

    Attributes:
        limit: the most credit that its meter takes at once.
        model: the meter's; "" where nobody said.
    """

    account: str
    name: str
    tariff_class: str
    limit: int
    model: str
    phone: str
    address: str
    note: str


def details(facts: AccountFacts) -> Details | None:
    """The account's details; None before it is opened."""
    if facts.opened is None:
        return None
    found = msgspec.structs.asdict(facts.opened.body) | {name: word.value for name, word in facts.amended.items()}
    changes = line_of_transfers(facts)
    if changes:
        last, word = changes[-1], facts.amended.get("limit")
        found["model"] = last.model
        if word is None or word.order < (last.hlc, last.writer):
            found["limit"] = last.limit
    return msgspec.convert({name: found[name] for name in Details.__struct_fields__}, Details)
