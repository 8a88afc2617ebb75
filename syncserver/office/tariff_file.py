"""A tariff as a person writes it: TOML, prices and shares as people say them."""

import tomllib
from datetime import datetime
from typing import Any, Literal

import msgspec

from common.tariff import Fees, Surcharge, Tariff, Tier
from common.units import BadAmount, format_decimal, parse_energy, parse_money
from syncserver.office.errors import OfficeError

PRICE_DIGITS = 6
"""Of the major unit, of a price a kWh."""

_PERCENT_DIGITS = 4


class _TierFile(msgspec.Struct, forbid_unknown_fields=True):
    price: str
    up_to: str | None = None


class _SurchargeFile(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    price: str = ""
    rate: str = ""
    classes: list[str] = []


class _TariffFile(msgspec.Struct, forbid_unknown_fields=True):
    tariff: str
    since: datetime
    classes: dict[str, list[_TierFile]]
    surcharges: list[_SurchargeFile] = []
    vat: str = "0"
    vat_included: bool = True
    fees: dict[Literal["issue", "replacement"], str] = {}


def read_tariff(text: str, digits: int, source: str) -> Tariff:
    """The tariff that a TOML text says. `digits`: the currency's minor ones. `source`: what to call the text.

    Raises:
        OfficeError: it is none, or its date has no time zone.
    """
    try:
        read = msgspec.convert(tomllib.loads(text), type=_TariffFile)
        tariff = _tariff(read, digits)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, BadAmount) as error:
        what = f"{source} is no tariff: {error}."
        raise OfficeError(what, "See README.md for one.", "no_tariff", reason=str(error)) from error
    if read.since.tzinfo is None:
        advice = "Write it as 2026-01-01T00:00:00+08:00."
        raise OfficeError(f"{source}: since has no time zone.", advice, "no_zone")
    return tariff


def write_tariff(tariff: Tariff) -> str:
    """The text that `read_tariff` makes this tariff of."""
    lines = [f"tariff = {_quoted(tariff.tariff)}", f"since = {tariff.since.isoformat()}"]
    lines += [f'vat = "{_plain(tariff.vat, _PERCENT_DIGITS)}%"', f"vat_included = {str(tariff.vat_included).lower()}"]
    lines += ["", "[fees]"]
    lines += [
        f'{name} = "{_plain(fee, tariff.digits)}"' for name, fee in msgspec.structs.asdict(tariff.fees).items() if fee
    ]
    for name, tiers in tariff.classes.items():
        for tier in tiers:
            lines += ["", f"[[classes.{_quoted(name)}]]", f'price = "{_plain(tier.price, PRICE_DIGITS)}"']
            if tier.up_to is not None:
                lines.append(f'up_to = "{_plain(tier.up_to, 3)}"')
    for found in tariff.surcharges:
        lines += ["", "[[surcharges]]", f"name = {_quoted(found.name)}"]
        lines.append(
            f'price = "{_plain(found.price, PRICE_DIGITS)}"'
            if found.price
            else f'rate = "{_plain(found.rate, _PERCENT_DIGITS)}%"'
        )
        if found.classes:
            lines.append(f"classes = [{', '.join(map(_quoted, found.classes))}]")
    return "\n".join(lines) + "\n"


def _tariff(read: _TariffFile, digits: int) -> Tariff:
    fees: dict[str, Any] = {name: parse_money(fee, digits) for name, fee in read.fees.items()}
    return Tariff(
        tariff=read.tariff,
        since=read.since,
        digits=digits,
        classes={name: [_tier(tier) for tier in tiers] for name, tiers in read.classes.items()},
        surcharges=[
            Surcharge(
                name=found.name,
                price=parse_money(found.price or "0", PRICE_DIGITS),
                rate=_rate(found.rate or "0"),
                classes=found.classes,
            )
            for found in read.surcharges
        ],
        vat=_rate(read.vat),
        vat_included=read.vat_included,
        fees=Fees(**fees),
    )


def _rate(text: str) -> int:
    """Millionths, from a number of percent such as `13%`."""
    return parse_money(text.removesuffix("%"), _PERCENT_DIGITS)


def _tier(tier: _TierFile) -> Tier:
    up_to = None if tier.up_to is None else parse_energy(tier.up_to)
    return Tier(price=parse_money(tier.price, PRICE_DIGITS), up_to=up_to)


def _plain(value: int, digits: int) -> str:
    text = format_decimal(value, digits).replace(",", "")
    return text.rstrip("0").rstrip(".") if digits else text


def _quoted(text: str) -> str:
    """A TOML basic string: its escapes are those of JSON."""
    return msgspec.json.encode(text).decode()
