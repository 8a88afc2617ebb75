"""Who pays for an account and how it buys, as it was opened and put right since."""

import msgspec
from msgspec import Struct

from common.account.facts import AccountFacts


class Details(Struct, frozen=True, kw_only=True):
    """What is kept of an account besides its meter and cards. `limit`: the most watt-hours in one credit."""

    account: str
    name: str
    tariff_class: str
    limit: int
    phone: str
    address: str
    note: str


def details(facts: AccountFacts) -> Details | None:
    """The account's details; None before it is opened."""
    if facts.opened is None:
        return None
    opened = msgspec.structs.asdict(facts.opened.body)
    amended = {member: word.value for member, word in facts.amended.items()}
    return msgspec.convert({name: (opened | amended)[name] for name in Details.__struct_fields__}, Details)
