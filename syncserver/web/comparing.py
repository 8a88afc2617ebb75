"""What one tariff changes of another, part by part."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.tariff import Tariff


@dataclass(frozen=True)
class Difference:
    """A part of a tariff: before and after, in its own unit; None where it is not there.

    Attributes:
        kind: `tier`, `surcharge_price`, `surcharge_rate`, `vat`, `fee`.
        name: the customer class, surcharge or fee.
        upto: where the tier ends, watt-hours; None for the last, and for what is no tier.
        place: which tier, from 1; 0 for others.
    """

    kind: str
    name: str
    place: int
    upto: int | None
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        """How much more."""
        return (self.after or 0) - (self.before or 0)


def compare(before: Tariff | None, after: Tariff) -> list[Difference]:
    """Every part of both."""
    old = {} if before is None else dict(_parts(before))
    new = dict(_parts(after))
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Difference(
            kind=kind,
            name=name,
            place=place,
            upto=(new.get((kind, name, place)) or old[kind, name, place])[1],
            before=old[kind, name, place][0] if (kind, name, place) in old else None,
            after=new[kind, name, place][0] if (kind, name, place) in new else None,
        )
        for kind, name, place in keys
    ]


def _parts(tariff: Tariff) -> Iterator[tuple[tuple[str, str, int], tuple[int, int | None]]]:
    for name, tiers in tariff.classes.items():
        for place, tier in enumerate(tiers, 1):
            yield ("tier", name, place), (tier.price, tier.up_to)
    for surcharge in tariff.surcharges:
        kind = "surcharge_price" if surcharge.price else "surcharge_rate"
        yield (kind, surcharge.name, 0), (surcharge.price or surcharge.rate, None)
    yield ("vat", "", 0), (tariff.vat, None)
    for fee in ("issue", "replacement"):
        yield ("fee", fee, 0), (getattr(tariff.fees, fee), None)
