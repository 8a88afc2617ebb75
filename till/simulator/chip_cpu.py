"""A CPU card in software (ISO/IEC 7816-4, protocol T=0): files, one authentication key, real status words."""

import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from till.cards.channel import Response
from till.cards.status import SW1_MORE_DATA, SW1_RIGHT_LENGTH, StatusWord
from till.simulator.chip import Chip, answer

MASTER_FILE = 0x3F00
APPLICATION_FILE = 0xDF01
MAX_TRIES = 3

_CHALLENGE_LENGTHS = (8, 16)
_KEY_REFERENCE = 1


@dataclass
class ElementaryFile:
    """A transparent EF. Everyone may read it when `open`; updates need the key, and are never allowed when `open`."""

    file_id: int
    short_id: int
    data: bytearray
    open: bool


@dataclass
class CpuMemory:
    """All that survives without power."""

    application: bytes
    files: list[ElementaryFile]
    key: bytes
    tries: bytearray = field(default_factory=lambda: bytearray([MAX_TRIES]))


class CpuChip(Chip):
    """The chip. Data that T=0 cannot send at once waits for GET RESPONSE."""

    atr = bytes.fromhex("3B680000") + b"KILOTILL"

    def __init__(self, memory: CpuMemory) -> None:
        super().__init__()
        self.memory = memory
        self._reset()

    def _reset(self) -> None:
        self._directory = MASTER_FILE
        self._current: ElementaryFile | None = None
        self._authenticated = False
        self._challenge = b""
        self._waiting = b""

    def _execute(self, apdu: bytes) -> Response:
        if len(apdu) < 4 or (len(apdu) > 5 and len(apdu) not in (5 + apdu[4], 6 + apdu[4])):
            return answer(sw=StatusWord.WRONG_LENGTH)
        if apdu[0] != 0x00:
            return answer(sw=StatusWord.CLASS_NOT_SUPPORTED)
        challenge, waiting = self._challenge, self._waiting
        self._challenge, self._waiting = b"", b""
        p3 = apdu[4] if len(apdu) > 4 else 0
        body = apdu[5 : 5 + p3]
        match apdu[1]:
            case 0xA4:
                return self._select(apdu[2], apdu[3], body)
            case 0xB0:
                return self._read_binary(apdu[2], apdu[3], p3)
            case 0xD6:
                return self._update_binary(apdu[2], apdu[3], body)
            case 0x84:
                return self._get_challenge(p3)
            case 0x82:
                return self._external_authenticate(apdu[3], challenge, body)
            case 0xC0:
                return self._get_response(waiting, p3)
        return answer(sw=StatusWord.INSTRUCTION_NOT_SUPPORTED)

    def _select(self, p1: int, p2: int, body: bytes) -> Response:
        if p1 == 0x04 and p2 in (0x00, 0x0C):
            if not body or not self.memory.application.startswith(body):
                return answer(sw=StatusWord.FILE_NOT_FOUND)
            return self._enter(APPLICATION_FILE)
        if p1 != 0x00 or p2 not in (0x00, 0x0C):
            return answer(sw=StatusWord.INCORRECT_P1_P2)
        wanted = int.from_bytes(body, "big") if body else MASTER_FILE
        if wanted in (MASTER_FILE, APPLICATION_FILE):
            return self._enter(wanted)
        found = next((file for file in self._files() if file.file_id == wanted), None)
        if found is None:
            return answer(sw=StatusWord.FILE_NOT_FOUND)
        self._current = found
        return answer()

    def _enter(self, directory: int) -> Response:
        if directory != self._directory:
            self._authenticated = False
        self._directory, self._current = directory, None
        if directory == MASTER_FILE:
            return answer()
        name = self.memory.application
        # FCI template with the DF name (ISO/IEC 7816-4, 7.4.3).
        self._waiting = bytes([0x6F, len(name) + 2, 0x84, len(name)]) + name
        return answer(sw=SW1_MORE_DATA << 8 | len(self._waiting))

    def _files(self) -> list[ElementaryFile]:
        return self.memory.files if self._directory == APPLICATION_FILE else []

    def _locate(self, p1: int, p2: int) -> tuple[ElementaryFile | None, int, Response]:
        """The file and offset that P1 and P2 mean (ISO/IEC 7816-4, 11.3.2), or the refusal."""
        if not p1 & 0x80:
            return self._current, p1 << 8 | p2, answer(sw=StatusWord.COMMAND_NOT_ALLOWED)
        if p1 & 0x60:
            return None, 0, answer(sw=StatusWord.INCORRECT_P1_P2)
        found = next((file for file in self._files() if file.short_id == p1 & 0x1F), None)
        if found is not None:
            self._current = found
        return found, p2, answer(sw=StatusWord.FILE_NOT_FOUND)

    def _read_binary(self, p1: int, p2: int, length: int) -> Response:
        file, offset, refusal = self._locate(p1, p2)
        if file is None:
            return refusal
        if not file.open and not self._authenticated:
            return answer(sw=StatusWord.SECURITY_STATUS_NOT_SATISFIED)
        available = len(file.data) - offset
        if available <= 0:
            return answer(sw=StatusWord.WRONG_OFFSET)
        if (length or 256) > available:
            return answer(sw=SW1_RIGHT_LENGTH << 8 | available & 0xFF)
        return answer(bytes(file.data[offset : offset + (length or 256)]))

    def _update_binary(self, p1: int, p2: int, body: bytes) -> Response:
        file, offset, refusal = self._locate(p1, p2)
        if file is None:
            return refusal
        if file.open or not self._authenticated:
            return answer(sw=StatusWord.SECURITY_STATUS_NOT_SATISFIED)
        if not body:
            return answer(sw=StatusWord.WRONG_LENGTH)
        if offset + len(body) > len(file.data):
            return answer(sw=StatusWord.NOT_ENOUGH_MEMORY)
        for index, value in enumerate(body):
            self._write_byte(file.data, offset + index, value)
        return answer()

    def _get_challenge(self, length: int) -> Response:
        if length not in _CHALLENGE_LENGTHS:
            return answer(sw=StatusWord.WRONG_LENGTH)
        self._challenge = secrets.token_bytes(length)
        return answer(self._challenge)

    def _external_authenticate(self, reference: int, challenge: bytes, cryptogram: bytes) -> Response:
        if self._directory != APPLICATION_FILE or reference != _KEY_REFERENCE:
            return answer(sw=StatusWord.KEY_NOT_FOUND)
        tries = self.memory.tries
        if tries[0] == 0:
            return answer(sw=StatusWord.AUTHENTICATION_METHOD_BLOCKED)
        if not challenge:
            return answer(sw=StatusWord.CONDITIONS_NOT_SATISFIED)
        # The try is spent before the comparison, so that pulling the card does not win it back.
        self._write_byte(tries, 0, tries[0] - 1)
        expected = CMAC(AES(self.memory.key))
        expected.update(challenge)
        if not hmac.compare_digest(expected.finalize(), cryptogram):
            self._authenticated = False
            return answer(sw=0x63C0 | tries[0])
        self._write_byte(tries, 0, MAX_TRIES)
        self._authenticated = True
        return answer()

    def _get_response(self, waiting: bytes, length: int) -> Response:
        if not waiting:
            return answer(sw=StatusWord.CONDITIONS_NOT_SATISFIED)
        if (length or 256) > len(waiting):
            self._waiting = waiting
            return answer(sw=SW1_RIGHT_LENGTH << 8 | len(waiting))
        return answer(waiting[: length or 256])
