"""The one source of chance of a run, and the places in the product that would ask the system for some."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from till.journal.keys import TillKeys


class Chance(random.Random):
    """Seeded; also stands in for the module `secrets`."""

    def token_bytes(self, length: int) -> bytes:
        return self.randbytes(length)

    def randbits(self, bits: int) -> int:
        return self.getrandbits(bits)

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def keys(self) -> TillKeys:
        """A till's keys."""
        return TillKeys(
            Ed25519PrivateKey.from_private_bytes(self.randbytes(32)),
            X25519PrivateKey.from_private_bytes(self.randbytes(32)),
        )


@contextmanager
def only_chance(chance: Chance) -> Iterator[None]:
    """Job ids and cards' challenges come from the seed. Sealed card keys do not: nothing depends on their bytes."""
    with patch("till.operations.job_id.secrets", chance), patch("till.simulator.chip_cpu.secrets", chance):
        yield
