"""The keys of this branch's cards, sealed on disk and opened in memory."""

from common.sealing import open_card_keys
from till.journal.keys import TillKeys
from till.store import Store


class Keyring:
    """Card keys by serial. A batch of keys is opened when one of its cards first comes to the desk."""

    def __init__(self, store: Store, keys: TillKeys) -> None:
        self._store = store
        self._keys = keys
        self._open: dict[str, bytes] = {}

    def key(self, serial: str) -> bytes | None:
        """The card's key; None when the office has given this till none.

        Raises:
            SealBroken: the key was sealed to another till, or altered.
        """
        if serial not in self._open:
            sealed = self._store.sealed_key(serial)
            if sealed is None:
                return None
            self._open.update(open_card_keys(self._keys.box, sealed))
        return self._open.get(serial)
