"""The log: one JSON object a line, so that a program can read it too. Nothing secret is ever given to it."""

import logging
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

import msgspec

from syncserver.office.errors import OfficeError

_BARE = frozenset(vars(logging.makeLogRecord({})))
_FACTS = frozenset({"user", "till", "route", "method", "status", "ms", "tries_left"})
"""Facts that a line may have besides what happened: nothing else goes into it, whoever adds it."""


class JsonLines(logging.Formatter):
    """A record as a line."""

    def format(self, record: logging.LogRecord) -> str:
        """When, how grave, where, what; facts; the traceback of a fault."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "what": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name in _FACTS - _BARE}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def set_up_log(target: str, level: int) -> None:
    """Write the log to a file, added to at its end, and to a new one when it was moved away (logrotate); `-` is
    standard error.

    Raises:
        OfficeError: the file cannot be written.
    """
    handler: logging.Handler
    try:
        handler = logging.StreamHandler(sys.stderr) if target == "-" else WatchedFileHandler(Path(target), "a", "utf-8")
    except OSError as error:
        raise OfficeError(f"{target} cannot be written: {error.strerror}.", "Name another file with --log.") from error
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
