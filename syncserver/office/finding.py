"""Finding accounts: by number, name, initials of a Chinese name, meter, telephone, card or receipt.

The terms follow the journals in small steps of their own (`follow`), so that taking entries in costs nothing for it.
"""

from collections.abc import Iterator

from common.account import details, unpack
from common.account.meters import meter_line
from common.progress import Progress, unseen
from syncserver.store import AccountRow, MasterStore, Reading, Term, Writing

_POSITION = "finder"
_STEP = 20_000
"""Entries that are looked through in one transaction: others wait for as long."""

_TYPES = ("account.opened", "account.amended", "transfer.completed", "entry.carried")
_MOST_TERM = 100
_NAME, _PART, _METER, _PHONE = "name", "part", "meter", "phone"
_SHORTEST_DIGITS = 3


def follow(store: MasterStore, told: Progress = unseen) -> None:
    """Bring the terms up to what the journals say.

    Args:
        told: how far it is, of how many entries.
    """
    while True:
        with store.read() as reading:
            after, last = int(reading.meta(_POSITION) or 0), reading.last_position()
            if after >= last:
                return
            upto = min(last, after + _STEP)
            numbers = reading.spoken_of(after, upto, _TYPES)
            terms = [term for row in reading.accounts(numbers).values() for term in _terms(row)]
        with store.write() as writing:
            if int(writing.meta(_POSITION) or 0) == after:  # nobody else has done it meanwhile
                writing.put_terms(numbers, terms)
                writing.set_meta(_POSITION, str(upto))
        told(upto, last)


def renew(writing: Writing) -> None:
    """Forget how far the terms are: they are made anew from the first entry."""
    writing.set_meta(_POSITION, "0")


def find(reading: Reading, words: str, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """Accounts that these words may mean: (term, account) each, from the one after this."""
    asked = _plain(words)
    if asked.isascii() and asked.isdecimal() and not any(after):
        exact = [*reading.accounts([asked]), *reading.account_of_card(asked)]
        if exact:
            return [(asked, number) for number in dict.fromkeys(exact)]
    kinds = [_PART, _METER]
    if len(asked) >= _SHORTEST_DIGITS and asked.isdecimal():
        kinds += [_PHONE]
    found = reading.found(kinds, asked, after, most)
    numbers = [("", row.number) for row in _by_number(reading, asked, most)] if not any(after) else []
    seen: dict[str, tuple[str, str]] = {}
    for term, account in [*numbers, *found]:
        seen.setdefault(account, (term, account))
    return list(seen.values())[:most]


def by_name(reading: Reading, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """All accounts by name: (name, account) each, from the one after this."""
    return reading.found([_NAME], "", after, most)


def _by_number(reading: Reading, digits: str, most: int) -> list[AccountRow]:
    if not (digits.isascii() and digits.isdecimal()):
        return []
    # The number itself, if it is one, was looked for before.
    return [row for row in reading.accounts_page(digits, most) if row.number.startswith(digits)]


def _terms(row: AccountRow) -> Iterator[Term]:
    facts = unpack(row.facts)
    known = details(facts)
    if known is None:
        return
    name = _plain(known.name)
    yield (_NAME, name, row.number)
    for part in _parts(name):
        yield (_PART, part, row.number)
    meter = _plain(next(reversed(meter_line(facts)), ""))
    if meter:
        yield (_METER, meter, row.number)
    phone = "".join(digit for digit in known.phone if digit.isdecimal())
    if phone:
        yield (_PHONE, phone, row.number)
        yield (_PHONE, phone[-4:], row.number)


def _parts(name: str) -> set[str]:
    """What a name may be asked by: from each of its words or Chinese characters on, and its initials."""
    # Imported here: its tables take as long as all else that a command needs together.
    from pypinyin import Style, lazy_pinyin

    starts = {place for place in range(len(name)) if place == 0 or not name[place].isascii() or name[place - 1] == " "}
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    return {name[place:] for place in starts if name[place:].strip()} | ({initials} if initials else set())


def _plain(text: str) -> str:
    return " ".join(text.lower().split())[:_MOST_TERM]
