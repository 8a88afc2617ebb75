"""Ids of card jobs: the till's own, a slash, and a ULID, so that ids sort by time and nobody can take another's."""

import secrets
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_job_id(till: str, now: datetime) -> str:
    """A job id that was never made before: 48 bits of milliseconds and 80 random bits."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return f"{till}/" + "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(26)))
