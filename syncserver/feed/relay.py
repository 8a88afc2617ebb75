"""Passing entries on: another till has not the rest of the journal, so each must prove itself.

A batch is taken in by its last signature alone (syncserver.ingest.batch). Only a broken till, or a dishonest one, signs
that and not what comes before; it must not stop the feed of its branch. The office then vouches for the entry.
"""

from collections import OrderedDict
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.chain import hash_signed_by, public_key, vouch
from syncserver.store import Reading, StoredEntry

_MOST_KEPT = 65_536
"""Signatures that are remembered: the tills of a branch hear the same entries one after another."""


class Relay:
    """Checks each signature once before it is passed on."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._keys: dict[tuple[str, int], Ed25519PublicKey] = {}
        self._sealed: OrderedDict[int, bytes] = OrderedDict()
        self._lock = Lock()

    def seal(self, reading: Reading, entry: StoredEntry) -> bytes:
        """The signature to pass this entry on with: its writer's, or the office's word where that does not hold."""
        with self._lock:
            known = self._sealed.get(entry.position)
        if known is None:
            holds = hash_signed_by(self._key_of(reading, entry.writer, entry.epoch), entry.hash, entry.signature)
            known = entry.signature if holds else vouch(self._key, entry.hash)
            with self._lock:
                self._sealed[entry.position] = known
                if len(self._sealed) > _MOST_KEPT:
                    self._sealed.popitem(last=False)
        return known

    def _key_of(self, reading: Reading, writer: str, epoch: int) -> Ed25519PublicKey:
        if (writer, epoch) not in self._keys:
            row = reading.writer(writer, epoch)
            if row is None:
                raise LookupError(f"{writer} wrote entries and is not known")
            self._keys[writer, epoch] = public_key(row.key)
        return self._keys[writer, epoch]
