"""What the office gave this till: cards and their keys, tariffs, who the utility is, a lease."""

from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from common.entries import UtilitySet
from common.lease import Lease, LeaseUse
from common.tariff import Tariff
from till.store.project import Totals
from till.store.values import Values

_STOCK = "SELECT stock.serial FROM stock LEFT JOIN card USING (serial) WHERE coalesce(card.used, 0) = 0"


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What the office allows a till.

    Attributes:
        lease: null before the first.
        revoked: why the till was taken out of use, if it was.
    """

    lease: Lease | None
    use: LeaseUse
    revoked: str | None


class Supplies(Values):
    """What the office gave, of the till's database."""

    # --- stock, keys, tariffs, lease ---

    def stock(self) -> list[str]:
        """Serials of the blank cards that the branch has left, as far as this till knows."""
        return [serial for (serial,) in self._rows(f"{_STOCK} ORDER BY stock.serial", ())]

    def in_stock(self, serial: str) -> bool:
        """Whether a card is one of them."""
        return self._value(f"{_STOCK} AND stock.serial = ?", (serial,)) is not None

    def sealed_key(self, serial: str) -> str | None:
        """A card's key, sealed to this till, with those it was sealed together with."""
        return self._text("SELECT value FROM card_key JOIN sealed USING (batch) WHERE serial = ?", (serial,))

    def tariffs(self) -> list[Tariff]:
        """Every tariff version."""
        rows = self._rows("SELECT value FROM tariff ORDER BY tariff", ())
        return [_tariff(value) for (value,) in rows]

    def utility(self) -> UtilitySet | None:
        """The utility, once the office has said who it is."""
        return self.setting("utility", UtilitySet)

    def allowance(self) -> Allowance:
        """What the office allows this till, and what it has done with that."""
        found = self._many("lease", "lease_at", "contact", "revoked", "totals", "acked_money")
        never = datetime.min.replace(tzinfo=UTC)
        spoken = [msgspec.json.decode(found[name], type=datetime) for name in ("lease_at", "contact") if name in found]
        sold = msgspec.json.decode(found["totals"], type=Totals).money if "totals" in found else 0
        seen = msgspec.json.decode(found.get("acked_money", b"0"), type=int)
        return Allowance(
            lease=msgspec.json.decode(found["lease"], type=Lease) if "lease" in found else None,
            use=LeaseUse(
                granted_at=max(spoken, default=never),
                unseen_money=sold - seen,
                since=msgspec.json.decode(found["lease_at"], type=datetime) if "lease_at" in found else never,
            ),
            revoked=msgspec.json.decode(found["revoked"], type=str) if "revoked" in found else None,
        )


@lru_cache(maxsize=64)
def _tariff(value: bytes) -> Tariff:
    return msgspec.json.decode(value, type=Tariff)
