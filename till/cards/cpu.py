"""CPU cards (ISO/IEC 7816-4): an application with a file for each zone, opened by EXTERNAL AUTHENTICATE.

The cryptogram is the AES-CMAC (NIST SP 800-38B) of a 16-byte challenge under the card's authentication key.
"""

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from common.card.keys import auth_key
from common.card.layout import Layout, Zone, ZoneName
from till.cards import apdu
from till.cards.apdu import Command
from till.cards.channel import Channel, Response
from till.cards.errors import CardLocked, UnexpectedStatus, WrongKey
from till.cards.slotted import SlottedCard
from till.cards.status import SW1_MORE_DATA, SW1_RIGHT_LENGTH, StatusWord, tries_left

CHALLENGE_LENGTH = 16
KEY_REFERENCE = 1


class CpuDriver(SlottedCard):
    """Driver of a CPU card whose application is already selected: see `select`.

    Never shows a second key after a failure.
    """

    chip = "cpu"

    def __init__(self, channel: Channel, layout: Layout) -> None:
        super().__init__(channel, layout)
        self._refused: WrongKey | None = None

    def _read_zone(self, zone: ZoneName) -> bytes:
        place = self._layout.zone(zone)
        return _demand(self._channel, apdu.read_binary(_file(place), place.offset, place.length))

    def _write_zone(self, zone: ZoneName, data: bytes) -> None:
        place = self._layout.zone(zone)
        _demand(self._channel, apdu.update_binary(_file(place), place.offset, data))

    def _tries_left(self) -> int | None:
        return None

    def _authenticate(self, card_key: bytes) -> None:
        if self._refused is not None:
            raise self._refused
        challenge = _demand(self._channel, apdu.get_challenge(CHALLENGE_LENGTH))
        cmac = CMAC(AES(auth_key(card_key)))
        cmac.update(challenge)
        command = apdu.external_authenticate(KEY_REFERENCE, cmac.finalize())
        sw = exchange(self._channel, command).sw
        if sw == StatusWord.OK:
            return
        if sw == StatusWord.AUTHENTICATION_METHOD_BLOCKED:
            raise CardLocked
        left = tries_left(sw)
        if left is None:
            raise UnexpectedStatus(sw, command.name)
        self._refused = WrongKey(left)
        raise self._refused


def select(channel: Channel, layout: Layout) -> bool:
    """Select the layout's application. False when the card does not have it."""
    return exchange(channel, apdu.select_application(bytes.fromhex(layout.application))).sw == StatusWord.OK


def exchange(channel: Channel, command: Command) -> Response:
    """Transmit, and once each fetch what 61xx announces or repeat with the length that 6Cxx asks for.

    ISO/IEC 7816-3, 12.2: with T=0 the card cannot answer data to a command that carries data, nor a wrong length.
    """
    response = channel.transmit(command.apdu)
    if response.sw1 == SW1_RIGHT_LENGTH:
        response = channel.transmit(command.apdu[:4] + bytes([response.sw2]))
    elif response.sw1 == SW1_MORE_DATA:
        response = channel.transmit(apdu.get_response(response.sw2).apdu)
    return response


def _demand(channel: Channel, command: Command) -> bytes:
    response = exchange(channel, command)
    if response.sw != StatusWord.OK:
        raise UnexpectedStatus(response.sw, command.name)
    return response.data


def _file(zone: Zone) -> int:
    if zone.file is None:
        raise ValueError("a zone of a CPU card lies in a file")
    return zone.file
