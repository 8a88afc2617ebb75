"""Every text of reports in every language, about the same facts."""

import string

import pytest

from common.documents import Words, languages, texts


def facts(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


@pytest.mark.parametrize("language", languages())
def test_every_language_says_the_same_about_the_same_facts(language):
    english, other = texts("en"), texts(language)
    assert set(other) == set(english)
    assert {key: facts(text) for key, text in other.items()} == {key: facts(text) for key, text in english.items()}


def test_chinese_is_chinese():
    for key, text in texts("zh").items():
        bare = "".join(part for part, _, _, _ in string.Formatter().parse(text)).replace("kWh", "")
        assert not any(letter.isascii() and letter.isalpha() for letter in bare) or any(
            letter >= "一" for letter in bare
        ), key


def test_a_language_that_there_is_not_is_english():
    assert Words("xx")("column.total") == "Total"
