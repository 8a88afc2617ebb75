"""What reports look up of an account: its cards and its sales."""

from collections.abc import Iterable, Mapping

from common.account import AccountFacts, CardState, Job, standing
from common.entries import Purpose
from syncserver.store import CardRow, VendRow


def cards_of(facts: AccountFacts) -> list[CardRow]:
    """The account's cards as they stand."""
    return [
        CardRow(card.serial, facts.account, card.issue, CardState(card.state).value)
        for card in standing(facts).cards.values()
    ]


def vends_of(names: Iterable[str], sealed: Mapping[str, Job], recent: Mapping[str, Job]) -> list[VendRow]:
    """Those of the jobs of these names that are sales, whether sealed by now or not."""
    return [
        VendRow(
            job=job.job,
            account=job.account,
            writer=job.writer,
            receipt=job.receipt,
            energy=job.energy,
            amount=job.amount,
            at=job.at.isoformat(),
            state=job.state.value,
            epoch=job.epoch,
            seq=job.seq,
        )
        for name in sorted(names)
        if (job := recent.get(name) or sealed.get(name)) is not None and job.purpose is Purpose.VEND
    ]
