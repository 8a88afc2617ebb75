"""Accounts: found, and one account's whole life across all tills."""

from dataclasses import dataclass
from itertools import islice

from common.account import CardState, details, standing, unpack
from common.account.meters import meter_line
from syncserver.office.finding import by_name, find
from syncserver.store import AccountRow, Reading
from syncserver.web.ask import Answer, Ask, NotFound, Page, Route
from syncserver.web.fields import whole
from syncserver.web.proof import Prover
from syncserver.web.telling import name_of, told

_A_PAGE = 50


@dataclass(frozen=True)
class Line:
    """An account in a list. `term`: what it was found by, from where the next page goes on."""

    number: str
    name: str
    meter: str
    phone: str
    branch: str
    frozen: bool
    term: str


def routes() -> list[Route]:
    """The addresses."""
    return [Route("GET", "/accounts", show), Route("GET", "/accounts/{number}", one)]


def show(ask: Ask) -> Answer:
    """Accounts that words may mean; without words all, by number or by name."""
    words, order = ask.asked("q"), "name" if ask.asked("order") == "name" else "number"
    after = (ask.asked("term"), ask.asked("after"))
    with ask.office.store.read() as reading:
        if words:
            found = find(reading, words, after, _A_PAGE + 1)
        elif order == "name":
            found = by_name(reading, after, _A_PAGE + 1)
        else:
            found = [("", row.number) for row in reading.accounts_page(after[1], _A_PAGE + 1)]
        rows = reading.accounts(number for _, number in found)
        lines = [_line(rows[number], term) for term, number in found[:_A_PAGE] if number in rows]
    more = len(found) > _A_PAGE
    return Page("accounts.html", {"lines": lines, "words": words, "order": order, "next": lines[-1] if more else None})


def one(ask: Ask) -> Answer:
    """How an account stands, and every entry about it, the latest first, each with its proof."""
    number = ask.parts["number"]
    with ask.office.store.read() as reading:
        row = reading.accounts([number]).get(number)
        if row is None:
            raise NotFound
        begin = whole(ask.asked("from")) or row.last
        entries = list(islice(reading.back_from(_of_account(reading, number, begin)), _A_PAGE + 1))
        prover = Prover(reading)
        proofs = [prover.prove(stored) for stored in entries[:_A_PAGE]]
        decisions = reading.decisions_about(number)
    facts = unpack(row.facts)
    events = [
        (
            proof,
            name_of(proof.stored.type, ask.figures),
            "" if proof.inner is None else told(proof.inner.body, ask.figures),
        )
        for proof in proofs
    ]
    return Page(
        "account.html",
        {
            "number": number,
            "known": details(facts),
            "stands": standing(facts),
            "frozen": facts.frozen,
            "row": row,
            "events": events,
            "older": entries[_A_PAGE].position if len(entries) > _A_PAGE else 0,
            "is_first": begin == row.last,
            "cases": [decision for decision in decisions if decision.type == "case.opened"],
            "states": CardState,
        },
    )


def _of_account(reading: Reading, number: str, position: int) -> int:
    """The position, if the entry there is about this account: an address can be typed."""
    stored = next(reading.back_from(position), None) if 0 < position <= reading.last_position() else None
    if stored is None or stored.account != number:
        raise NotFound
    return position


def _line(row: AccountRow, term: str) -> Line:
    facts = unpack(row.facts)
    known = details(facts)
    return Line(
        number=row.number,
        name="" if known is None else known.name,
        meter=next(reversed(meter_line(facts)), ""),
        phone="" if known is None else known.phone,
        branch=row.branch,
        frozen=facts.frozen is not None,
        term=term,
    )
