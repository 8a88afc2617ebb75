"""What is done in a booted machine with the packages in it, and a line for each thing that must hold."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machine import Machine, Ran

SERVER, USER = "kilotill-server", "counter"


class Story:
    """What is done in the machine, and whether it holds."""

    def __init__(self, machine: Machine, display: str, pictures: Path) -> None:
        self.machine = machine
        self.display = display
        self.pictures = pictures
        self.wrong = 0
        self.cards: list[str] = []

    # --- acting ---

    def run(self, *words: str, user: str = "root", **environment: str) -> Ran:
        """A command in the machine."""
        return self.machine.run(*words, user=user, **environment)

    def json(self, *words: str, user: str = "root") -> Any:
        """What a command of Kilotill's says, as a value; null where it is none."""
        said = self.run(*words, "--json", user=user).said.splitlines()
        try:
            return json.loads(said[-1]) if said else None
        except json.JSONDecodeError:
            return {"said": "\n".join(said[-8:])}

    def office(self, *words: str) -> Any:
        """A command at the office, by root, as an operator types it."""
        return self.json("syncserver", *words)

    def till(self, *words: str, card: int | None = None) -> Any:
        """A command at the till, by the counter's account."""
        reader = [] if card is None else ["--reader", f"sim:/home/{USER}/cards/{self.cards[card]}.card"]
        return self.json("till", *reader, *words, user=USER)

    def show(self, name: str, unit: str = SERVER) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "-P", name, unit).said

    def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Whether it holds within so long."""
        end = time.monotonic() + seconds
        while not (held := holds()) and time.monotonic() < end:
            time.sleep(1)
        return held

    def serves(self) -> bool:
        """Whether the server is up and told systemd so."""
        return self.show("ActiveState") == "active"

    def apt(self, *words: str) -> Ran:
        """apt-get, without a network."""
        return self.run("apt-get", "-y", "--no-install-recommends", *words, DEBIAN_FRONTEND="noninteractive")

    # --- telling ---

    def check(self, what: str, holds: object, seen: object = "") -> bool:
        """A line: what must hold, whether it does, what was seen."""
        self.wrong += not holds
        told = f": {seen}" if seen != "" else ""
        print(f"{'ok    ' if holds else 'NOT SO'}  {what}{told}", flush=True)
        return bool(holds)
