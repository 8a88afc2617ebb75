"""Each program says which version it is, without a till or an office."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import syncserver.cli.app
import till.cli.app

DECLARED = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]["version"]


@pytest.mark.parametrize(("name", "app"), [("till", till.cli.app.app), ("syncserver", syncserver.cli.app.app)])
def test_the_version_is_that_of_the_package(name, app):
    ran = CliRunner().invoke(app, ["--version"])
    assert (ran.exit_code, ran.stdout) == (0, f"{name} {DECLARED}\n")
