"""A rule a module: each has a RULE, and nothing else knows of it."""

from importlib import import_module
from pkgutil import iter_modules

from common.resolution.rule import Rule


def found_rules() -> list[Rule]:
    """The rules of this package, by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return sorted((module.RULE for module in modules), key=lambda rule: rule.name)
