"""A world where more goes wrong: accounts are closed, prices change, cards are copied or lose a write, people decide.

What the office's people say is kept in `said`, so that a test can say it again at another moment.
"""

import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from common.account import AccountFacts, open_debts, refunds_due, standing, year_energy
from common.admission import AmountNotSold, Refused, check_freeze
from common.card.image import CardImage
from common.entries import (
    AccountFrozen,
    CaseDecided,
    CaseOpened,
    Option,
    RefundPaid,
    TariffPublished,
)
from common.tariff import BadQuantity, Quote, Tariff, Tier, in_force, quote_credit, quote_energy
from common.units import CreditUnit
from tests.common.pieces import ACCOUNT, START, Card, Meter, Writer
from tests.common.world import APPROVAL, World

YEAR = 2026


def tariff(name: str, since: Any, step: int) -> Tariff:
    """A watt-hour costs `step` minor units, and twice that above 6 kWh a year."""
    price = step * 10_000_000
    tiers = [Tier(price=price, up_to=6_000), Tier(price=2 * price)]
    return Tariff(tariff=name, since=since, digits=2, classes={"residential": tiers})


@dataclass
class OddWorld(World):
    """One account, some tills, one office, and people who err or cheat."""

    said: list[TariffPublished | CaseDecided] = field(default_factory=list)
    images: dict[int, CardImage | None] = field(default_factory=dict)

    @classmethod
    def new(cls, tills: int = 2, clock_errors: tuple[int, ...] = (), unit: CreditUnit = CreditUnit.ENERGY) -> Self:
        world = super().new(tills, clock_errors, unit)
        world.say(TariffPublished(tariff=tariff("t0", START - timedelta(days=9), 1)))
        for till in range(tills):
            world.sync(till)
        return world

    # --- what people do ---

    def say(self, body: TariffPublished | CaseDecided) -> None:
        """Somebody at the office says so."""
        if isinstance(body, TariffPublished):
            self.tariffs.append(body.tariff)
        self.said.append(body)
        self.feed.append(self.office.write(body, self.now))
        self.arrive([])

    def publish(self, step: int, minutes: int) -> None:
        """A new price, in force since some minutes ago or from some minutes on."""
        self.say(TariffPublished(tariff=tariff(f"t{len(self.said)}", self.now + timedelta(minutes=minutes), step)))

    def decide(self, case: int, option: int) -> None:
        """Somebody decides one of the open cases."""
        waiting = self.open_cases
        if waiting:
            chosen = waiting[case % len(waiting)]
            self.decide_case(chosen, chosen.options[option % len(chosen.options)])

    def decide_case(self, case: CaseOpened, option: Option) -> None:
        money = abs(case.amount) if option in (Option.RECOVER, Option.REFUND) else 0
        self.say(
            CaseDecided(
                case=case.key,
                account=ACCOUNT,
                option=option,
                subject=case.subject,
                amount=money,
                by="chen",
                reason="looked into",
            )
        )

    @property
    def open_cases(self) -> list[CaseOpened]:
        """The cases that wait for a person."""
        facts = self.office.facts
        cases = [made for _, made in sorted(facts.decisions.items()) if isinstance(made, CaseOpened)]
        return [case for case in cases if case.options and case.key not in facts.decided]

    def close_account(self, till: int, card: int) -> None:
        """The meter is taken down and read, the refund paid, the card taken back, the account closed: as far as the
        till lets it go."""
        writer = self.tills[till]
        steps = (
            lambda: self.read(till, card),
            lambda: self._take_down(till),
            lambda: self.refund(till),
            lambda: self.refund_owed(till),
            lambda: self.wipe(till, card),
        )
        for step in steps:
            try:
                step()
            except Refused:
                continue
        check_freeze(writer.facts)
        view = standing(writer.facts)
        body = AccountFrozen(
            account=ACCOUNT, reason="moved away", clerk="wang", meter=view.meter, known_count=view.last_count
        )
        writer.write(body, self.now)

    def _take_down(self, till: int) -> None:
        if standing(self.tills[till].facts).meter == self.meter.number:
            self.removed.append(self.meter)
            self.meter = Meter(f"M{len(self.removed) + 1}", self.meter.unit)
        self.read_meter(till)

    def pay_decided(self, till: int) -> None:
        """Pay a refund that somebody at the office decided on."""
        for due in refunds_due(self.tills[till].facts)[:1]:
            body = RefundPaid(
                refund=self._next_job(till),
                account=ACCOUNT,
                decision=due.decision,
                credit=0,
                unit=CreditUnit.ENERGY,
                amount=due.amount,
                payment="cash",
                receipt="",
                reason="decided",
                clerk="wang",
                approval=APPROVAL,
            )
            self.jobs += 1
            self.tills[till].write(body, self.now)

    def clone(self, card: int) -> None:
        """Somebody copies a card, chip and all."""
        self.cards.append(copy.copy(self.cards[card % len(self.cards)]))

    def tear_out(self, card: int) -> None:
        """A card loses its last write."""
        found = self.cards[card % len(self.cards)]
        if found.image is not None and self.images.get(id(found)) is not None:
            found.image = self.images.pop(id(found))

    # --- within ---

    def _run(self, till: int, card: Card, image: CardImage, *arguments: Any) -> None:
        self.images[id(card)] = card.image
        super()._run(till, card, image, *arguments)

    def _quote(self, writer: Writer, facts: AccountFacts, credit: int) -> Quote:
        """By the tariffs that the till has heard of, with the arrears that it knows of."""
        at = self.now + writer.clock_error
        debts = open_debts(facts)
        try:
            if standing(facts).unit is CreditUnit.MONEY:
                return quote_credit("residential", 0, credit, job="", year=YEAR, at=at, debts=debts)
            heard = [signed.entry.body for signed in self.feed[: writer.heard]]
            known = [body.tariff for body in heard if isinstance(body, TariffPublished)]
            used = year_energy(facts, YEAR)
            right = in_force(known, at)
            return quote_energy(right, "residential", used, credit, job="", year=YEAR, at=at, debts=debts)
        except BadQuantity as error:
            raise AmountNotSold(error.reason) from error
