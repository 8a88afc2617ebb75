"""The threat table keeps its word: each threat names tests that exist; what the project stands on is pinned."""

import ast
import re
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "packaging" / "SECURITY.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROWS = [row for row in TABLE.partition("## Threats")[2].partition("## Keys")[0].splitlines() if row.startswith("| **")]

THREATS = (
    "stolen tablet", "dishonest clerk", "tampered database", "copied card", "replayed credit", "hostile network",
    "hostile till", "leaked server disk", "lost stick", "lost backup",
)  # fmt: skip


@pytest.fixture
def audit() -> ModuleType:
    """packaging/audit.py, which is a script."""
    spec = spec_from_file_location("audit", ROOT / "packaging" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip(" *")[:40].replace(" ", "-"))
def test_each_threat_names_tests_that_exist_and_says_what_is_not_stopped(row: str) -> None:
    _, _, stops, not_stopped, shown, _ = row.split("|")
    assert stops.strip()
    assert not_stopped.strip()
    named = NAMED.findall(shown)
    assert named
    assert NAMED.sub("", shown).strip() == ""
    for path, name in named:
        assert name in names_in(path), f"{path}::{name}"


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_that_was_asked_for_has_a_row(threat: str) -> None:
    assert any(threat in row.partition("|")[2].partition("|")[0].lower() for row in ROWS)


def test_every_dependency_is_pinned_and_may_be_used(audit: ModuleType) -> None:
    assert len(audit.needed()) > 30
    assert audit.problems() == []


def test_a_package_that_is_not_pinned_is_told(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "pinned", lambda: {"aiohttp": "0.0.1"})
    found = audit.problems()
    assert any(line.startswith("aiohttp ") and "0.0.1" in line for line in found)
    assert any(line.endswith("the lock has none") for line in found)
