"""ACS readers' pseudo-APDUs for an SLE4442 (ACR38, ACR3801, ACR39 reference manuals, "Memory Card - SLE 4442")."""

from till.cards.channel import Channel, Response
from till.cards.errors import UnexpectedStatus
from till.cards.status import StatusWord

_CARD_TYPE_SLE4442 = 0x06
_COUNTER_LENGTH = 4


class AcsDialect:
    """The dialect of ACS readers."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def select(self) -> None:
        self._demand("SELECT CARD TYPE", bytes([0xFF, 0xA4, 0x00, 0x00, 0x01, _CARD_TYPE_SLE4442]))

    def read(self, address: int, length: int) -> bytes:
        data = self._demand("READ MEMORY CARD", bytes([0xFF, 0xB0, 0x00, address, length]))
        if len(data) != length:
            raise UnexpectedStatus(StatusWord.WRONG_LENGTH, "READ MEMORY CARD")
        return data

    def error_counter(self) -> int:
        name, apdu = "READ PRESENTATION ERROR COUNTER", bytes([0xFF, 0xB1, 0x00, 0x00])
        response = self._channel.transmit(apdu + bytes([_COUNTER_LENGTH]))
        if response.sw != StatusWord.OK:
            # Older ACR38 firmware wants a length byte of 00. Reading spends no try, so asking twice is safe.
            response = self._channel.transmit(apdu + b"\0")
        data = _data_of(response, name)
        if not data:
            raise UnexpectedStatus(StatusWord.WRONG_LENGTH, name)
        return data[0]

    def write(self, address: int, data: bytes) -> None:
        self._demand("WRITE MEMORY CARD", bytes([0xFF, 0xD0, 0x00, address, len(data)]) + data)

    def present_psc(self, code: bytes) -> int:
        """The counter comes as SW2 of 90xx: a right code is 9007 and nothing else is."""
        response = self._channel.transmit(bytes([0xFF, 0x20, 0x00, 0x00, len(code)]) + code)
        if response.sw1 != 0x90:
            raise UnexpectedStatus(response.sw, "PRESENT CODE")
        return response.sw2

    def _demand(self, name: str, apdu: bytes) -> bytes:
        return _data_of(self._channel.transmit(apdu), name)


def _data_of(response: Response, name: str) -> bytes:
    if response.sw != StatusWord.OK:
        raise UnexpectedStatus(response.sw, name)
    return response.data
