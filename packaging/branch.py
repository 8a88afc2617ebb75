"""A branch on the stage: an office, two tills, a supply of cards, and meters on walls."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stage import Stage, must, say, tell

PIN = "380512"
TARIFF = """\
tariff = "{name}"
since = {since}
vat = "13%"

[classes]
residential = [
    {{ price = "{price}", up_to = "2760" }},
    {{ price = "0.588", up_to = "4800" }},
    {{ price = "0.838" }},
]
beijing = [
    {{ price = "0.4883", up_to = "2880" }},
    {{ price = "0.5383", up_to = "4800" }},
    {{ price = "0.7883" }},
]
shop = [{{ price = "0.75" }}]

[[surcharges]]
name = "城市附加 City"
price = "0.02"
classes = ["shop"]

[fees]
replacement = "5.00"
"""
BY = ("--by", "li", "--reason", "shown", "--pin", PIN)


@dataclass
class Branch:
    """A branch with two tills, a supply of cards, and meters on walls."""

    stage: Stage
    cards: Iterator[str]
    meters: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def a(self, *words: str, card: str = "", code: int = 0) -> Any:
        """A command at till A."""
        return self.stage.till("till-a", *words, card=card, code=code)

    def refused(self, *words: str, card: str = "", till: str = "till-a", code: int = 3) -> str:
        """The name of the refusal that a command must end with; its first sentence is shown."""
        told = self.stage.till(till, *words, card=card, code=code)["refused"]
        say(str(told["what"]))
        return str(told["error"])

    def blank(self) -> str:
        """A blank card of the stock."""
        self.used.append(next(self.cards))
        return self.used[-1]

    @contextmanager
    def scratched(self, card: str) -> Iterator[None]:
        """A card whose slots cannot be read, until it is taken out of here."""
        path = self.stage.folder / "cards" / f"{card}.card"
        good = path.read_text()
        chip = json.loads(good)
        for file in chip["files"]:
            if not file["open"]:
                file["data"] = "ab" * (len(file["data"]) // 2)
        path.write_text(json.dumps(chip))
        try:
            yield
        finally:
            path.write_text(good)

    def hang(self, number: str, unit: str = "energy") -> str:
        """A new meter on a wall."""
        place, esam = self.stage.path(f"meters/{number}"), self.stage.path("esam.json")
        self.stage.command("till", "sim", "meter", place, "--number", number, "--esam", esam, "--unit", unit)
        self.meters.append(number)
        return number

    def insert(self, card: str, meter: str, outcome: str = "loaded") -> Any:
        """Put a card in a meter, which must do this with it."""
        done = self.stage.insert(card, f"meters/{meter}")
        must(f"meter {meter}", done["outcome"], outcome)
        return done

    def customer(self, name: str, meter: str, *more: str) -> tuple[str, str]:
        """An account with its first card. Returns both numbers."""
        account = str(self.a("account", "open", "--name", name, "--meter", meter, *more)["account"])
        card = self.blank()
        self.a("card", "issue", account, card=card)
        return account, card

    def sell(self, card: str, *words: str) -> Any:
        """A vend at till A."""
        return self.a("vend", *words, card=card)

    def sync(self) -> None:
        """Everybody hears of everything."""
        for name in ("till-a", "till-b", "till-a"):
            self.stage.till(name, "sync")


def set_up(stage: Stage) -> Branch:
    """An office, two tills of one branch, clerks, models, cards."""
    tell("An office, its tariff, two models of meter, clerks, forty blank cards, two tills.")
    stage.office(
        "init", "--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai"
    )
    publish(stage, "prices-2026", datetime(2026, 1, 1, tzinfo=UTC), "0.538")
    stage.office("meters", "model", "DDZY-E", "--unit", "energy", "--limit", "3000")
    stage.office("meters", "model", "DDZY-M", "--unit", "money", "--limit", "2000")
    serials = stage.office("cards", "allot", "--branch", "hill", "--count", "40")["serials"]
    stage.office("cards", "personalise", "--out", stage.path("keys.json"))
    stage.office("meters", "esam", "--out", stage.path("esam.json"))
    for clerk, role in (("wang", "clerk"), ("li", "supervisor"), ("sun", "auditor")):
        stage.office("clerk", "add", clerk, "--name", clerk, "--branch", "hill", "--role", role, "--pin", PIN)
    stage.command("till", "sim", "cards", stage.path("keys.json"), "--folder", stage.path("cards"))
    stage.line_up()
    for name in ("till-a", "till-b"):
        code = stage.office("till", "enrol-code", "--branch", "hill", "--name", name)["code"]
        stage.till(name, "enrol", "--server", stage.url, "--code", code)
        stage.till(name, "sign-in", "wang", "--pin", PIN)
    return Branch(stage, iter(serials))


def publish(stage: Stage, name: str, since: datetime, price: str) -> None:
    """A tariff version."""
    text = TARIFF.format(name=name, since=since.isoformat(), price=price)
    (stage.folder / f"{name}.toml").write_text(text, encoding="utf-8")
    stage.office("tariff", "publish", stage.path(f"{name}.toml"))
