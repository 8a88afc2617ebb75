"""One account within the writer's transaction."""

from collections.abc import Callable, Sequence

from common.account import AccountFacts, Job, pack, unpack
from common.chain import SignedEntry
from common.reports.accounts import lists_of
from common.reports.line import imported_lines
from common.tariff import Tariff
from syncserver.ingest.decisions import decisions_of
from syncserver.ingest.folding import fold_news, jobs_named
from syncserver.ingest.prepare import FoldedAccount
from syncserver.ingest.views import cards_of, vends_of
from syncserver.store import AccountPlace, CardRow, DecisionRow, VendRow


class OpenAccount:
    """An account that is being folded: its news is gathered, and folded when somebody asks.

    Args:
        place: what the store says of it.
        facts: reads its recent facts from the store, packed.
        whole: gives all its facts up to the entry at a position.

    Attributes:
        branch: which opened it.
        branches: which get its entries, by name.
        last: the position of the last entry about it.
        plain: whether no rule can have anything to say (common.account.plain).
    """

    __slots__ = (
        "_before", "_cards", "_facts", "_folded", "_imported", "_jobs", "_lists", "_news", "_read", "_reopened",
        "_sealed", "_settled_before", "_steady", "_vends", "_whole", "branch", "branches", "last", "number", "plain",
    )  # fmt: skip

    def __init__(
        self, place: AccountPlace, facts: Callable[[], bytes | None], whole: Callable[[int], AccountFacts]
    ) -> None:
        self.number, self.branch, self.branches = place.number, place.branch, place.branches.split()
        self.last = self._before = place.last
        self._read, self._whole = facts, whole
        self._facts: AccountFacts | None = None
        self._folded: FoldedAccount | None = None
        self._settled_before: object = None
        self._news: list[SignedEntry] = []
        self._reopened = False
        self._jobs: set[str] = set()
        self._sealed: dict[str, Job] = {}
        self._vends: list[VendRow] = []
        self._imported: list[VendRow] = []
        self._steady = True
        self._lists: Sequence[str] | None = None
        self.plain = False

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been folded into it, nor is to be, since the transaction began."""
        return self._folded is None and self._facts is None and not self._news and not self._reopened

    def adopt(self, folded: FoldedAccount) -> None:
        """It was folded ahead: this is how it stands."""
        self._folded, self.plain = folded, True

    def hear(self, signed: SignedEntry, inner: SignedEntry, previous: int) -> None:
        """An entry about it, and the one that it carries, or itself. `previous`: where the one before stands."""
        if not self._news:
            self._before = previous
        self._news.append(signed)
        self._jobs |= jobs_named([inner])
        self._imported += imported_lines(inner.entry)

    def reopen(self) -> None:
        """It is to be folded from its first entry."""
        if not self._news:
            self._before = self.last
        self._reopened = True

    def facts(self, tariffs: Sequence[Tariff]) -> AccountFacts:
        """Its recent facts, the news folded."""
        facts = self._open()
        if not self._news and not self._reopened:
            return facts
        if self._reopened:
            done = fold_news(self._whole(self._before), self._news, tariffs, None)
        else:
            done = fold_news(facts, self._news, tariffs, lambda: self._whole(self._before))
        self._steady &= done.steady
        self._lists = () if done.plain else None
        self._facts, self.plain = done.facts, done.plain
        self._sealed.update(done.sealed)
        self._news, self._reopened = [], False
        return done.facts

    def settle(self, tariffs: Sequence[Tariff]) -> None:
        """Fold what is not folded yet."""
        if self._news or self._reopened or self._folded is None:
            self.facts(tariffs)

    @property
    def opener(self) -> str:
        """Which till opened it; empty while nobody has."""
        if self._folded is not None:
            return self._folded.opener
        opened = self._open().opened
        return "" if opened is None else opened.writer

    @property
    def packed(self) -> bytes:
        """Its facts as they are stored."""
        return pack(self._open()) if self._folded is None else self._folded.facts

    def cards(self) -> list[CardRow]:
        """Its cards as they stand; none where they are what they were."""
        if self._folded is not None:
            return self._folded.cards or []
        return [] if self._steady else cards_of(self._open())

    def lists(self) -> Sequence[str]:
        """The lists over accounts that it is in."""
        if self._folded is not None:
            return self._folded.lists
        return lists_of(self._open()) if self._lists is None else self._lists

    def vends(self) -> list[VendRow]:
        """The sales that entries spoke of."""
        if self._folded is not None:
            return self._folded.vends
        return self._vends + self._imported + vends_of(self._jobs, self._sealed, self._open())

    def decisions(self) -> list[DecisionRow] | None:
        """What the rules and people decided; None where it is what it was."""
        if self._folded is not None:
            return None
        facts = self._open()
        return None if self._settled_before == (facts.decisions, facts.decided) else decisions_of(facts)

    def _open(self) -> AccountFacts:
        """Its facts, the news not folded."""
        if self._facts is None:
            folded, self._folded = self._folded, None
            if folded is None:
                packed = self._read()
            else:
                packed, self._vends = folded.facts, folded.vends
                self._steady, self._lists = folded.cards is None, folded.lists
            self._facts = AccountFacts.new(self.number) if packed is None else unpack(packed)
            self._settled_before = (self._facts.decisions, self._facts.decided)
        return self._facts
