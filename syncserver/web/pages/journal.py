"""The journals: every entry of every writer, and its proof on the spot."""

from common.entries import OFFICE
from syncserver.web.ask import Answer, Ask, NotFound, Page, Route
from syncserver.web.fields import whole
from syncserver.web.proof import Prover, hash_before
from syncserver.web.telling import members, name_of, told

_A_PAGE = 50
_AT_ONCE = 10_000
"""Entries that are verified for one click: about a second."""


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("GET", "/journal", show),
        Route("GET", "/journal/{writer}/{epoch:\\d{1,15}}", journal),
        Route("GET", "/journal/{writer}/{epoch:\\d{1,15}}/{seq:\\d{1,15}}", entry),
        Route("POST", "/journal/{writer}/{epoch:\\d{1,15}}/verify", verify, is_slow=True),
    ]


def show(ask: Ask) -> Answer:
    """All journals."""
    with ask.office.store.read() as reading:
        rows = sorted(reading.writers(), key=lambda row: (row.id != OFFICE, row.id, row.epoch))
        beside = len(reading.forks())
    return Page("journals.html", {"rows": rows, "beside": beside})


def journal(ask: Ask) -> Answer:
    """A page of a journal, each entry checked."""
    writer, epoch = ask.parts["writer"], int(ask.parts["epoch"])
    first = max(1, whole(ask.asked("from"), 1))
    with ask.office.store.read() as reading:
        row = reading.writer(writer, epoch)
        if row is None:
            raise NotFound
        found = reading.journal_page(writer, epoch, first, _A_PAGE)
        proofs = Prover(reading).prove_run(found, hash_before(reading, writer, epoch, first))
    events = [
        (
            proof,
            name_of(proof.stored.type, ask.figures),
            "" if proof.inner is None else told(proof.inner.body, ask.figures),
        )
        for proof in proofs
    ]
    facts = {"row": row, "events": events, "first": first, "a_page": _A_PAGE}
    return Page("journal.html", facts)


def entry(ask: Ask) -> Answer:
    """One entry: what it says, its bytes, and what proves it."""
    writer, epoch, seq = ask.parts["writer"], int(ask.parts["epoch"]), int(ask.parts["seq"])
    with ask.office.store.read() as reading:
        stored, row = reading.entry(writer, epoch, seq), reading.writer(writer, epoch)
        if stored is None or row is None:
            raise NotFound
        proof = Prover(reading).prove(stored, hash_before(reading, writer, epoch, seq))
    facts = {
        "row": row,
        "proof": proof,
        "name": name_of(stored.type, ask.figures),
        "members": [] if proof.entry is None else members(stored.raw),
        "line": stored.line.decode("utf-8", "replace").rstrip("\n"),
    }
    return Page("entry.html", facts)


def verify(ask: Ask) -> Answer:
    """Every hash, link and signature of a part of a journal."""
    writer, epoch = ask.parts["writer"], int(ask.parts["epoch"])
    first = max(1, whole(ask.text("from"), 1))
    with ask.office.store.read() as reading:
        row = reading.writer(writer, epoch)
        if row is None:
            raise NotFound
        found = reading.journal_page(writer, epoch, first, _AT_ONCE)
        proofs = Prover(reading).prove_run(found, hash_before(reading, writer, epoch, first))
    bad = next((proof.stored.seq for proof in proofs if not proof.holds), None)
    last = proofs[-1].stored.seq if proofs else first - 1
    gap = any(stored.seq != place for place, stored in enumerate(found, first))
    cut = last == row.seq and (found[-1].hash if found else row.hash) != row.hash
    facts = {
        "row": row,
        "first": first,
        "last": last,
        "bad": bad,
        "gap": gap or cut or (bad is None and not found and row.seq >= first),
    }
    return Page("verified.html", facts)
