"""Card layouts: where each zone and each field of a card lies. A utility with another card writes a TOML file."""

import itertools
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from common.card.coding import CODINGS, Field

MAC_LENGTH = 8

_SLE4442_SIZE = 256
_SLE4442_ATR_LENGTH = 4
_HIGHEST_SHORT_FILE = 30
_HIGHEST_SHORT_OFFSET = 255


class LayoutError(ValueError):
    """A layout that cannot be: `where` says which zone or field, `problem` what is wrong with it."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem)
        self.where = where
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


class ZoneName(StrEnum):
    """The four zones of a card."""

    IDENTIFICATION = "identification"
    SLOT_A = "slot_a"
    SLOT_B = "slot_b"
    RETURN_DATA = "return_data"


class Zone(Struct, frozen=True, forbid_unknown_fields=True):
    """A run of bytes whose last 8 are its MAC.

    Attributes:
        offset: first byte, counted in the card's memory, or in the file.
        length: bytes, with the MAC.
        file: short EF identifier (ISO/IEC 7816-4, 7.4.1) on a CPU card; None on a memory card.
    """

    offset: int
    length: int
    file: int | None = None


class FieldTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of each kind of zone. Both slots have the same."""

    identification: Mapping[str, Field]
    slot: Mapping[str, Field]
    return_data: Mapping[str, Field]


