"""The window's words: no command line in them; colours that can be read."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import till.screens
from tests.till.messages.test_messages import OWN, arguments
from till.messages import Figures, languages
from till.messages.words import texts
from till.presenting.card import CATALOGUES
from till.printing.setup import PrinterKind
from till.screens.look import SCALES, THEMES, Look, contrast
from till.screens.views.errors import told
from till.screens.views.words import window_words
from till.screens.work.waits import QUIET, leaving
from till.screens.work.worker import Fault

COMMAND = re.compile(r"\btill (account|card|sign|clerk|meter|receipt|sync|sim|rebuild|journal|re-enrol|vend|history)\b")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_no_error_sends_a_clerk_to_the_command_line(kind, language):
    error = told(kind(*arguments(kind)), Figures(window_words(language)))
    assert error.what
    assert not COMMAND.search(f"{error.what} {error.safe} {error.next}"), error.next


@pytest.mark.parametrize("language", languages())
def test_nothing_said_of_a_card_sends_a_clerk_to_the_command_line(language):
    words = window_words(language)
    for key in texts("card", language):
        said = words.known(*key.split(".", 1))
        assert not COMMAND.search(said), (key, said)


KEY = re.compile(r"""\b(?:say|words|_said|said|_again)\(\s*["']([a-z_]+\.\w+)["']""")


@pytest.mark.parametrize("language", languages())
def test_every_text_that_is_named_is_there(language):
    """The button that takes arrears once named a text that there was not."""
    there = set().union(*(texts(folder, language) for folder in (*CATALOGUES, "screens")))
    screens = Path(till.screens.__file__).parent
    files = [*screens.rglob("*.py"), *screens.rglob("*.kv"), *(screens.parent / "presenting").glob("*.py")]
    keys = {key for path in files for key in KEY.findall(path.read_text(encoding="utf-8"))}
    assert len(keys) > 250
    assert keys <= there, keys - there


JOB = re.compile(r"""(?:\.do|\bask)\(\s*(?:(?:self\.)?app,\s*)?["'](\w+)["']""")


@pytest.mark.parametrize("language", languages())
def test_every_wait_has_words(language):
    """What is waited for, and whether it can be stopped: of each job that a screen or the window asks for."""
    words = window_words(language)
    screens = Path(till.screens.__file__).parent
    jobs = {name for path in screens.rglob("*.py") for name in JOB.findall(path.read_text(encoding="utf-8"))}
    assert len(jobs) > 30
    assert {"sell", "close_shift", "cut_off", "read"} <= jobs
    for name in jobs - QUIET:
        assert len(words(f"busy.{name}")) > 3, name
        assert words(f"wait.{leaving(name).value}"), name


@pytest.mark.parametrize("language", languages())
def test_every_kind_of_printer_has_a_word(language):
    words = window_words(language)
    assert all(words(f"printer.{kind}") for kind in PrinterKind)


def test_a_fault_of_ours_says_that_it_is_one():
    error = told(Fault(KeyError("x")), Figures(window_words("en")))
    assert "KeyError" in error.what
    assert error.safe
    assert error.next


@pytest.mark.parametrize("theme", THEMES)
def test_words_stand_out_from_their_ground(theme):
    """WCAG 2.2, 1.4.3: 4.5 to 1; for the sun we ask 7 to 1."""
    look = Look(theme)
    pairs = [("ink", "ground"), ("ink", "surface"), ("muted", "surface"), ("muted", "ground"), ("accent", "surface")]
    pairs += [("on_accent", "accent"), ("on_danger", "danger"), ("on_rail", "rail"), ("on_rail_here", "rail_here")]
    pairs += [(tone, f"{tone}_soft") for tone in ("accent", "warn", "danger", "info")]
    pairs += [("on_alarm", f"{tone}_alarm") for tone in ("accent", "warn", "danger", "info")]
    for text, ground in pairs:
        assert contrast(look.colour(text), look.colour(ground)) >= (7 if theme == "contrast" else 4.5), (text, ground)


@pytest.mark.parametrize("percent", SCALES)
def test_what_a_finger_touches_never_shrinks(percent):
    assert Look(percent=percent).control >= 48
    assert Look(percent=percent, density=2.0).control >= 96


def test_figures_are_written_as_people_read_them():
    figures = Figures(window_words("en"), 2, "CNY", "Asia/Shanghai")
    assert figures.money(1_234_50) == "1,234.50 yuan"
    assert figures.price(538_000) == "0.538"
    assert figures.price(500_000) == "0.50"
    assert figures.span(timedelta(seconds=90)) == "90 s"
    assert figures.span(timedelta(hours=50)) == "2 days"
