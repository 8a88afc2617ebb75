"""What proves an entry, checked while the reader waits: hash, link to the one before, the writer's signature."""

from dataclasses import dataclass

from common.chain import GENESIS, carried, digest, public_key, signature_holds, vouched_for
from common.entries import OFFICE, BadEntry, Entry
from syncserver.office.pen import EPOCH
from syncserver.store import Reading, StoredEntry


@dataclass(frozen=True)
class Proof:
    """An entry and what of its proof holds.

    Attributes:
        entry: None where the stored bytes are none.
        hash_holds: the stored hash is that of the bytes.
        link_holds: it names the entry before; None where that was not looked at.
        signed_by: the writer whose signature holds; "" where none does.
    """

    stored: StoredEntry
    entry: Entry | None
    hash_holds: bool
    link_holds: bool | None
    signed_by: str

    @property
    def holds(self) -> bool:
        """Whether all that was looked at does."""
        return self.entry is not None and self.hash_holds and self.link_holds is not False and bool(self.signed_by)

    @property
    def inner(self) -> Entry | None:
        """What an `entry.carried` carries, else the entry itself."""
        if self.entry is None:
            return None
        other = carried(self.stored.signed)
        return self.entry if other is None else other.entry


class Prover:
    """Checks entries against the keys that the office knows. For one transaction."""

    def __init__(self, reading: Reading) -> None:
        self._keys = {(row.id, row.epoch): public_key(row.key) for row in reading.writers()}

    def prove(self, stored: StoredEntry, previous: str | None = None) -> Proof:
        """One entry. `previous`: the hash that it must name."""
        try:
            signed = stored.signed
        except BadEntry:
            return Proof(stored, None, False, None, "")
        key, office = self._keys.get((stored.writer, stored.epoch)), self._keys[OFFICE, EPOCH]
        by = ""
        if key is not None and signature_holds(key, signed):
            by = stored.writer
        elif vouched_for(office, signed):
            by = OFFICE
        link = None if previous is None else signed.entry.prev == previous
        return Proof(stored, signed.entry, digest(stored.raw) == stored.hash, link, by)

    def prove_run(self, entries: list[StoredEntry], before: str) -> list[Proof]:
        """Entries of a journal that follow one another. `before`: the hash of the one before the first."""
        proofs = []
        for stored in entries:
            proofs.append(self.prove(stored, before))
            before = stored.hash
        return proofs


def hash_before(reading: Reading, writer: str, epoch: int, seq: int) -> str:
    """The hash of the entry before this one in its journal; GENESIS before the first."""
    return GENESIS if seq <= 1 else reading.hashes(writer, epoch, seq - 1, seq - 1).get(seq - 1, GENESIS)
