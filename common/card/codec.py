"""Zones of a card as bytes, each ending with an 8-byte MAC.

The MAC is AES-CMAC (NIST SP 800-38B, RFC 4493) cut to its first 8 bytes, over the card's serial (16 ASCII digits), the
zone's name, a zero byte and the zone's bytes before the MAC. A zone copied to another card or place has a wrong MAC.
"""

import hashlib
import hmac
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from common.card.coding import CODINGS, FieldError, Value
from common.card.image import CardImage, CardKind, ReturnData, ReturnStatus
from common.card.layout import MAC_LENGTH, Layout, ZoneName
from common.units import CreditUnit


class CardMacError(Exception):
    """A zone that is not blank and whose MAC is wrong: torn, altered, copied, or of another key."""

    def __init__(self, zone: ZoneName) -> None:
        super().__init__(zone)
        self.zone = zone

    def __str__(self) -> str:
        return f"wrong MAC in {self.zone.value}"


def is_blank(raw: bytes) -> bool:
    """Whether the zone was never written, or was wiped: all FF or all 00."""
    return raw.count(0xFF) == len(raw) or raw.count(0x00) == len(raw)


def encode_identification(layout: Layout, serial: str, key: bytes) -> bytes:
    """The identification zone, as the card's maker writes it. Its MAC tells the right key before any try is spent."""
    return _seal(layout, ZoneName.IDENTIFICATION, {"serial": serial}, serial, key)


def decode_serial(layout: Layout, raw: bytes) -> str:
    """The serial in the identification zone, without a key. Raises FieldError on a card of another layout."""
    return str(_open_fields(layout, ZoneName.IDENTIFICATION, raw)["serial"])


def check_identification(layout: Layout, raw: bytes, key: bytes) -> None:
    """Raise CardMacError unless this is the card's MAC key."""
    _check_mac(ZoneName.IDENTIFICATION, raw, decode_serial(layout, raw), key)


def encode_slot(layout: Layout, zone: ZoneName, image: CardImage, sequence: int, key: bytes) -> bytes:
    """The image as the bytes of slot A or B. Raises FieldError for a value that the layout cannot carry."""
    _check_carried(layout, zone, image)
    values: dict[str, Value] = {
        "sequence": sequence,
        "account": image.account,
        "meter": image.meter,
        "issue": image.issue,
        "count": image.count,
        "credit": image.credit,
        "unit": image.unit.value,
        "job_mark": image.job_mark,
        "kind": image.kind.value,
    }
    return _seal(layout, zone, values, image.serial, key)


def decode_slot(layout: Layout, zone: ZoneName, raw: bytes, serial: str, key: bytes) -> tuple[CardImage, int] | None:
    """The image and sequence in slot A or B; None when blank. Raises CardMacError."""
    values = _unseal(layout, zone, raw, serial, key)
    if values is None:
        return None
    image = CardImage(
        serial=serial,
        account=str(values["account"]),
        meter=str(values["meter"]),
        issue=int(values["issue"]),
        count=int(values["count"]),
        credit=int(values["credit"]),
        unit=CreditUnit(str(values.get("unit", CreditUnit.ENERGY.value))),
        job_mark=int(values.get("job_mark", 0)),
        kind=CardKind(str(values.get("kind", CardKind.CREDIT.value))),
    )
    return image, int(values["sequence"])


def encode_return(layout: Layout, returned: ReturnData, serial: str, key: bytes) -> bytes:
    """The return data as bytes. Raises FieldError for a value that the layout cannot carry."""
    values: dict[str, Value] = {
        "meter": returned.meter,
        "issue": returned.issue,
        "count": returned.count,
        "remaining": returned.remaining,
        "use": returned.use,
        "status": returned.status.value,
        "card_count": returned.card_count,
    }
    return _seal(layout, ZoneName.RETURN_DATA, values, serial, key)


def decode_return(layout: Layout, raw: bytes, serial: str, key: bytes) -> ReturnData | None:
    """What the meter wrote; None when blank. Raises CardMacError."""
    values = _unseal(layout, ZoneName.RETURN_DATA, raw, serial, key)
    if values is None:
        return None
    return ReturnData(
        meter=str(values["meter"]),
        issue=int(values["issue"]),
        count=int(values["count"]),
        remaining=int(values["remaining"]),
        use=int(values["use"]),
        status=ReturnStatus(str(values["status"])),
        card_count=int(values["card_count"]),
    )


def slot_digest(raw: bytes) -> str:
    """16 hex digits that name what a slot says: start of the SHA-256 of its bytes before the MAC."""
    return hashlib.sha256(raw[:-MAC_LENGTH]).hexdigest()[:16]


def _check_carried(layout: Layout, zone: ZoneName, image: CardImage) -> None:
    """A layout without a field for it carries only what its absence means."""
    fields = layout.fields_of(zone)
    if "unit" not in fields and image.unit is not CreditUnit.ENERGY:
        raise FieldError("unit", f"{layout.name} carries energy only")
    if "kind" not in fields and image.kind is not CardKind.CREDIT:
        raise FieldError("kind", f"{layout.name} carries credit only")


def _seal(layout: Layout, zone: ZoneName, values: Mapping[str, Value], serial: str, key: bytes) -> bytes:
    content = bytearray(layout.zone(zone).length - MAC_LENGTH)
    for name, field in layout.fields_of(zone).items():
        encoded = CODINGS[field.coding].encode(name, field, values.get(name, 0))
        content[field.offset : field.offset + field.length] = encoded
    return bytes(content) + _mac(zone, bytes(content), serial, key)


def _unseal(layout: Layout, zone: ZoneName, raw: bytes, serial: str, key: bytes) -> dict[str, Value] | None:
    if len(raw) != layout.zone(zone).length:
        raise FieldError(zone.value, f"{len(raw)} bytes instead of {layout.zone(zone).length}")
    if is_blank(raw):
        return None
    _check_mac(zone, raw, serial, key)
    return _open_fields(layout, zone, raw)


def _open_fields(layout: Layout, zone: ZoneName, raw: bytes) -> dict[str, Value]:
    return {
        name: CODINGS[field.coding].decode(name, field, raw[field.offset : field.offset + field.length])
        for name, field in layout.fields_of(zone).items()
    }


def _check_mac(zone: ZoneName, raw: bytes, serial: str, key: bytes) -> None:
    if not hmac.compare_digest(raw[-MAC_LENGTH:], _mac(zone, raw[:-MAC_LENGTH], serial, key)):
        raise CardMacError(zone)


def _mac(zone: ZoneName, content: bytes, serial: str, key: bytes) -> bytes:
    cmac = CMAC(AES(key))
    cmac.update(serial.encode("ascii") + zone.value.encode("ascii") + b"\0" + content)
    return cmac.finalize()[:MAC_LENGTH]