class Zones(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the four zones lie."""

    identification: Zone
    slot_a: Zone
    slot_b: Zone
    return_data: Zone


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """A card's layout.

    Attributes:
        name: the layout's name and version.
        chip: `cpu` or `sle4442`.
        application: AID of the application on a CPU card, in hexadecimal.
    """

    name: str
    chip: str
    zones: Zones
    fields: FieldTables
    application: str = ""

    def zone(self, name: ZoneName) -> Zone:
        """Where this zone lies."""
        zone: Zone = getattr(self.zones, name.value)
        return zone

    def fields_of(self, name: ZoneName) -> Mapping[str, Field]:
        """The fields of this zone, by name."""
        if name is ZoneName.IDENTIFICATION:
            return self.fields.identification
        return self.fields.return_data if name is ZoneName.RETURN_DATA else self.fields.slot


_REQUIRED = {
    ZoneName.IDENTIFICATION: {"serial"},
    ZoneName.SLOT_A: {"sequence", "account", "meter", "issue", "count", "credit"},
    ZoneName.SLOT_B: {"sequence", "account", "meter", "issue", "count", "credit"},
    ZoneName.RETURN_DATA: {"meter", "issue", "count", "remaining", "use", "status", "card_count"},
}

_OPTIONAL = {"job_mark", "kind", "unit"}
"""Fields of a slot that a layout of another maker may lack. Without `kind` no meter can be cleared by card; without
`unit` the credit is energy."""

_CODINGS_OF = {
    "serial": {"bcd", "ascii"},
    "account": {"ascii", "bcd"},
    "meter": {"ascii", "bcd"},
    "status": {"code"},
    "kind": {"code"},
    "unit": {"code"},
}
_CODES_OF = {"status": {"loaded", "nothing", "refused_count"}, "kind": {"credit", "clear"}, "unit": {"energy", "money"}}
"""The words that a field's codes must have. A meter that cannot be cleared by card has no status `cleared`."""

_NUMBER_CODINGS = {"uint_be", "uint_le"}


@cache
def load_layout(name: str) -> Layout:
    """The layout of this name that comes with the program. Raises LayoutError."""
    resource = files("common.card").joinpath("layouts", f"{name}.toml")
    if not resource.is_file():
        raise LayoutError(name, "no such layout")
    return parse_layout(resource.read_text(encoding="utf-8"))


def parse_layout(text: str) -> Layout:
    """Read a layout from TOML and check all of it. Raises LayoutError."""
    try:
        layout = msgspec.convert(tomllib.loads(text), Layout)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise LayoutError("layout", str(error)) from error
    _check_chip(layout)
    for name in ZoneName:
        _check_fields(layout, name)
    _check_zones_apart(layout)
    return layout


def _check_chip(layout: Layout) -> None:
    if layout.chip not in ("cpu", "sle4442"):
        raise LayoutError("chip", f"unknown chip {layout.chip!r}")
    for name in ZoneName:
        zone = layout.zone(name)
        if zone.offset < 0 or zone.length <= MAC_LENGTH:
            raise LayoutError(name.value, f"offset {zone.offset}, length {zone.length}: no room for fields and MAC")
        if layout.chip == "cpu":
            _check_cpu_zone(name, zone)
        elif zone.file is not None or not _SLE4442_ATR_LENGTH <= zone.offset <= _SLE4442_SIZE - zone.length:
            raise LayoutError(name.value, "a zone of an SLE4442 lies in bytes 4 to 255 and in no file")
    if layout.chip == "cpu" and not 5 <= len(_hex("application", layout.application)) <= 16:
        raise LayoutError("application", "an AID has 5 to 16 bytes")


def _check_cpu_zone(name: ZoneName, zone: Zone) -> None:
    if zone.file is None or not 1 <= zone.file <= _HIGHEST_SHORT_FILE:
        raise LayoutError(name.value, f"a zone of a CPU card lies in a file 1 to {_HIGHEST_SHORT_FILE}")
    if zone.offset > _HIGHEST_SHORT_OFFSET or zone.length > _HIGHEST_SHORT_OFFSET:
        raise LayoutError(name.value, f"offset and length are at most {_HIGHEST_SHORT_OFFSET}")


def _check_zones_apart(layout: Layout) -> None:
    placed = sorted((layout.zone(name).file or 0, layout.zone(name).offset, name.value) for name in ZoneName)
    for (file, offset, name), (next_file, next_offset, next_name) in itertools.pairwise(placed):
        if file == next_file and offset + layout.zone(ZoneName(name)).length > next_offset:
            raise LayoutError(next_name, f"overlaps {name}")


def _check_fields(layout: Layout, zone_name: ZoneName) -> None:
    room = layout.zone(zone_name).length - MAC_LENGTH
    fields = layout.fields_of(zone_name)
    if missing := _REQUIRED[zone_name] - fields.keys():
        raise LayoutError(zone_name.value, f"lacks the fields {', '.join(sorted(missing))}")
    end, before = 0, ""
    for name, field in sorted(fields.items(), key=lambda item: item[1].offset):
        where = f"{zone_name.value}.{name}"
        if field.offset < 0 or field.length < 1 or field.offset + field.length > room:
            raise LayoutError(where, f"does not lie within the {room} bytes before the MAC")
        if field.offset < end:
            raise LayoutError(where, f"overlaps {before}")
        end, before = field.offset + field.length, name
        _check_coding(where, name, field, required=name in _REQUIRED[zone_name])


def _check_coding(where: str, name: str, field: Field, *, required: bool) -> None:
    if field.coding not in CODINGS:
        raise LayoutError(where, f"unknown coding {field.coding!r}")
    if not required and name not in _OPTIONAL and field.coding != "constant":
        raise LayoutError(where, "a field that is no part of the image is a constant")
    if (required or name in _OPTIONAL) and field.coding not in _CODINGS_OF.get(name, _NUMBER_CODINGS):
        raise LayoutError(where, f"cannot be coded as {field.coding}")
    if field.coding == "constant" and len(_hex(where, field.value)) != field.length:
        raise LayoutError(where, f"the value is not {field.length} bytes")
    if field.coding == "code":
        _check_codes(where, field, _CODES_OF.get(name, set()))


def _check_codes(where: str, field: Field, words: set[str]) -> None:
    numbers = list(field.codes.values())
    if len(set(numbers)) != len(numbers) or any(not 0 <= number < 1 << 8 * field.length for number in numbers):
        raise LayoutError(where, f"the codes are not different numbers of {field.length} bytes")
    if missing := words - field.codes.keys():
        raise LayoutError(where, f"no code for {', '.join(sorted(missing))}")


def _hex(where: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise LayoutError(where, f"not hexadecimal: {text!r}") from error
