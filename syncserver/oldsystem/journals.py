"""The journals of an import: one for each branch, under a key made from the office's own and the import's name.

So an import that was cut off goes on where it was, and one that an office lost with its disk and makes again says the
same under the same names: nothing of it counts twice when a till hands back what it had heard.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.chain import GENESIS, Head, SignedEntry, append, public_hex
from common.clock import ZERO, Hlc, tick, wall_ms
from common.entries import AnyBody, JournalOpened, TillEnrolled, TillRevoked
from common.entries.imported import PREFIX
from common.sealing import box_hex
from syncserver import VERSION
from syncserver.ingest.intake import Intake
from syncserver.store import Reading, WriterRow, WriterState

EPOCH = 1
_SIGNING, _BOX = "signing", "box"
_OVER = "It holds what came from the old system."
_BRANCH_DIGITS = 6


def writer_of(name: str, branch: str) -> str:
    """The writer of an import's journal for a branch."""
    return f"{PREFIX}{name}-{hashlib.sha256(branch.encode()).hexdigest()[:_BRANCH_DIGITS]}"


class ImportJournal:
    """The journal of one branch, within one transaction of the store. Whoever writes to it, stores it (`signed`).

    Args:
        signing: the office's key.
        name: the import's.
    """

    def __init__(self, reading: Reading, signing: Ed25519PrivateKey, name: str, branch: str) -> None:
        self.writer, self._branch, self._name = writer_of(name, branch), branch, name
        self._key = Ed25519PrivateKey.from_private_bytes(_derived(signing, name, branch, _SIGNING))
        self._box = X25519PrivateKey.from_private_bytes(_derived(signing, name, branch, _BOX))
        row = reading.writer(self.writer, EPOCH)
        self._is_new = row is None
        self._head = Head.empty(self.writer, EPOCH) if row is None else row.head
        self._hlc: Hlc = ZERO
        if row is not None:
            for last in reading.entries(self.writer, EPOCH, after=row.seq - 1):
                self._hlc = last.signed.entry.hlc
        self.signed: list[SignedEntry] = []

    def open(self, intake: Intake, now: datetime) -> None:
        """Enrol the journal, where nobody has. No till ever writes to it, so that it is out of use at once."""
        if not self._is_new:
            return
        key, box = public_hex(self._key), box_hex(self._box)
        intake.writing.add_writer(
            WriterRow(
                id=self.writer,
                epoch=EPOCH,
                branch=self._branch,
                name=self._name,
                key=key,
                box=box,
                seq=0,
                hash=GENESIS,
                state=WriterState.REVOKED,
                reason=_OVER,
            )
        )
        intake.say(
            TillEnrolled(till=self.writer, branch=self._branch, name=self._name, epoch=EPOCH, key=key, box=box),
            TillRevoked(till=self.writer, reason=_OVER),
        )
        self.write([JournalOpened(kind="import", key=key, branch=self._branch, version=VERSION)], now)

    def write(self, bodies: Iterable[AnyBody], now: datetime) -> None:
        """The journal's next entries."""
        for body in bodies:
            self._hlc = tick(self._hlc, wall_ms(now))
            made = append(self._key, self._head, body, at=now, hlc=self._hlc)
            self._head = made.head
            self.signed.append(made)


def _derived(signing: Ed25519PrivateKey, name: str, branch: str, use: str) -> bytes:
    """32 bytes that only the office can make (RFC 5869)."""
    info = f"kilotill.import.v1\n{use}\n{name}\n{branch}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(signing.private_bytes_raw())
