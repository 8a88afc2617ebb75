"""One account of the old system as entries: how it stood, what it bought, what it owes, that it is closed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from common.clerks import Approval
from common.entries import (
    AccountFrozen,
    AccountImported,
    AccountOpened,
    AnyBody,
    ArrearsEntered,
    ImportedCard,
    PurchasesImported,
)
from common.tariff.model import WHOLE
from common.units import CreditUnit
from syncserver.oldsystem.accounts import OldAccount, OldCard
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.mapping import Mapping
from syncserver.oldsystem.purchases import Bought, Staging

_IN_AN_ENTRY = 120
"""Purchases in one entry: with the longest texts that one may have they fit in common.entries.envelope.MAX_ENTRY."""


class Taken(Struct, frozen=True):
    """An account ready to be taken over: its entries' bodies, and the purchases that are in them."""

    bodies: list[AnyBody]
    purchases: list[Bought]
    twice: list[Bought]


class _Meter(Struct, frozen=True):
    """How far the meter on the wall is: see AccountImported."""

    count: int
    taken: int
    through: int | None
    waiting: Bought | None


class Taking:
    """Makes accounts ready.

    Args:
        by: the clerk who makes the import, and stands by it.
    """

    def __init__(self, mapping: Mapping, staging: Staging, findings: Findings, by: str) -> None:
        self._mapping, self._staging, self._findings, self._by = mapping, staging, findings, by
        self._unit = CreditUnit(mapping.defaults.unit)

    def account(self, old: OldAccount, writer: str) -> Taken:
        """An account, for the journal of this writer."""
        bought, twice = self._without_twice(self._staging.of(old.number))
        here = old.meter.number
        bought.sort(key=lambda one: one.meter == here)  # older meters first; the sort keeps the order of time
        meter = self._meter(old, [one for one in bought if one.meter == here])
        self._look_at(old, bought)
        numbers = {id(one): number for number, one in enumerate(bought, 1)}
        settled = [one for one in bought if one is not meter.waiting]
        bodies: list[AnyBody] = [
            self._opened(old),
            *self._purchases(old, settled, numbers),
            self._imported(old, meter, 0 if meter.waiting is None else numbers[id(meter.waiting)]),
        ]
        if old.arrears:
            bodies.append(self._arrears(old, writer))
        if old.closed:
            bodies.append(
                AccountFrozen(
                    account=old.number, reason=self._mapping.name, clerk=self._by, meter=here, known_count=meter.count
                )
            )
        return Taken(bodies, bought, twice)

    def _without_twice(self, found: list[Bought]) -> tuple[list[Bought], list[Bought]]:
        """A row that says the same as another was recorded twice."""
        kept: dict[tuple[object, ...], Bought] = {}
        twice: list[Bought] = []
        for one in found:
            bought = one.purchase
            key = (one.meter, bought.at, bought.count, bought.credit, bought.amount, bought.clerk, bought.receipt)
            if key in kept:
                twice.append(one)
            else:
                kept[key] = one
        return list(kept.values()), twice

    def _opened(self, old: OldAccount) -> AccountOpened:
        return AccountOpened(
            account=old.number,
            name=old.name,
            meter=old.meter.number,
            tariff_class=old.tariff_class,
            limit=old.meter.limit or old.limit,
            clerk=self._by,
            phone=old.phone,
            address=old.address,
            note=old.note,
            unit=self._unit,
        )

    def _imported(self, old: OldAccount, meter: _Meter, waiting_number: int) -> AccountImported:
        cards, issue = _cards(old.cards)
        return AccountImported(
            account=old.number,
            source=self._mapping.name,
            number=old.was,
            since=old.opened,
            meter=old.meter.number,
            unit=self._unit,
            count=meter.count,
            taken=meter.taken,
            through=meter.through,
            issue=issue,
            cards=cards,
            waiting=None if meter.waiting is None else meter.waiting.purchase,
            waiting_number=waiting_number,
        )

    def _purchases(
        self, old: OldAccount, settled: Sequence[Bought], numbers: dict[int, int]
    ) -> Iterator[PurchasesImported]:
        """Runs of purchases whose numbers follow one another, each of one meter."""
        run: list[Bought] = []
        for one in settled:
            breaks = run and (
                one.meter != run[-1].meter or numbers[id(one)] != numbers[id(run[-1])] + 1 or len(run) == _IN_AN_ENTRY
            )
            if breaks:
                yield self._run(old, run, numbers)
                run = []
            run.append(one)
        if run:
            yield self._run(old, run, numbers)

    def _run(self, old: OldAccount, run: Sequence[Bought], numbers: dict[int, int]) -> PurchasesImported:
        return PurchasesImported(
            account=old.number,
            meter=run[0].meter,
            unit=self._unit,
            first=numbers[id(run[0])],
            purchases=[one.purchase for one in run],
        )

    def _arrears(self, old: OldAccount, writer: str) -> ArrearsEntered:
        terms = self._mapping.arrears
        return ArrearsEntered(
            arrears=f"{writer}/{old.number}/arrears",
            account=old.number,
            name=terms.name,
            amount=old.arrears,
            share=int(terms.share * WHOLE),
            fixed=0,
            clerk=self._by,
            approval=Approval(by=self._by, reason=self._mapping.name),
        )

    def _meter(self, old: OldAccount, bought: list[Bought]) -> _Meter:
        """How far the meter on the wall is, by what it said last, by what was sold for it, and by when."""
        standing = _standing(bought)
        sold = max([len(standing) if not any(one.purchase.count for one in standing) else 0]
                   + [one.purchase.count for one in standing])  # fmt: skip
        told, said = old.meter.count, old.meter.taken
        if told > sold:
            self._findings.notice(old.meter.source, "count", told, "not_meter_count")
            sold = told
        open_ = [] if told >= sold else self._open(standing, told)
        if len(open_) > 1:
            self._findings.notice(open_[-1].source, "count", open_[-1].purchase.count, "waiting_many")
        last = open_[-1] if open_ and not old.closed else None
        waiting = last if last is not None and last.purchase.count in (0, sold) else None
        taken = sold if waiting is None else max(sold - 1, told)
        return _Meter(sold, taken, _through(standing, told, said, waiting), waiting)

    def _open(self, standing: list[Bought], told: int) -> list[Bought]:
        """Of the last purchases, those that nobody knows the meter to have taken."""
        last = standing[-1:]
        if any(one.taken >= 0 for one in last):
            return [one for one in last if one.taken == 0]
        days = self._mapping.settled_days
        if days is not None and last and self._staging.age(last[0]) > timedelta(days=days):
            return []
        return [one for one in standing if one.purchase.count > told] if told >= 0 else last

    def _look_at(self, old: OldAccount, bought: list[Bought]) -> None:
        counts = Counter((one.meter, one.purchase.count) for one in bought if one.purchase.amount >= 0)
        known = {meter.number for meter in old.meters}
        for one in bought:
            count = one.purchase.count
            if count and counts[one.meter, count] > 1 and one.purchase.amount >= 0:
                self._findings.notice(one.source, "count", count, "count_twice")
            if one.meter not in known:
                self._findings.notice(one.source, "meter", one.meter, "meter_unknown")


