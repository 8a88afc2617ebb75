"""Texts in folders: every key in every language, about the same facts; the language that the environment asks for."""

import string
from importlib.resources import files

import pytest

from till.messages.words import Words, language_of, languages, texts

FOLDERS = sorted(entry.name for entry in files("till.messages").iterdir() if entry.is_dir() and languages(entry.name))


def facts(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_the_folders_are_there():
    assert {"terms", "card", "cli"} <= set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_language_says_the_same_about_the_same_facts(folder):
    assert languages(folder) == languages()
    english = texts(folder, "en")
    for language in languages(folder):
        other = texts(folder, language)
        assert set(other) == set(english)
        for key, text in other.items():
            assert facts(text) == facts(english[key]), f"{folder}: {key} in {language}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_chinese_is_chinese(folder):
    """A text without one Chinese letter was forgotten, unless it says nothing but facts."""
    for key, text in texts(folder, "zh").items():
        bare = "".join(part for part, _, _, _ in string.Formatter().parse(text))
        assert not any(letter.isalpha() and letter.isascii() for letter in bare) or any(
            "\u4e00" <= letter <= "\u9fff" for letter in bare
        ), key


def test_a_language_that_there_is_not_is_english():
    assert Words("xx", "terms")("purpose.vend") == "sale"


def test_a_later_folders_text_holds():
    assert Words("en", "card", "terms").known("purpose", "vend") == "sale"
    assert Words("en", "terms").known("tariff_class", "farm") == "farm"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "screens"}, "en"),
    ],
)
def test_the_language_of_the_environment(environment, language):
    assert language_of(environment) == language
