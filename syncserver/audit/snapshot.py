"""Proving that what a branch's snapshot says of each account is what the entries say."""

from common.account import pack, seal
from syncserver.ingest.folding import whole_facts
from syncserver.store import MasterStore

_PAGE = 200


def check_snapshot(store: MasterStore, branch: str) -> tuple[int, list[str]]:
    """Fold every account of the branch afresh from its entries, and compare with what a new till would be given.

    Returns:
        How many accounts there are, and those that the snapshot says something else of.
    """
    after, count = "", 0
    wrong: list[str] = []
    with store.read() as reading:
        while accounts := reading.accounts_of(branch, after, _PAGE):
            for row in accounts:
                recent, _ = seal(whole_facts(reading, row.number, row.last))
                count += 1
                if pack(recent) != row.facts:
                    wrong.append(row.number)
            after = accounts[-1].number
    return count, wrong
