"""What is to be loaded, and where it lies."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

DAYS = 300
"""The vends lie evenly in so many days, of which the last is the day on which the plan was made."""

A_BRANCH = 10
"""Tills of a branch."""

MEASURED = 20
"""Tills whose syncs are measured: two whole branches, so that they hear of each other."""

HANDFUL = 3
"""Vends that a till has to tell when it syncs."""


@dataclass(frozen=True)
class Plan:
    """How much is loaded. Every till has as many accounts and vends as every other.

    Attributes:
        batch: the most entries in a till's batch; a vend is two.
        looks: how often each page is looked at, and how often tills sync.
        began: when the plan was made.
    """

    vends: int
    accounts: int
    tills: int
    batch: int
    looks: int
    began: datetime

    @property
    def each(self) -> int:
        """Vends of a till."""
        return self.vends // self.tills

    @property
    def rounds(self) -> int:
        """In each every till sends a batch of vends."""
        return -(-self.each // (self.batch // 2))

    def vends_in(self, number: int) -> int:
        """Vends of a till in this round, of which the first is 1."""
        a_round = self.batch // 2
        return min(a_round, self.each - (number - 1) * a_round)

    @property
    def step(self) -> timedelta:
        """From one vend of a till to the next."""
        return timedelta(days=DAYS) / self.each

    @property
    def since(self) -> datetime:
        """When the first account was opened. The openings, a moment each, are before the first vend."""
        return self.began - timedelta(days=DAYS)

    @property
    def sync_rounds(self) -> int:
        """How often each till syncs, so that there are enough syncs."""
        return -(-self.looks // min(MEASURED, self.tills))


def plan_in(folder: Path, wanted: Plan) -> Plan:
    """The plan of this folder, which is the one that is wanted where there is none yet.

    Raises:
        ValueError: there is one, of other figures.
    """
    path = folder / "plan.json"
    if not path.exists():
        path.write_bytes(msgspec.json.encode(asdict(wanted)))
        return wanted
    said = msgspec.json.decode(path.read_bytes())
    found = Plan(**said | {"began": datetime.fromisoformat(said["began"]), "looks": wanted.looks})
    if (found.vends, found.accounts, found.tills, found.batch) != (
        wanted.vends, wanted.accounts, wanted.tills, wanted.batch,
    ):  # fmt: skip
        raise ValueError(f"{folder} holds a load of other figures: {path.read_text()}")
    return found


def now() -> datetime:
    """To the second."""
    return datetime.now(UTC).replace(microsecond=0)
