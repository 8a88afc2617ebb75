"""What reports ask of the till's store. Each looks at much of it: for what is asked now and then."""

from collections.abc import Iterator

from common.account import AccountFacts, unpack
from common.chain import SignedEntry, carried
from common.clock import ClockWord
from common.documents import JournalHead
from common.entries import ClockCompared, ClockStepped, decode_entry
from common.reports.line import Line, all_lines
from till.store.database import explained
from till.store.store import Store

_JOURNALS = "SELECT number, writer, epoch FROM journal WHERE aside = 0 ORDER BY writer, epoch"
_LAST = "SELECT count(*), max(id) FROM entry WHERE id > ? AND id < ?"
_TOLD = "SELECT raw, hash, signature FROM entry WHERE instr(raw, CAST(? AS BLOB)) ORDER BY id"
_SEQ_BITS = 40


class ReportReading:
    """What can be asked for reports. Every method may raise StoreError."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._db = store.database

    def heads(self) -> list[JournalHead]:
        """Every journal that the till has, up to the last of its entries that are here."""
        return [head for head, _ in self._heads()]

    def last_entries(self) -> list[SignedEntry]:
        """The last entry of each of these journals."""
        return [signed for _, signed in self._heads()]

    def is_parted(self) -> bool:
        """Whether a journal that is here forked: entries of another branch of it are set aside."""
        with explained(self.store.path):
            return self._db.execute("SELECT 1 FROM journal WHERE aside > 0 LIMIT 1").fetchone() is not None

    def branches(self) -> dict[tuple[str, int], str]:
        """The branch of each writer's each epoch."""
        with explained(self.store.path):
            rows = self._db.execute("SELECT writer, epoch, branch FROM writer").fetchall()
        return {(writer, epoch): branch for writer, epoch, branch in rows}

    def clock_words(self) -> dict[str, list[ClockWord]]:
        """What writers' journals say about their clocks, in order: the till's own, which alone it has."""
        words: dict[str, list[ClockWord]] = {}
        for signed in self.told('"type":"clock.'):
            entry, body = signed.entry, signed.entry.body
            if isinstance(body, ClockCompared):
                words.setdefault(entry.writer, []).append(ClockWord(entry.epoch, entry.seq, body.offset_ms, 0))
            elif isinstance(body, ClockStepped):
                words.setdefault(entry.writer, []).append(ClockWord(entry.epoch, entry.seq, None, body.by_ms))
        return {writer: sorted(said, key=lambda word: (word.epoch, word.seq)) for writer, said in words.items()}

    def told(self, text: str) -> Iterator[SignedEntry]:
        """The entries whose bytes have this text in them, by journal and number; of one that carries another, that."""
        with explained(self.store.path):
            for raw, entry_hash, signature in self._db.execute(_TOLD, (text,)).fetchall():
                signed = SignedEntry(decode_entry(raw), raw, entry_hash, signature)
                yield carried(signed) or signed

    def accounts(self) -> Iterator[AccountFacts]:
        """The recent facts of every account, by number."""
        with explained(self.store.path):
            rows = self._db.execute("SELECT facts FROM account ORDER BY number").fetchall()
        return (unpack(facts) for (facts,) in rows)

    def lines(self) -> Iterator[Line]:
        """All that reports count, of every account, from both segments."""
        for facts in self.accounts():
            archived = [] if facts.history is None else self.store.history.all(facts.account)
            yield from all_lines(facts, {old.job.job: old.job for old in archived})

    def summed_up(self) -> int:
        """Of how many accounts only the sum of what they bought before is here: by a snapshot, or by an import."""
        snapshots = [unpack(base.facts) for base in self.store.bases.all()]
        summed = {facts.account for facts in snapshots if facts.history is not None}
        return len(summed | {facts.account for facts in self.accounts() if facts.imported})

    def stock(self) -> list[str]:
        """Serials of all cards that the branch was ever allotted."""
        with explained(self.store.path):
            return [serial for (serial,) in self._db.execute("SELECT serial FROM stock ORDER BY serial").fetchall()]

    def _heads(self) -> Iterator[tuple[JournalHead, SignedEntry]]:
        with explained(self.store.path):
            journals = self._db.execute(_JOURNALS).fetchall()
        for number, writer, epoch in journals:
            first = number << _SEQ_BITS
            with explained(self.store.path):
                count, last = self._db.execute(_LAST, (first, first + (1 << _SEQ_BITS))).fetchone()
            if not count:
                continue
            seq = last - first
            signed = next(self.store.entries(writer, epoch, after=seq - 1))
            yield JournalHead(writer=writer, epoch=epoch, seq=seq, hash=signed.hash, entries=count), signed


def clerk_names(store: Store) -> dict[str, str]:
    """The clerks' full names."""
    return {clerk.clerk: clerk.name for clerk in store.clerks.all()}
