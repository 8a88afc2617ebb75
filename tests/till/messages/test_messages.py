"""Every error that a person can meet has words in every language, and the words fit its facts."""

import ast
import dataclasses
import errno
import inspect
import os
import re
import string
import typing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import till
from common.units import Credit, CreditUnit
from common.wire import Problem
from till.messages import Figures, Words, catalogue, explain, languages
from till.messages.words import texts
from till.operations.explained import EXPLAINED
from till.operations.refusals import BadField, NoSuchClerk
from till.store.database import MEANINGS

SAMPLES = {
    int: 5,
    str: "x",
    bytes: b"\x3b\x02",
    datetime: datetime(2026, 11, 23, tzinfo=UTC),
    int | None: None,
    str | None: None,
    datetime | None: None,
    Credit: Credit(5, CreditUnit.ENERGY),
    Problem: Problem(error="gap", message="no"),
}


def kinds(roots):
    for root in roots:
        yield root
        yield from kinds(root.__subclasses__())


def arguments(kind):
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return [SAMPLES[hints[f.name]] for f in dataclasses.fields(kind)]
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return [SAMPLES[p.annotation] for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]


OWN = sorted({kind for kind in kinds(EXPLAINED) if kind.__module__.split(".")[0] in ("common", "till")}, key=str)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_every_error_is_explained_in_three_parts(kind, language):
    explanation = explain(kind(*arguments(kind)), language)
    assert explanation.error == kind.__name__
    for part in (explanation.what, explanation.safe, explanation.next):
        assert part
        assert "{" not in part


def test_all_languages_have_the_same_messages_about_the_same_facts():
    english = catalogue("en")
    for language in languages():
        other = catalogue(language)
        assert set(other) == set(english)
        for name in set(english) - {"words"}:
            assert facts(other[name]) <= facts(english[name]) | {"error"}, name
        assert set(other["words"]) == set(english["words"])


def facts(text):
    return {field for part in text.values() for _, field, _, _ in string.Formatter().parse(part) if field}


def constants_of(places):
    """The texts that stand in the code at these places of these calls."""
    for path in sorted(Path(till.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in places:
                continue
            reason = call.args[places[call.func.id]]
            if isinstance(reason, ast.Constant):
                yield reason.value


def names_given():
    """Each name that stands in the code as the reason of a refusal: its words are in the messages."""
    return constants_of({"BadField": 1, "OfficeUnreachable": 1, "NoReader": 0})


def test_every_reason_is_a_name_that_has_words():
    names = {*names_given(), "pin_digits", "pin_length", "pin_easy"}
    assert len(names) > 20
    for language in languages():
        assert names <= set(catalogue(language)["words"])


DISKS_AND_LINES = [
    "EACCES", "EBUSY", "ECONNREFUSED", "ECONNRESET", "EDQUOT", "EHOSTUNREACH", "EIO", "ENETUNREACH", "ENODEV",
    "ENOENT", "ENOSPC", "EPERM", "EROFS", "ETIMEDOUT",
]  # fmt: skip


def test_a_reason_said_in_english_is_said_in_every_other_language():
    said = set(constants_of({"StoreUnreadable": 1, "KeysUnreadable": 1, "StoreTampered": 2})) | {*MEANINGS.values()}
    said |= {os.strerror(getattr(errno, name)) for name in DISKS_AND_LINES}
    assert len(said) > 25
    for language in set(languages()) - {"en"}:
        assert said - set(catalogue(language)["words"]) == set()


def test_no_word_of_a_reason_is_left_over():
    sources = [
        path for part in ("till", "common") for path in sorted((Path(till.__file__).parents[1] / part).rglob("*.py"))
    ]
    known = {
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    systems = {os.strerror(number) for number in errno.errorcode} | {"None"}
    systems |= {"Name or service not known", "Temporary failure in name resolution"}
    pins = {"pin_digits", "pin_length", "pin_easy"}
    assert set(catalogue("en")["words"]) - known - systems - pins == set()


def test_what_the_office_answers_has_words_by_its_code():
    """The codes that the office sends, wherever it makes them."""
    codes = set()
    for path in sorted((Path(till.__file__).parents[1] / "syncserver").rglob("*.py")):
        codes |= set(re.findall(r'Problem\(error="(\w+)"', path.read_text(encoding="utf-8")))
    assert "gap" in codes
    for language in languages():
        assert codes <= {key.partition(".")[2] for key in texts("terms", language) if key.startswith("problem.")}


def test_a_reason_names_what_it_is_about():
    refused = explain(BadField("name", "one_line", "200"), "en")
    assert refused.what == "name: 1 to 200 letters on one line."
    assert explain(BadField("name", "one_line", "200"), "zh").what == "姓名：须为一行，1 到 200 个字。"


def test_what_the_system_says_is_said_in_the_readers_language():
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/lib/till")
    assert explain(full, "zh").what == "机器无法完成：磁盘已满。/var/lib/till"
    assert explain(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "zh").what == "机器无法完成：磁盘已满。"
    assert explain(OSError("odd"), "en").what == "The machine refused something: odd."
    refused = BadField("folder", "not_made", "/media/x", os.strerror(errno.EROFS))
    assert explain(refused, "zh").what == "文件夹：无法建立 /media/x：磁盘只读。"
    assert explain(refused, "en").what == "folder: /media/x cannot be made: the disk can only be read."


def test_a_persons_own_words_are_not_taken_for_a_name():
    """A clerk who is called as a word of the code is, or a reason of a person's own, stays as it was typed."""
    assert "sell" in explain(NoSuchClerk("sell"), "en").what
    assert "nobody" in explain(NoSuchClerk("nobody"), "en", Figures(Words("en", "terms", "card", "cli"))).what


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_errors_that_matter_have_a_text_of_their_own(kind):
    technical = {"AnotherCard", "CardNotUnlocked", "UnexpectedStatus", "CardWriteFailed"}
    if kind.__name__ not in technical:
        assert kind.__name__ in catalogue("en")
