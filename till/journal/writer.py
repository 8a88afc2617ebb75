"""The till's journal: what it writes, what it takes from the office's feed, and the mirror that follows."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from common.account import AccountFacts
from common.chain import (
    ChainError,
    Head,
    SignedEntry,
    append,
    carried,
    digest,
    follow,
    public_hex,
    public_key,
    signature_holds,
    vouched_for,
)
from common.clock import ZERO, Hlc, SteadyMark, clock_jump, clock_step, tick, wall_ms
from common.entries import AnyBody, BadEntry, ClockStepped, JournalMovedIn, JournalMovedOut, JournalOpened, account_of
from common.lease import Lease
from common.wire import FeedItem
from till.journal.errors import FeedRefused, MirrorDiverged, TillHasMoved
from till.journal.keys import TillKeys
from till.journal.mirror import DAMAGED, Mirror, MirrorProblem, in_short
from till.journal.steady import steady_mark
from till.store import Store, StoreFull, StoreTampered
from till.store.reserve import release_reserve

CLOCK_TOLERANCE = timedelta(minutes=10)
"""A wall clock that was set by more than this gets an entry of its own, unless the lease says otherwise."""

MARK_EVERY_MS = 3600 * 1000
"""How often the steady clock is noted, so that the next process can compare."""

MAX_AHEAD_MS = 24 * 3600 * 1000
"""Another writer's clock further ahead than this is not followed: it is wrong, and would make ours so."""

RESTORED = "restored"
"""Why the paper of an entry that the mirror brought back may be out: the disk has forgotten that too."""

_MARK = "steady"


