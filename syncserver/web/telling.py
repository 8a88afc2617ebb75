"""What an entry says, in words: its name, and the facts of it that a person looks for."""

from typing import Any

import msgspec

from common.entries import AnyBody, Unknown
from common.units import CreditUnit
from syncserver.web.figures import Figures

_PLAIN = (
    "receipt",
    "clerk",
    "by",
    "name",
    "reason",
    "payment",
    "meter",
    "card",
    "replaces",
    "option",
    "rule",
    "branch",
)
_MONEY = ("amount", "money", "fee", "opening_float", "cash", "difference")


def name_of(type: str, figures: Figures) -> str:
    """What a type of entries is called; the type itself where a later version wrote it."""
    return figures.words.known(f"entry.{type}", type)


def told(body: AnyBody, figures: Figures) -> str:
    """The entry's main facts on one line."""
    if isinstance(body, Unknown):
        return ""
    said = msgspec.to_builtins(body)
    parts = [text for text in (_credit(said, figures), *_sums(said, figures)) if text]
    parts += [
        f"{figures.words(f'fact.{name}')} {_named(name, said[name], figures)}" for name in _PLAIN if said.get(name)
    ]
    return " · ".join(parts)


def _named(name: str, value: Any, figures: Figures) -> str:
    """A value that may be a name of the code's, which has words."""
    known = {"rule": f"rule.{value}.name", "option": f"option.{value}", "payment": f"payment.{value}"}
    return figures.words.known(known.get(name, f"settled.{value}"), str(value))


def _credit(said: dict[str, Any], figures: Figures) -> str:
    image = said.get("image")
    unit = CreditUnit(said.get("unit") or (image or {}).get("unit") or CreditUnit.ENERGY)
    if "quote" in said:
        return figures.energy(said["quote"]["energy"])
    if image and image.get("credit"):
        return figures.credit(image["credit"], unit)
    return figures.credit(said["credit"], unit) if said.get("credit") else ""


def _sums(said: dict[str, Any], figures: Figures) -> list[str]:
    sums = [said[name] for name in _MONEY if isinstance(said.get(name), int) and said[name]]
    if "quote" in said:
        sums.append(said["quote"]["amount"])
    return [f"{figures.money(value)} {figures.utility.currency}" for value in sums]


def members(raw: bytes) -> list[tuple[str, str]]:
    """Every member of an entry's body as its bytes have it, also of a type that a later version wrote."""
    said = msgspec.json.decode(raw)["body"]
    return [(name, _text(value)) for name, value in sorted(said.items()) if name != "type"]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()
