"""A batch judged and folded ahead of the writer's transaction, from one moment's view of the store.

All that takes the processor is done here, by as many processes as there are: reading, hashing, verifying, folding and
asking the rules. The writer, of which there is one, checks that the journal's head and the accounts are where they were
(Projector.adopt); what has changed meanwhile it folds itself.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from common.account import AccountFacts, pack, unpack
from common.chain import Head, SignedEntry
from common.clock import Hlc
from common.entries import AccountOpened, account_of, decode_entry, type_of
from common.reports.accounts import lists_of
from common.resolution import settle
from common.tariff import Tariff
from syncserver.ingest.batch import BatchRefused, judge, read_batch
from syncserver.ingest.folding import fold_news, jobs_named, whole_facts
from syncserver.ingest.views import cards_of, vends_of
from syncserver.office.pen import latest_heard
from syncserver.store import AccountRow, CardRow, Reading, VendRow, WriterRow, WriterState

EntryRow = tuple[str, int, int, str, bytes, bytes, str, str | None]
"""A row of the journal table but for where it stands: writer, epoch, seq, hash, signature, raw, type, account."""


class FoldedAccount(Struct, frozen=True, array_like=True, gc=False):
    """An account once a batch's entries about it are folded: at rest, no rule has anything to add.

    Attributes:
        last: the position of the last entry about it before the batch; 0 for an account that the office did not know.
        facts: packed.
        opener: which till opened it; empty while nobody has.
        cards: None where they are what they were.
        lists: those over accounts that it is in.
    """

    number: str
    last: int
    facts: bytes
    opener: str
    vends: list[VendRow]
    cards: list[CardRow] | None
    lists: tuple[str, ...]


class Prepared(Struct, frozen=True, array_like=True):
    """A good batch, ready to be stored.

    Attributes:
        after, head: the journal's head before and with it.
        rows: its entries.
        accounts: those of its accounts that are at rest. The writer folds the others.
        heard: the latest clock reading in it that the office follows.
        tariffs: the mark of the tariffs that were asked (`mark_of`).
        opens: whether it opens an account.
    """

    after: Head
    head: Head
    rows: list[EntryRow]
    accounts: list[FoldedAccount]
    heard: Hlc | None
    tariffs: bytes
    opens: bool

    def entries(self) -> list[SignedEntry]:
        """The entries, decoded."""
        return [signed_of(row) for row in self.rows]


def signed_of(row: EntryRow) -> SignedEntry:
    """A row's entry, decoded: it was checked when the row was made."""
    return SignedEntry(decode_entry(row[5]), row[5], row[3], row[4])


def mark_of(tariffs: Iterable[Tariff]) -> bytes:
    """Equal for equal tariffs."""
    return hashlib.sha256(msgspec.msgpack.encode([*tariffs], order="sorted")).digest()


def prepare(reading: Reading, row: WriterRow, body: bytes, now: datetime) -> Prepared | None:
    """A batch of a till's journal; None where the writer must judge it itself: nothing in it is new, or something is
    not as it should be.

    Raises:
        BatchRefused: the body is no batch.
    """
    entries = read_batch(body)
    held = reading.writer(row.id, row.epoch)
    if held is None or held.state is WriterState.STOPPED:
        return None
    try:
        new = judge(held, entries, lambda first, last: reading.hashes(row.id, row.epoch, first, last)).new
    except BatchRefused:
        return None
    if not new:
        return None
    tariffs = reading.tariffs()
    return Prepared(
        after=held.head,
        head=new[-1].head,
        rows=[row_of(signed) for signed in new],
        accounts=_fold_accounts(reading, new, tariffs),
        heard=latest_heard((signed.entry.hlc for signed in new), now),
        tariffs=mark_of(tariffs),
        opens=any(type(signed.entry.body) is AccountOpened for signed in new),
    )


def row_of(signed: SignedEntry) -> EntryRow:
    """The entry's row."""
    entry, body = signed.entry, signed.entry.body
    return (
        entry.writer, entry.epoch, entry.seq, signed.hash, signed.signature, signed.raw, type_of(body), account_of(body)
    )  # fmt: skip


def _fold_accounts(reading: Reading, new: Iterable[SignedEntry], tariffs: Sequence[Tariff]) -> list[FoldedAccount]:
    news: dict[str, list[SignedEntry]] = {}
    for signed in new:
        number = account_of(signed.entry.body)
        if number is not None:
            news.setdefault(number, []).append(signed)
    held = reading.accounts(news)
    folded = (_fold_account(reading, number, held.get(number), said, tariffs) for number, said in news.items())
    return [account for account in folded if account is not None]


def _fold_account(
    reading: Reading, number: str, held: AccountRow | None, news: list[SignedEntry], tariffs: Sequence[Tariff]
) -> FoldedAccount | None:
    """None: the rules have something to say."""
    facts = AccountFacts.new(number) if held is None else unpack(held.facts)
    last = 0 if held is None else held.last
    done = fold_news(facts, news, tariffs, lambda: whole_facts(reading, number, last))
    if not done.plain and settle(done.facts, tariffs):
        return None
    if (done.facts.decisions, done.facts.decided) != (facts.decisions, facts.decided):
        return None
    opened = done.facts.opened
    return FoldedAccount(
        number=number,
        last=last,
        facts=pack(done.facts),
        opener="" if opened is None else opened.writer,
        vends=vends_of(jobs_named(news), done.sealed, done.facts),
        cards=None if done.steady else cards_of(done.facts),
        lists=() if done.plain else lists_of(done.facts),
    )
