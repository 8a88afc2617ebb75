"""Every error that a person can meet has words in every language, and the words fit its facts."""

import dataclasses
import inspect
import string
import typing
from datetime import UTC, datetime

import pytest

from common.units import Credit, CreditUnit
from common.wire import Problem
from till.messages import catalogue, explain, languages
from till.operations.explained import EXPLAINED

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


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_errors_that_matter_have_a_text_of_their_own(kind):
    technical = {"AnotherCard", "CardNotUnlocked", "UnexpectedStatus", "CardWriteFailed"}
    if kind.__name__ not in technical:
        assert kind.__name__ in catalogue("en")
