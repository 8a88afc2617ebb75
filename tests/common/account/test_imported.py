"""What an account brings along from an old system: its sums count once, whatever comes first and however often."""

from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.account import (
    AccountFacts,
    fold,
    latest_purchases,
    pack,
    past_of,
    standing,
    touches_history,
    unpack,
    year_energy,
)
from common.chain import Head, SignedEntry, append
from common.clock import Hlc
from common.entries import AccountImported, AccountOpened, AnyBody, ImportedCard, ImportedPurchase, PurchasesImported
from common.reports.line import all_lines, imported_lines
from common.units import CreditUnit

START = datetime(2016, 11, 25, tzinfo=UTC)
NAMES = ("import-a", "import-b")
KEYS = {name: Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32)) for name in NAMES}
OPENED = AccountOpened(account="A1", name="李四", meter="M1", tariff_class="residential", limit=3_000_000, clerk="boss")


@st.composite
def purchases(draw: st.DrawFn) -> list[ImportedPurchase]:
    """Of ten years, in the order of time; some put one right."""
    found = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        credit = draw(st.integers(-500, 5_000)) * 1_000
        at = START + timedelta(days=number * 30)
        found.append(ImportedPurchase(at, number, credit, credit // 20, at.year, "wang", "cash", "residential", ""))
    return found


def over(count: int) -> AccountImported:
    return AccountImported(
        account="A1", source="old", number="1", since="", meter="M1", unit=CreditUnit.ENERGY, count=count, taken=count,
        through=None, issue=1, cards=[ImportedCard(serial="0" * 16, issue=1)], waiting=None, waiting_number=0,
    )  # fmt: skip


def journal(writer: str, bodies: list[AnyBody]) -> list[SignedEntry]:
    head, signed = Head.empty(writer, 1), []
    for number, body in enumerate(bodies):
        signed.append(append(KEYS[writer], head, body, at=START, hlc=Hlc(number + 1, 0)))
        head = signed[-1].head
    return signed


def in_parts(found: list[ImportedPurchase], size: int) -> list[AnyBody]:
    parts = [(start + 1, found[start : start + size]) for start in range(0, len(found), size)]
    return [
        PurchasesImported(account="A1", meter="M1", unit=CreditUnit.ENERGY, first=first, purchases=part)
        for first, part in parts
    ]


@settings(max_examples=100, deadline=None)
@given(purchases(), st.integers(1, 5), st.data())
def test_sums_are_those_of_the_purchases_in_any_order_and_however_often(
    found: list[ImportedPurchase], size: int, data: st.DataObject
) -> None:
    bodies = [OPENED, *in_parts(found, size), over(len(found))]
    once = journal("import-a", bodies)
    # An office that lost its disk made the import again; tills hand back what they had heard of the first.
    twice = [*once, *journal("import-b", bodies)]
    shuffled = data.draw(st.permutations(twice))
    facts = fold(AccountFacts.new("A1"), once)
    again = fold(AccountFacts.new("A1"), shuffled)
    assert again.imported == facts.imported
    assert fold(AccountFacts.new("A1"), [*twice, *shuffled]) == again
    past = past_of(facts)
    assert (past.energy, past.money) == (sum(one.credit for one in found), sum(one.amount for one in found))
    assert sum(past.years.values()) == past.energy
    assert past.vends == sum(one.amount >= 0 for one in found)
    for year in {one.year for one in found}:
        assert year_energy(facts, year) == sum(one.credit for one in found if one.year == year)
    books = standing(facts).books
    assert books.conserved
    assert books.energy.sold == books.energy.taken == past.energy
    assert [one.count for one in latest_purchases(facts)] == [one.count for one in found[:-6:-1]]
    assert unpack(pack(facts)) == facts


@given(purchases())
def test_each_purchase_is_a_line_once_and_the_account_alone_has_none(found: list[ImportedPurchase]) -> None:
    entries = journal("import-a", [OPENED, *in_parts(found, 4), over(len(found))])
    lines = [line for signed in entries for line in imported_lines(signed.entry)]
    assert [(line.energy, line.amount, line.at) for line in lines] == [
        (one.credit, one.amount, one.at.isoformat()) for one in found
    ]
    assert len({line.job for line in lines}) == len(found)
    assert all((line.kind == "reversal") == (line.amount < 0) for line in lines)
    assert all_lines(fold(AccountFacts.new("A1"), entries), {}) == []


def test_a_purchase_that_waits_is_a_line_and_a_credit_on_the_card() -> None:
    last = ImportedPurchase(START, 7, 5_000, 250, 2016, "wang", "cash", "residential", "R7")
    waiting = msgspec.structs.replace(over(7), taken=6, waiting=last, waiting_number=9)
    entries = journal("import-a", [OPENED, waiting])
    (line,) = [line for signed in entries for line in imported_lines(signed.entry)]
    assert (line.job, line.receipt, line.energy) == ("import-a/A1/9", "R7", 5_000)
    facts = fold(AccountFacts.new("A1"), entries)
    view = standing(facts)
    assert (view.books.energy.on_cards, view.last_count, view.meter_count) == (5_000, 7, 6)
    assert all_lines(facts, {}) == []
    assert not touches_history(facts, entries[-1].entry)
