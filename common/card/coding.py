"""How one field of a card zone is coded in bytes."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct

Value = int | str


class FieldError(ValueError):
    """A value that its field cannot carry, or bytes that are no value of the field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"field {self.field}: {self.reason}"


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field lies within its zone and how it is coded.

    Attributes:
        offset: bytes from the start of the zone.
        length: bytes.
        coding: `uint_be`, `uint_le`, `bcd` (digits, two a byte, left-padded with zeros to the field),
            `ascii` (left-justified, padded with 00), `code` (a number for each word), `constant` (fixed bytes).
        codes: for `code`: word to number.
        value: for `constant`: the bytes, in hexadecimal.
    """

    offset: int
    length: int
    coding: str
    codes: Mapping[str, int] = {}
    value: str = ""


class Coding(NamedTuple):
    """Both directions of a coding. Each raises FieldError."""

    encode: Callable[[str, Field, Value], bytes]
    decode: Callable[[str, Field, bytes], Value]


def _encode_uint(name: str, field: Field, value: Value, byteorder: str) -> bytes:
    if not isinstance(value, int) or not 0 <= value < 1 << 8 * field.length:
        raise FieldError(name, f"no unsigned number of {field.length} bytes: {value!r}")
    return value.to_bytes(field.length, "little" if byteorder == "little" else "big")


def _encode_uint_be(name: str, field: Field, value: Value) -> bytes:
    return _encode_uint(name, field, value, "big")


def _encode_uint_le(name: str, field: Field, value: Value) -> bytes:
    return _encode_uint(name, field, value, "little")


def _encode_bcd(name: str, field: Field, value: Value) -> bytes:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) != 2 * field.length:
        raise FieldError(name, f"not {2 * field.length} decimal digits: {value!r}")
    return bytes.fromhex(value)


def _decode_bcd(name: str, _field: Field, raw: bytes) -> Value:
    digits = raw.hex()
    if not digits.isdigit():
        raise FieldError(name, f"not BCD: {digits}")
    return digits


def _encode_ascii(name: str, field: Field, value: Value) -> bytes:
    if (
        not isinstance(value, str)
        or not value.isascii()
        or not value.isprintable()
        or not 0 < len(value) <= field.length
    ):
        raise FieldError(name, f"not 1 to {field.length} ASCII characters: {value!r}")
    return value.encode("ascii").ljust(field.length, b"\0")


def _decode_ascii(name: str, _field: Field, raw: bytes) -> Value:
    text = raw.rstrip(b"\0")
    if not text or not text.isascii() or not (decoded := text.decode("ascii")).isprintable():
        raise FieldError(name, f"not padded ASCII: {raw.hex()}")
    return decoded


def _encode_code(name: str, field: Field, value: Value) -> bytes:
    if not isinstance(value, str) or value not in field.codes:
        raise FieldError(name, f"no code for {value!r}")
    return field.codes[value].to_bytes(field.length, "big")


def _decode_code(name: str, field: Field, raw: bytes) -> Value:
    number = int.from_bytes(raw, "big")
    for word, code in field.codes.items():
        if code == number:
            return word
    raise FieldError(name, f"unknown code {raw.hex()}")


def _encode_constant(_name: str, field: Field, _value: Value) -> bytes:
    return bytes.fromhex(field.value)


def _decode_constant(name: str, field: Field, raw: bytes) -> Value:
    if raw != bytes.fromhex(field.value):
        raise FieldError(name, f"{raw.hex()} instead of {field.value}")
    return raw.hex()


CODINGS: Mapping[str, Coding] = {
    "uint_be": Coding(_encode_uint_be, lambda _name, _field, raw: int.from_bytes(raw, "big")),
    "uint_le": Coding(_encode_uint_le, lambda _name, _field, raw: int.from_bytes(raw, "little")),
    "bcd": Coding(_encode_bcd, _decode_bcd),
    "ascii": Coding(_encode_ascii, _decode_ascii),
    "code": Coding(_encode_code, _decode_code),
    "constant": Coding(_encode_constant, _decode_constant),
}
