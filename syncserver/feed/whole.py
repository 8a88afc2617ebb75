"""All entries about one account: a till asks for them where one came that is about what its snapshot had summed up."""

from syncserver.feed.relay import Relay
from syncserver.store import Reading, WriterRow


def whole_account(reading: Reading, relay: Relay, row: WriterRow, number: str) -> list[bytes]:
    """The journal lines of all entries about an account that the till's branch serves; none of another."""
    found = reading.accounts([number]).get(number)
    if found is None or row.branch not in found.branches.split():
        return []
    return [b"%s %s\n" % (relay.seal(reading, entry).hex().encode(), entry.raw) for entry in reading.about(found.last)]
