"""An SLE4442 in an ACS reader, in software: the reader's pseudo-APDUs on one side, the chip's memory on the other."""

from dataclasses import dataclass, field

from till.cards.channel import Response
from till.cards.sle4442 import FRESH_COUNTER, SLE4442_ATR
from till.cards.status import StatusWord
from till.simulator.chip import Chip, answer

MEMORY_SIZE = 256
PROTECTABLE = 32

_ANSWER_TO_RESET = SLE4442_ATR[2:]
_CARD_TYPE = 0x06


def _new_main() -> bytearray:
    return bytearray(_ANSWER_TO_RESET.ljust(MEMORY_SIZE, b"\xff"))


@dataclass
class Sle4442Memory:
    """All that survives without power.

    Attributes:
        main: 256 bytes; a new chip's start with its answer to reset.
        protection: a bit for each of the first 32 bytes, low bit first; 0 is protected for ever.
        counter: the error counter, one byte: 7 fresh, 0 locked.
        code: the PSC; a new chip's is FFFFFF.
    """

    main: bytearray = field(default_factory=_new_main)
    protection: bytearray = field(default_factory=lambda: bytearray(b"\xf0\xff\xff\xff"))
    counter: bytearray = field(default_factory=lambda: bytearray([FRESH_COUNTER]))
    code: bytearray = field(default_factory=lambda: bytearray(b"\xff\xff\xff"))


class Sle4442Chip(Chip):
    """The chip and its reader.

    The chip has no way to say that it did not obey: a write without the code, or to a protected byte, changes nothing
    and is answered 9000 all the same.
    """

    atr = SLE4442_ATR

    def __init__(self, memory: Sle4442Memory | None = None) -> None:
        super().__init__()
        self.memory = memory or Sle4442Memory()
        self._reset()

    def _reset(self) -> None:
        self._selected = False
        self._verified = False

    def _execute(self, apdu: bytes) -> Response:
        if len(apdu) < 5 or apdu[0] != 0xFF or apdu[2] != 0x00 or (len(apdu) > 5 and len(apdu) != 5 + apdu[4]):
            return answer(sw=StatusWord.PSEUDO_APDU_FAILED)
        instruction, address, length, body = apdu[1], apdu[3], apdu[4], apdu[5:]
        if instruction == 0xA4 and body == bytes([_CARD_TYPE]):
            # The reader powers the chip down and up.
            self._reset()
            self._selected = True
            return answer()
        if not self._selected:
            return answer(sw=StatusWord.PSEUDO_APDU_FAILED)
        return self._read_command(instruction, address, length) or self._write_command(instruction, address, body)

    def _read_command(self, instruction: int, address: int, length: int) -> Response | None:
        match instruction:
            case 0xB0 if address + length <= MEMORY_SIZE:
                return answer(bytes(self.memory.main[address : address + length]))
            case 0xB1 if length == 4:
                return answer(bytes([self.memory.counter[0], 0, 0, 0]))
            case 0xB2 if length == 4:
                return answer(bytes(self.memory.protection))
        return None

    def _write_command(self, instruction: int, address: int, body: bytes) -> Response:
        match instruction:
            case 0xD0 if body and address + len(body) <= MEMORY_SIZE:
                self._write(address, body)
                return answer()
            case 0xD1 if body and address + len(body) <= PROTECTABLE:
                self._protect(address, body)
                return answer()
            case 0x20 if len(body) == 3:
                return answer(sw=0x9000 | self._present(body))
            case 0xD2 if len(body) == 3 and address == 0x01:
                self._change_code(body)
                return answer()
        return answer(sw=StatusWord.PSEUDO_APDU_FAILED)

    def _protected(self, address: int) -> bool:
        return address < PROTECTABLE and not self.memory.protection[address // 8] >> address % 8 & 1

    def _write(self, address: int, body: bytes) -> None:
        for index, value in enumerate(body):
            if self._verified and not self._protected(address + index):
                self._write_byte(self.memory.main, address + index, value)

    def _protect(self, address: int, body: bytes) -> None:
        """Protect the bytes that are given as they stand (data sheet: compare, then protect)."""
        for index, value in enumerate(body, address):
            if self._verified and self.memory.main[index] == value:
                bits = self.memory.protection[index // 8] & ~(1 << index % 8)
                self._write_byte(self.memory.protection, index // 8, bits)

    def _present(self, code: bytes) -> int:
        """Data sheet, "PSC verification": clear one bit of the counter, compare, erase the counter when right."""
        counter = self.memory.counter
        if counter[0] == 0:
            return 0
        self._write_byte(counter, 0, counter[0] & counter[0] - 1)
        if code != self.memory.code:
            self._verified = False
            return counter[0]
        self._write_byte(counter, 0, FRESH_COUNTER)
        self._verified = True
        return counter[0]

    def _change_code(self, code: bytes) -> None:
        for index, value in enumerate(code):
            if self._verified:
                self._write_byte(self.memory.code, index, value)
