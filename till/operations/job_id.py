"""Ids of card jobs: the till's own, a slash, and a ULID, so that ids sort by time and nobody can take another's."""

import re
import secrets
from datetime import datetime

from till.operations.refusals import BadField

LONGEST_ID = 64
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_job_id(till: str, now: datetime) -> str:
    """A job id that was never made before: 48 bits of milliseconds and 80 random bits."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return f"{till}/" + "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(26)))


def check_job_id(till: str, job: str) -> None:
    """Check an id that came from outside.

    Raises:
        BadField: it cannot be one of this till's.
    """
    if len(job) > LONGEST_ID or not re.fullmatch(re.escape(till) + "/[0-9A-Za-z-]+", job):
        raise BadField("id", "job_id", f"{till}/")
