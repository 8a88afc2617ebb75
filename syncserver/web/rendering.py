"""Templates to HTML. Only here is Jinja2 known."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


class Templates:
    """The templates, read once."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(str(files(__package__) / "templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["p"] = self._environment.get_template("parts.html").module

    def render(self, name: str, facts: Mapping[str, Any]) -> str:
        """A page. What is not ours in it is escaped."""
        return self._environment.get_template(name).render(facts)
