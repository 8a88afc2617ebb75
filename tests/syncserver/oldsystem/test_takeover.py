"""How far an account had come in the old system: what its meter has taken, its cards, what it owes."""

from pathlib import Path

import pytest

from common.account import AccountFacts, open_debts, standing, unpack
from common.entries import AccountImported
from syncserver.office.office import Office
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.importing import Outcome
from tests.syncserver.oldsystem.conftest import Importing

MAPPING = """
name = "small"
{more}
[defaults]
branch = "hill"
tariff_class = "residential"
[accounts]
file = "accounts.csv"
[accounts.columns]
account = "account"
name = "name"
opened = "opened"
closed = "closed"
arrears = "arrears"
[meters]
file = "meters.csv"
[meters.columns]
account = "account"
meter = "meter"
count = "count"
used = "used"
left = "left"
removed = "removed"
[cards]
file = "cards.csv"
[cards.columns]
account = "account"
card = "card"
issue = "issue"
lost = "lost"
[purchases]
file = "purchases.csv"
[purchases.columns]
account = "account"
at = "at"
credit = "kwh"
amount = "yuan"
meter = "meter"
{count}
{taken}
"""
THREE = "7,2026-01-05,100,54.00,M1,1,\n7,2026-02-05,200,108.00,M1,2,\n7,2026-03-05,300,162.00,M1,3,\n"


class Small:
    """An account 7 with meter M1, and whatever a test says of it."""

    def __init__(self, folder: Path, office: Office, importing: Importing) -> None:
        self._folder, self._office, self._importing = folder, office, importing

    def taken_over(
        self, purchases: str = THREE, *, account: str = "7,王五,2016-01-02,,", meters: str = "7,M1,,,,",
        cards: str = "", more: str = "", count: str = 'count = "count"', taken: str = 'taken = "taken"',
    ) -> tuple[AccountFacts, AccountImported, Outcome, Findings]:  # fmt: skip
        """Import it. Returns its facts, how it stood, and what the import says."""
        for name, head, rows in (
            ("accounts", "account,name,opened,closed,arrears", account),
            ("meters", "account,meter,count,used,left,removed", meters),
            ("cards", "account,card,issue,lost", cards),
            ("purchases", "account,at,kwh,yuan,meter,count,taken", purchases),
        ):
            (self._folder / f"{name}.csv").write_text(f"{head}\n{rows}\n", encoding="utf-8")
        mapping = self._folder / "small.toml"
        mapping.write_text(MAPPING.format(more=more, count=count, taken=taken), encoding="utf-8")
        outcome, findings = self._importing(mapping)
        assert outcome.unequal == []
        with self._office.store.read() as reading:
            facts = unpack(reading.accounts(["7"])["7"].facts)
        assert facts.takeover is not None
        assert standing(facts).books.conserved
        return facts, facts.takeover.body, outcome, findings


@pytest.fixture
def small(tmp_path: Path, office: Office, importing: Importing) -> Small:
    return Small(tmp_path, office, importing)


def test_nobody_knows_of_the_last_purchase_where_nothing_says_so(small: Small) -> None:
    facts, over, _, _ = small.taken_over(cards="7,11,1,\n7,12,2,")
    assert (over.count, over.taken, over.through, over.waiting_number) == (3, 2, None, 3)
    view = standing(facts)
    assert (view.active, view.books.energy.on_cards, view.books.energy.taken) == ("12".zfill(16), 300_000, 300_000)


@pytest.mark.parametrize(
    ("asked", "taken", "through"),
    [
        ({"purchases": THREE.replace("M1,3,", "M1,3,1")}, 3, None),
        ({"purchases": THREE.replace("M1,3,", "M1,3,0")}, 2, None),
        ({"meters": "7,M1,3,450,150,"}, 3, 600_000),
        ({"meters": "7,M1,2,250,50,"}, 2, 300_000),
        ({"meters": "7,M1,2,250,50,", "purchases": THREE.replace("M1,3,", "M1,3,1")}, 3, 600_000),
        ({"more": "settled_days = 20", "purchases": f"{THREE}8,2026-03-20,1,0.54,,1,"}, 2, None),
        ({"more": "settled_days = 20", "account": "7,王五,,,\n8,李四,,,", "meters": "7,M1,,,,\n8,M2,,,,",
          "purchases": f"{THREE}8,2026-03-30,1,0.54,M2,1,"}, 3, None),
    ],
)  # fmt: skip
def test_what_the_meter_is_held_to_have_taken(
    small: Small, asked: dict[str, str], taken: int, through: int | None
) -> None:
    _, over, _, _ = small.taken_over(**asked)  # type: ignore[arg-type]
    assert (over.count, over.taken, over.through) == (3, taken, through)
    assert (over.waiting is None) == (taken == 3)


def test_a_meter_that_counted_further_is_right(small: Small) -> None:
    _, over, _, findings = small.taken_over(meters="7,M1,5,900,100,")
    assert (over.count, over.taken, over.through) == (5, 5, 1_000_000)
    assert findings.noticed["meters", "not_meter_count"] == 1


def test_purchases_without_counts_are_counted(small: Small) -> None:
    """What was put right does not count: the meter never saw it."""
    undone = "7,2026-03-06,-300,-162.00,M1,,\n7,2026-03-07,50,27.00,M1,,"
    _, over, _, _ = small.taken_over(f"{THREE}{undone}", count="")
    assert (over.count, over.taken) == (3, 2)
    assert over.waiting is not None
    assert over.waiting.credit == 50_000


def test_a_meter_that_was_changed_leaves_its_purchases_behind(small: Small) -> None:
    rows = THREE.replace("M1", "M0") + "7,2026-04-05,100,54.00,M1,1,1"
    facts, over, _, _ = small.taken_over(rows, meters="7,M0,,,,2026-04-01\n7,M1,1,40,60,")
    assert (over.meter, over.count, over.taken, over.through) == ("M1", 1, 1, 100_000)
    assert standing(facts).books.energy.sold == 700_000
    assert standing(facts).last_count == 1


@pytest.mark.parametrize(
    ("cards", "found", "issue"),
    [
        ("", [], 0),
        ("7,11,,\n7,12,,", [("11", 1), ("12", 2)], 2),
        ("7,12,2,\n7,11,1,1", [("11", 1), ("12", 2)], 2),
        ("7,11,1,\n7,12,2,1", [], 2),
        ("7,11,1,\n7,12,1,", [("11", 1)], 1),
        ("7,11,3,", [("11", 3)], 3),
    ],
)
def test_cards_by_issue_number(small: Small, cards: str, found: list[tuple[str, int]], issue: int) -> None:
    facts, over, _, _ = small.taken_over(cards=cards)
    assert [(card.serial.lstrip("0"), card.issue) for card in over.cards] == found
    assert over.issue == issue
    view = standing(facts)
    assert view.active == (found[-1][0].zfill(16) if found else None)


def test_a_closed_account_owes_what_it_owed(small: Small) -> None:
    facts, over, _, _ = small.taken_over(account="7,王五,2016-01-02,1,12.50")
    assert facts.frozen is not None
    assert (over.since, over.waiting) == ("2016-01-02", None)
    (debt,) = open_debts(facts)
    assert debt.outstanding == 1_250


def test_one_row_twice_is_one_purchase(small: Small) -> None:
    again = THREE.splitlines()[0]
    facts, _, outcome, findings = small.taken_over(f"{THREE}{again}")
    assert outcome.purchases == 3
    assert findings.refused["purchases", "twice"] == 1
    assert standing(facts).books.energy.sold == 600_000