def _standing(bought: list[Bought]) -> list[Bought]:
    """The purchases that nothing has put right: for each row below zero, the latest before it of the same credit is
    gone."""
    left: list[Bought] = []
    for one in bought:
        if one.purchase.credit > 0:
            left.append(one)
        elif one.purchase.credit < 0:
            undone = next((other for other in reversed(left) if other.purchase.credit == -one.purchase.credit), None)
            if undone is not None:
                left.remove(undone)
    return left


def _through(standing: list[Bought], told: int, said: int, waiting: Bought | None) -> int | None:
    """Credit that the meter had taken ever by the count that it is held to have reached."""
    if said < 0:
        return None
    since = [one for one in standing if one.purchase.count > told and one is not waiting]
    return said + sum(one.purchase.credit for one in since)


def _cards(cards: Sequence[OldCard]) -> tuple[list[ImportedCard], int]:
    """The cards by issue number, and the highest that the meter may know. Where the old system kept none they are
    numbered as they stand there. Where the last was lost and not replaced, none is in use, nor will be again."""
    taken = {card.issue for card in cards}
    free = iter(number for number in range(1, len(cards) + len(taken) + 1) if number not in taken)
    numbered = sorted((card.issue or next(free), card.serial, card.lost) for card in cards)
    issue = numbered[-1][0] if numbered else 0
    if numbered and numbered[-1][2]:
        return [], issue
    return [ImportedCard(serial=serial, issue=number) for number, serial, _ in numbered], issue
