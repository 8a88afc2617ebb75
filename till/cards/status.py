"""Status words of ISO/IEC 7816-4, table 5 and 6."""

from enum import IntEnum


class StatusWord(IntEnum):
    """The status words that our cards answer with."""

    OK = 0x9000
    MEMORY_FAILURE = 0x6581
    WRONG_LENGTH = 0x6700
    SECURITY_STATUS_NOT_SATISFIED = 0x6982
    AUTHENTICATION_METHOD_BLOCKED = 0x6983
    CONDITIONS_NOT_SATISFIED = 0x6985
    COMMAND_NOT_ALLOWED = 0x6986
    FILE_NOT_FOUND = 0x6A82
    NOT_ENOUGH_MEMORY = 0x6A84
    INCORRECT_P1_P2 = 0x6A86
    KEY_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    INSTRUCTION_NOT_SUPPORTED = 0x6D00
    CLASS_NOT_SUPPORTED = 0x6E00
    PSEUDO_APDU_FAILED = 0x6300
    """The readers' answer to a pseudo-APDU that they cannot carry out."""


SW1_MORE_DATA = 0x61
"""SW2 more bytes wait for GET RESPONSE."""
SW1_RIGHT_LENGTH = 0x6C
"""Send the command again with Le = SW2."""


def tries_left(sw: int) -> int | None:
    """How many tries 63Cx leaves; None for any other status word."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None


def status_name(sw: int) -> str:
    """The name of a status word for logs, or its four hex digits."""
    return StatusWord(sw).name if sw in set(StatusWord) else f"{sw:04X}"
