"""The meter models that the office has set."""

import msgspec
from sqlite_utils import Database

from common.entries import MeterModelSet


class MeterModels:
    """The table `meter_model`. Writing expects an open transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, model: MeterModelSet) -> None:
        """Keep the latest word about a model."""
        row = (model.model, msgspec.json.encode(model))
        self._db.conn.execute("INSERT OR REPLACE INTO meter_model VALUES (?, ?)", row)

    def all(self) -> list[MeterModelSet]:
        """Every model, by name."""
        rows = self._db.conn.execute("SELECT value FROM meter_model ORDER BY model")
        return [msgspec.json.decode(row[0], type=MeterModelSet) for row in rows]
