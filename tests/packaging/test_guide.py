"""The operator's guide: each command in it is there, with the options that it names, and each link leads somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer

import syncserver.cli.run
import till.cli.run

PACKAGING = Path(__file__).parents[2] / "packaging"
PROGRAMS = {"till": till.cli.run.app, "syncserver": syncserver.cli.run.app}
GUIDES = ("OPERATING.md", "POSTGRESQL.md")
EMBEDDED = re.compile(r"`([^`\n]+)`|^ {4}(.+)$", re.MULTILINE)


def commands(text):
    """What is typed, as lists of words: in lines that stand indented, and within lines."""
    for found in EMBEDDED.finditer(text):
        for piece in re.split(r"\s{2,}|->|#|&&|;|, ", found[1] or found[2]):
            words = piece.removeprefix("sudo ").split()
            if len(words) > 1 and words[0].rpartition("/")[2] in PROGRAMS:
                yield [words[0].rpartition("/")[2], *words[1:]]


@cache
def program(name):
    """A program's commands, as click has them."""
    return typer.main.get_command(PROGRAMS[name])


def wrong(words):
    """What does not exist of a command, or None."""
    command, options, before = program(words[0]), set(), ""
    for word in words[1:]:
        options |= {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        bare, takes_value = word.strip("[]"), before.startswith("--")
        before = word
        if bare.startswith("--"):
            if bare.partition("=")[0] not in options | {"--help"}:
                return bare
        elif (within := getattr(command, "commands", {})) and not takes_value and re.fullmatch(r"[a-z-]+", bare):
            if bare not in within:
                return bare
            command = within[bare]
    return None


def anchors(text):
    """What a link may lead to in a page: its headings, as they are shown by forges."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("guide", GUIDES)
def test_each_command_is_there(guide):
    typed = list(commands((PACKAGING / guide).read_text("utf-8")))
    assert len(typed) > 4
    assert [(" ".join(words), missing) for words in typed if (missing := wrong(words)) is not None] == []


def test_a_command_that_is_not_there_is_seen():
    assert wrong(["till", "mirror", "shatter"]) == "shatter"
    assert wrong(["syncserver", "till", "lease", "till-0001", "--weeks", "3"]) == "--weeks"


@pytest.mark.parametrize("guide", [*GUIDES, "SECURITY.md"])
def test_each_link_leads_somewhere(guide):
    text = (PACKAGING / guide).read_text("utf-8")
    for place, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        page = PACKAGING / (place or guide)
        assert page.exists(), place
        assert not anchor or anchor in anchors(page.read_text("utf-8")), f"{place}#{anchor}"