class Journal:
    """One till's journal of one epoch. Entries are on disk, and on the mirror when it works, when `commit` returns.

    Attributes:
        mirror_problem: why the mirror is behind; None when it is not, or there is none.
        has_moved: whether the till was moved out: its journal goes on elsewhere.
    """

    def __init__(
        self,
        store: Store,
        keys: TillKeys,
        till: str,
        epoch: int,
        clock: Callable[[], datetime],
        mirror: Mirror | None,
        steady: Callable[[datetime], SteadyMark | None] = steady_mark,
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._mirror = mirror
        self._steady = steady
        self._mark: SteadyMark | None = None
        self._tolerance = CLOCK_TOLERANCE
        self._mirrored: int | None = None
        self._mirror_damage: MirrorProblem | None = None
        self.head = Head.empty(till, epoch)
        self._hlc = ZERO
        self._last_at: datetime | None = None
        self.mirror_problem: MirrorProblem | None = None
        self.has_moved = False

    def start(self) -> None:
        """Check the journal's end and all that the office has not acknowledged, on both disks, and bring journal and
        mirror to the same length.

        Raises:
            StoreTampered: naming the first entry that does not prove itself.
            MirrorDiverged: the mirror tells another story.
        """
        self._load_end(since=self._store.acked())
        if self._mirror is not None:
            self._meet_mirror(self._mirror)

    def open_first(self, branch: str, version: str) -> None:
        """Write the first entry of an empty journal; of another, nothing."""
        self._load_end()
        if self.head.seq == 0:
            self.commit(JournalOpened(kind="till", key=public_hex(self._keys.signing), branch=branch, version=version))

    def catch_up(self) -> None:
        """Take note of what another program on this till has written since.

        Raises:
            StoreTampered: it does not prove itself.
        """
        if self._store.last_seq(self.head.writer, self.head.epoch) != self.head.seq:
            self._load_end()

    def commit(self, *bodies: AnyBody | Callable[[], AnyBody]) -> list[SignedEntry]:
        """Sign and store entries that say these bodies, all in one transaction; then mirror them. Within a transaction
        of the caller's the mirror follows with the first commit after it, or with `start`: it never holds what that
        took back.

        Args:
            bodies: one that says what only this transaction can know, such as the next receipt's number, is made in it.

        Raises:
            StoreError: nothing was stored.
            BadEntry: a value is out of range; nothing was stored.
            TillHasMoved, TakenOver: the journal goes on elsewhere; nothing was stored.
        """
        try:
            made = self._write(bodies)
        except StoreFull:
            # Within a transaction of the caller's, that is to be done again too: the next attempt has the room.
            if not release_reserve(self._store.path.parent) or self._store.in_transaction:
                raise
            made = self._write(bodies)
        self._follow_up(made)
        return made

    def _write(self, bodies: Sequence[AnyBody | Callable[[], AnyBody]]) -> list[SignedEntry]:
        with self._store.transaction():
            self.catch_up()  # from here on no other program on this till writes
            if self._mirror is not None:
                self._mirror.expect_seat(self.head.writer)
            if self.has_moved and not isinstance(bodies[0], JournalMovedIn):
                raise TillHasMoved(self.head.writer)
            now = self._clock()
            made: list[SignedEntry] = []
            head, hlc = self.head, self._hlc
            steps = self._step(now)
            # A journal begins with its opening, and goes on after a move with saying so.
            for body in (*bodies, *steps) if head.seq == 0 or self.has_moved else (*steps, *bodies):
                hlc = tick(hlc, wall_ms(now))
                said = body() if callable(body) else body
                signed = append(self._keys.signing, head, said, at=now, hlc=hlc)
                self._store.append(signed)
                made.append(signed)
                head = signed.head
        self.head, self._hlc, self._last_at = head, hlc, now
        self.has_moved = isinstance(made[-1].entry.body, JournalMovedOut)
        return made

    def accept(self, items: Sequence[FeedItem], position: int) -> int:
        """Take entries from the feed, which reaches up to `position`; each must prove itself. Returns how many were
        new. One transaction: all of them or none.

        Raises:
            FeedRefused: an entry's writer is unknown, or its signature is not the writer's.
            StoreError: nothing was stored.
        """
        new = 0
        highest = self._hlc
        with self._store.transaction():
            for item in items:
                self._check(item)
                if self._is_own(item.signed) or self._is_in_snapshot(item):
                    continue
                new += self._store.take(item.signed)
                highest = max(highest, self._followable(item.signed.entry.hlc))
            if highest > self._hlc:
                self._store.set_setting("hlc", highest)
            self._store.set_feed_position(position)
        self._hlc = highest
        return new

    def begin_from(self, accounts: Sequence[AccountFacts], position: int) -> None:
        """Begin accounts from a snapshot that the office signed, taken at this position of the feed."""
        highest = self._hlc
        with self._store.transaction():
            for facts in accounts:
                self._store.begin_from(facts, position)
                known = [job.hlc for job in facts.jobs.values()]
                highest = max([highest, *(self._followable(hlc) for hlc in known)])
            self._store.set_setting("hlc", highest)
        self._hlc = highest

    def take_whole(self, account: str, entries: Sequence[SignedEntry]) -> None:
        """Take every entry about an account in the place of what the snapshot said of it; each must prove itself.

        Raises:
            FeedRefused: one does not.
        """
        for signed in entries:
            if not self._is_own(signed):
                self._check(FeedItem(0, signed))
        self._store.take_whole(account, entries)

    def _is_in_snapshot(self, item: FeedItem) -> bool:
        account = account_of(item.signed.entry.body)
        return account is not None and self._store.bases.covers(account, item.position)

    def verify(self, progress: Callable[[int], None]) -> Head:
        """Check every hash, link and signature: of the own journal, and the signatures of all others' entries.

        Raises:
            ChainError: naming the first entry that does not hold.
            StoreTampered: stored bytes are no entry any more.
        """
        own = (self.head.writer, self.head.epoch)
        done = 0
        for writer, epoch, key_hex in self._store.writers():
            key = public_key(key_hex)
            head = Head.empty(writer, epoch)
            for signed in self._store.entries(writer, epoch):
                _check_stored(signed, key, or_else=None if (writer, epoch) == own else self._vouched_for)
                if (writer, epoch) == own:
                    list(follow(head, [signed]))
                    head = signed.head
                done += 1
                progress(done)
            for signed in self._store.entries_aside(writer, epoch):
                _check_stored(signed, key, or_else=self._vouched_for)
            if (writer, epoch) == own and head != self.head:
                raise ChainError(writer, head.seq + 1, "the journal ends too early")
        return self.head

    # --- within ---

    def _load_end(self, since: int | None = None) -> None:
        """Read the last entries again, those after `since` at least, and check that they hold. The signatures of the
        last two prove all before them through the hashes."""
        writer, epoch = self.head.writer, self.head.epoch
        last, acked = self._store.last_seq(writer, epoch), self._store.acked()
        if last < acked:
            raise StoreTampered(str(self._store.path), last + 1, "missing, and the office has it")
        head = Head.empty(writer, epoch)
        self._hlc = self._store.setting("hlc", Hlc) or ZERO
        self._mark = self._store.setting(_MARK, SteadyMark)
        lease = self._store.setting("lease", Lease)
        self._tolerance = CLOCK_TOLERANCE if lease is None else timedelta(seconds=lease.clock_tolerance_s)
        after = max(0, min(last - 2, last if since is None else since - 1))
        for signed in self._store.entries(writer, epoch, after=after):
            if head.seq or after == 0:
                self._expect(head, signed)
            elif signed.entry.seq != after + 1:
                raise StoreTampered(str(self._store.path), after + 1, "missing")
            try:
                _check_bytes(signed)
                if signed.entry.seq > last - 2:
                    _check_stored(signed, self._keys.signing.public_key())
            except ChainError as error:
                raise StoreTampered(str(self._store.path), error.seq, error.reason) from error
            head = signed.head
            self._last_at = signed.entry.at
            self._hlc = max(self._hlc, signed.entry.hlc)
            self.has_moved = isinstance(signed.entry.body, JournalMovedOut)
        self.head = head

    def _expect(self, head: Head, signed: SignedEntry) -> None:
        try:
            list(follow(head, [signed]))
        except ChainError as error:
            raise StoreTampered(str(self._store.path), error.seq, error.reason) from error

    def _step(self, now: datetime) -> list[ClockStepped]:
        """What to enter when the wall clock was set since the last entry: within the transaction that writes."""
        back = 0 if self._last_at is None else clock_step(self._last_at, now, self._tolerance)
        mark, before = self._steady(now), self._mark
        jump = 0 if mark is None or before is None else clock_jump(before, mark, self._tolerance)
        due = before is None or mark is None or before.boot != mark.boot or mark.steady - before.steady > MARK_EVERY_MS
        if mark is not None and (due or jump):
            self._store.set_setting(_MARK, mark)
            self._mark = mark
        by_ms = jump or back
        return [ClockStepped(by_ms=by_ms)] if by_ms else []

    def _is_own(self, signed: SignedEntry) -> bool:
        return (signed.entry.writer, signed.entry.epoch) == (self.head.writer, self.head.epoch)

    def _check(self, item: FeedItem) -> None:
        entry = item.signed.entry
        key = self._store.writer_key(entry.writer, entry.epoch)
        if key is None:
            raise FeedRefused(item.position, f"nobody here knows {entry.writer}, epoch {entry.epoch}")
        if not signature_holds(public_key(key), item.signed) and not self._vouched_for(item.signed):
            raise FeedRefused(item.position, f"the signature is not {entry.writer}'s")
        try:
            carried(item.signed)
        except BadEntry as error:
            raise FeedRefused(item.position, error.reason) from error

    def _vouched_for(self, signed: SignedEntry) -> bool:
        """The office stands by an entry that its journal proves, though its own signature does not hold."""
        office = self._store.setting("office", tuple[str, int, str])
        return office is not None and vouched_for(public_key(office[2]), signed)

    def _followable(self, seen: Hlc) -> Hlc:
        return seen if seen.ms - wall_ms(self._clock()) <= MAX_AHEAD_MS else ZERO

    # --- the mirror ---

    def _meet_mirror(self, mirror: Mirror) -> None:
        try:
            last = mirror.last()
            if last is not None and last.entry.seq > self.head.seq:
                self._take_back(mirror)
                last = mirror.last()
            self._mirrored = self._common(last)
            self._mirror_damage = self._damage_of(mirror, self._mirrored)
            self._catch_up(mirror)
        except OSError as error:
            self.mirror_problem = MirrorProblem(error.strerror or str(error))
        except BadEntry:
            self.mirror_problem = MirrorProblem(DAMAGED, str(mirror.path))

    def _common(self, last: SignedEntry | None) -> int:
        if last is None:
            return 0
        held = self._store.entry_hash(self.head.writer, self.head.epoch, last.entry.seq)
        if not self._is_own(last) or held != last.hash:
            raise self._diverged(last)
        return last.entry.seq

    def _damage_of(self, mirror: Mirror, mirrored: int) -> MirrorProblem | None:
        """Where the mirror, up to its end, is not what this disk has of what the office has not acknowledged."""
        unsent = self._store.entries(self.head.writer, self.head.epoch, after=self._store.acked())
        end = [signed.line for signed in takewhile(lambda signed: signed.entry.seq <= mirrored, unsent)]
        place = mirror.differs_from(end) if end else None
        first = mirrored - len(end) + 1
        return None if place is None else MirrorProblem(DAMAGED, str(mirror.path), first + place)

    def _diverged(self, mirrored: SignedEntry) -> MirrorDiverged:
        seq = mirrored.entry.seq
        held = next(self._store.entries(self.head.writer, self.head.epoch, after=seq - 1, limit=1), None)
        return MirrorDiverged(seq, "-" if held is None else in_short(held), in_short(mirrored))

    def _take_back(self, mirror: Mirror) -> None:
        """The disk lost the journal's end (it was restored, or it lied about a flush): the mirror has it."""
        key = self._keys.signing.public_key()
        with self._store.transaction():
            try:
                for signed in follow(self.head, mirror.after(self.head.seq)):
                    if not signature_holds(key, signed):
                        raise self._diverged(signed)
                    self._store.append(signed, doubt=RESTORED)
            except ChainError as error:
                raise self._diverged(next(mirror.after(error.seq - 1))) from error
        self._load_end()

    def _follow_up(self, made: list[SignedEntry]) -> None:
        """The mirror's failure never stops a sale: it is told, and the next commit tries again."""
        if self._mirror is None or self._store.in_transaction:
            return
        if self._mirrored is None or self._mirror_damage is not None:
            self._meet_mirror(self._mirror)
            return
        try:
            if made and self._mirrored == made[0].entry.seq - 1:
                self._mirror.append(made)
                self._mirrored = made[-1].entry.seq
                self.mirror_problem = None
            else:
                self._catch_up(self._mirror)
        except OSError as error:
            self._mirrored = None
            self.mirror_problem = MirrorProblem(error.strerror or str(error))

    def _catch_up(self, mirror: Mirror) -> None:
        mirrored = self._mirrored or 0
        if mirrored < self.head.seq:
            mirror.append(self._store.entries(self.head.writer, self.head.epoch, after=mirrored))
        self._mirrored = self.head.seq
        self.mirror_problem = self._mirror_damage


def _check_bytes(signed: SignedEntry) -> None:
    if digest(signed.raw) != signed.hash:
        raise ChainError(signed.entry.writer, signed.entry.seq, "its bytes were changed")


def _check_stored(
    signed: SignedEntry, key: Ed25519PublicKey, or_else: Callable[[SignedEntry], bool] | None = None
) -> None:
    entry = signed.entry
    _check_bytes(signed)
    if not signature_holds(key, signed) and not (or_else and or_else(signed)):
        raise ChainError(entry.writer, entry.seq, "the signature is not the writer's")
