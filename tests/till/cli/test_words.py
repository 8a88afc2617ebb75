"""The command line says nothing that is not in till/messages, and nothing there is left over."""

import ast
import re
from pathlib import Path

import pytest

import till
from till.messages.words import texts

ROOT = Path(till.__file__).parent
CLI = sorted((ROOT / "cli").glob("*.py"))
SPEAKING = [*CLI, *sorted((ROOT / "presenting").glob("*.py"))]
SILENT = {"help", "envvar", "formats", "style"}
"""Arguments that are typer's own help, which stays English, or that nobody reads."""


def parents(tree):
    return {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}


def is_help(node, above):
    """Whether a constant is a docstring, or typer's help, or its complaint about an option."""
    if isinstance(above[node], ast.Expr):
        return True
    while node in above:
        node = above[node]
        if isinstance(node, ast.keyword) and node.arg in SILENT:
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "BadParameter":
            return True
    return False


def constants(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    above = parents(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_help(node, above):
            yield node


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.stem)
def test_no_sentence_stands_in_the_code(path):
    """Two words in a row would be said in English in every language."""
    sentence = re.compile(r"[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}")
    assert [(node.lineno, node.value) for node in constants(path) if sentence.search(node.value)] == []


@pytest.mark.parametrize("path", CLI, ids=lambda path: path.stem)
def test_what_is_emitted_is_no_literal(path):
    """Of a result's lines no part is text of the code's: each is a call, a name, or the empty line."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "emit":
            for line in call.args[2:]:
                assert not isinstance(line, ast.JoinedStr), f"{path.name}:{line.lineno}"
                assert not (isinstance(line, ast.Constant) and line.value), f"{path.name}:{line.lineno}"


def test_every_key_that_is_said_has_a_text():
    keys = {*texts("terms", "en"), *texts("card", "en"), *texts("cli", "en")}
    for path in SPEAKING:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            key = said(call)
            if isinstance(key, ast.Constant):
                assert key.value in keys, f"{path.name}:{key.lineno}"
            elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                section = key.values[0].value.partition(".")[0]
                assert any(known.startswith(f"{section}.") for known in keys), f"{path.name}:{key.lineno}"


def said(call):
    """The key of a call of `say(ctx, key)`, `words(key)` or `....words(key)`."""
    if not isinstance(call, ast.Call):
        return None
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    places = {"say": 1, "words": 0}
    return call.args[places[name]] if name in places and len(call.args) > places[name] else None


@pytest.mark.parametrize("folder", ["card", "cli"])
def test_no_text_is_left_over(folder):
    """Each is said by its key, or by a section that is filled in with a name of the code's."""
    spoken = {node.value for path in SPEAKING for node in constants(path)}
    names = {node.value for path in sorted(ROOT.parent.glob("[ct][io]*/**/*.py")) for node in constants(path)}
    for key in texts(folder, "en"):
        section, _, name = key.partition(".")
        assert key in spoken or (
            f"{section}." in spoken and name.removesuffix("_safe").removesuffix("_next") in names
        ), key
