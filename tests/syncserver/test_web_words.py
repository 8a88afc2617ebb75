"""The pages' words: every language has the same, with the same places for facts; every name of the code's has words."""

import re
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest

import syncserver
from common.clerks import Role
from common.entries import About, Option
from common.entries.envelope import Body
from common.resolution.rules import found_rules
from common.users import UserRole
from syncserver.office.errors import OfficeError
from syncserver.web.refusals import explain
from syncserver.web.words import Words, choose, languages, texts


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_languages_have_the_same_words() -> None:
    assert set(languages()) >= {"en", "zh"}
    for one, other in pairwise(sorted(languages())):
        assert texts(one).keys() == texts(other).keys()
        different = {name for name in texts(one) if places(texts(one)[name]) != places(texts(other)[name])}
        assert different == set()


def test_every_name_of_the_codes_has_words() -> None:
    names = [f"entry.{kind.__struct_config__.tag}" for kind in Body.__args__]
    names += [f"option.{option}" for option in Option] + [f"about.{about}" for about in About]
    names += [f"role.{role}" for role in Role] + [f"user_role.{role}" for role in UserRole]
    assert [name for name in names if name not in texts("en")] == []


def test_every_rule_has_words() -> None:
    for rule in [*(rule.name for rule in found_rules()), "overturned"]:
        assert {f"rule.{rule}.{part}" for part in ("name", "why", "did", "ask")} <= texts("en").keys()


def test_every_problem_of_the_server_has_words() -> None:
    told = re.compile(r'(?:Problem|_tell)\(\s*"(\w+)"')
    words = {word for path in Path(syncserver.__file__).parent.rglob("*.py") for word in told.findall(path.read_text())}
    assert {f"problem.{word}" for word in words} == {name for name in texts("en") if name.startswith("problem.")}


@pytest.mark.parametrize(
    ("wanted", "accepted", "spoken"),
    [
        ("zh", "en", "zh"),
        ("", "zh-CN,zh;q=0.9", "zh"),
        ("", "fr, de;q=0.7", "en"),
        ("xx", "", "en"),
        ("", "fr,zh", "zh"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(wanted: str, accepted: str, spoken: str) -> None:
    assert choose(wanted, accepted) == spoken


def test_a_refusal_is_said_in_the_readers_language_or_as_the_office_says_it() -> None:
    error = OfficeError("There is no till till-0009.", "See: syncserver till list", "no_till", till="till-0009")
    assert explain(error, Words("zh"))["what"] == "没有终端 till-0009。"
    assert "list" in explain(error, Words("en"))["next"]
    other = OfficeError("Something else.", "Do this.")
    assert explain(other, Words("zh")) == {"what": "Something else.", "next": "Do this."}
