"""What can be wrong with the simulator's own files."""

from till.cards.errors import CardError


class SimulatorFileUnreadable(CardError):
    """The file of a simulated card or meter, or of a factory's keys, cannot be read."""

    what = "simulator's file cannot be read"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
