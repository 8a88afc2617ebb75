"""Folding what is new about one account: the same wherever it is done, in the writer's transaction or ahead of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from common.account import AccountFacts, Job, fold, is_plain, seal, seal_plain, touches_history
from common.chain import SignedEntry
from common.entries import CardSeen, Completed, Started, VendCompleted, VendStarted, Voided
from common.tariff import Tariff
from syncserver.store import Reading

_STEADY = frozenset({VendStarted, VendCompleted, CardSeen})
"""What changes nothing about which cards a plain account has (common.account.plain)."""


class Folded(Struct, frozen=True):
    """An account's recent facts once its news is folded.

    Attributes:
        sealed: jobs that left the recent facts.
        plain: whether no rule can have anything to say (common.account.plain).
        steady: whether its cards are what they were.
    """

    facts: AccountFacts
    sealed: Mapping[str, Job]
    plain: bool
    steady: bool


def fold_news(
    facts: AccountFacts,
    news: Sequence[SignedEntry],
    tariffs: Sequence[Tariff],
    whole: Callable[[], AccountFacts] | None,
) -> Folded:
    """Fold entries into an account's recent facts.

    Args:
        whole: gives the facts from the first entry up to the news; asked for where the news may concern what was
            sealed. None: not to be asked for, `facts` are whole.
    """
    if whole is not None and _touch_history(facts, news):
        facts = whole()
    facts = fold(facts, news)
    plain = is_plain(facts, tariffs)
    if plain:
        facts, sealed = seal_plain(facts)
    else:
        facts, sealed = seal(facts, tariffs)
        plain = bool(sealed) and is_plain(facts, tariffs)
    steady = plain and all(type(signed.entry.body) in _STEADY for signed in news)
    return Folded(facts, {old.job.job: old.job for old in sealed}, plain, steady)


def jobs_named(news: Iterable[SignedEntry]) -> set[str]:
    """The card jobs that entries speak of."""
    return {signed.entry.body.job for signed in news if isinstance(signed.entry.body, Started | Completed | Voided)}


def whole_facts(journal: Reading, number: str, last: int) -> AccountFacts:
    """All the facts of an account, from its first entry to the one at position `last`."""
    return fold(AccountFacts.new(number), (entry.signed for entry in journal.about(last)))


def _touch_history(facts: AccountFacts, news: Sequence[SignedEntry]) -> bool:
    """Whether one of these may concern what was sealed. The end of a job that starts among them does not."""
    if facts.history is None:
        return False
    started: set[str] = set()
    for signed in news:
        body = signed.entry.body
        if isinstance(body, Started):
            started.add(body.job)
        elif isinstance(body, Completed | Voided) and body.job in started:
            continue
        if touches_history(facts, signed.entry):
            return True
    return False
