"""Every rule has words for the clerk who next sees the card, in every language."""

import pytest

from common.account import AccountFacts
from common.entries import About, CardBlocked, CaseDecided, CaseOpened, MakeupOwed, Option
from common.resolution import NAMES
from common.resolution.notices import notices
from common.units import CreditUnit
from tests.common.histories import NEWEST, played, scene
from tests.common.pieces import ACCOUNT
from till.messages import Figures, Words, languages
from till.messages.words import texts
from till.presenting.notices import FOLDER, explain_decision, told


def figures(language: str) -> Figures:
    return Figures(Words(language, "terms"), currency="CNY", zone="Asia/Shanghai")


def case(rule: str) -> CaseOpened:
    return CaseOpened(
        key=f"{rule}/x",
        rule=rule,
        account=ACCOUNT,
        about=About.JOB,
        subject="till-0001/7",
        credit=30_000,
        amount=-1_614,
        writer="till-0001",
        clerk="wang",
        receipt="till-0001-00000007",
        options=[Option.NOTE],
    )


@pytest.mark.parametrize("language", languages(FOLDER))
@pytest.mark.parametrize("rule", sorted(NAMES))
def test_every_rule_says_what_happened_what_is_safe_and_what_to_do(rule: str, language: str) -> None:
    assert f"{rule}.what" in texts(FOLDER, language), "in its own words"
    said = explain_decision(case(rule), figures(language))
    assert said.error == rule
    for part in (said.what, said.safe, said.next):
        assert part
        assert "{" not in part


@pytest.mark.parametrize("language", languages(FOLDER))
def test_money_and_credit_are_shown_as_people_read_them(language: str) -> None:
    said = explain_decision(case("made_up_though_taken"), figures(language)).text
    assert "30.000 kWh" in said
    assert "16.14" in said
    assert "-16.14" not in said
    assert "wang" in said


def test_a_rule_of_a_later_office_gets_the_words_of_any() -> None:
    assert "new_rule" in explain_decision(case("new_rule"), figures("en")).what


def test_the_catalogues_speak_of_the_same_rules() -> None:
    english = texts(FOLDER, "en")
    for language in languages(FOLDER):
        assert set(texts(FOLDER, language)) == set(english)
        assert {f"option.{option}" for option in Option} <= set(english)


@pytest.mark.parametrize("language", languages(FOLDER))
def test_what_a_person_decided_is_told_until_it_is_carried_out(language: str) -> None:
    world = played(scene("reversed_late", 0, 1))
    (opened,) = world.open_cases
    world.decide_case(opened, Option.RECOVER)
    for till in range(3):
        world.sync(till)
    facts = world.tills[2].facts
    (word,) = [made for made in notices(facts) if isinstance(made, CaseDecided)]
    said = explain_decision(word, figures(language))
    assert texts(FOLDER, language)["option.recover"] in said.what
    assert "chen" in said.what
    world.insert(NEWEST)
    world.vend(2, NEWEST, 1_000)
    assert not any(isinstance(made, CaseDecided) for made in notices(world.tills[2].facts))


def test_of_one_rules_decisions_the_weightiest_speaks() -> None:
    facts = AccountFacts.new(ACCOUNT)
    block = CardBlocked(key="a/card/1", rule="a", account=ACCOUNT, card="1")
    owed = MakeupOwed(
        key="a/credit/2", rule="a", account=ACCOUNT, for_job="2", credit=5, unit=CreditUnit.ENERGY, stranded_on="1"
    )
    facts.decisions.update({made.key: made for made in (block, owed)})
    assert notices(facts) == [owed]
    assert [said.error for said in told(facts, figures("en"))] == ["a"]


def test_what_was_only_reported_is_told_until_the_account_buys_again() -> None:
    world = played(scene("old_price", 0, 1))
    assert [made.rule for made in notices(world.tills[0].facts) if isinstance(made, CaseOpened)] == [
        "sold_at_old_price"
    ]
    world.insert(NEWEST)
    world.read(0, NEWEST)
    world.vend(0, NEWEST, 100)
    assert notices(world.tills[0].facts) == []
