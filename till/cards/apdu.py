"""Command APDUs, named as in ISO/IEC 7816-4 (2020), section 11."""

from typing import NamedTuple


class Command(NamedTuple):
    """A command APDU and the name that an error gives it."""

    name: str
    apdu: bytes


def select_application(aid: bytes) -> Command:
    """SELECT by DF name, first occurrence."""
    return Command("SELECT", bytes([0x00, 0xA4, 0x04, 0x00, len(aid)]) + aid)


def read_binary(short_file: int, offset: int, length: int) -> Command:
    """READ BINARY of a short EF identifier. `length` 1 to 256."""
    return Command("READ BINARY", bytes([0x00, 0xB0, 0x80 | short_file, offset, length & 0xFF]))


def update_binary(short_file: int, offset: int, data: bytes) -> Command:
    """UPDATE BINARY of a short EF identifier. `data` 1 to 255 bytes."""
    return Command("UPDATE BINARY", bytes([0x00, 0xD6, 0x80 | short_file, offset, len(data)]) + data)


def get_challenge(length: int) -> Command:
    """GET CHALLENGE of this many random bytes."""
    return Command("GET CHALLENGE", bytes([0x00, 0x84, 0x00, 0x00, length]))


def external_authenticate(key_reference: int, cryptogram: bytes) -> Command:
    """EXTERNAL AUTHENTICATE with the last challenge."""
    return Command("EXTERNAL AUTHENTICATE", bytes([0x00, 0x82, 0x00, key_reference, len(cryptogram)]) + cryptogram)


def get_response(length: int) -> Command:
    """GET RESPONSE of what 61xx announced."""
    return Command("GET RESPONSE", bytes([0x00, 0xC0, 0x00, 0x00, length]))
