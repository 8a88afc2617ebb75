"""The part of every driver that knows zones and slots; a chip adds how zones are read, written and unlocked."""

from abc import ABC, abstractmethod

from common.card.codec import (
    CardMacError,
    check_identification,
    decode_return,
    decode_serial,
    decode_slot,
    encode_return,
    encode_slot,
    slot_digest,
)
from common.card.coding import FieldError
from common.card.image import CardContents, CardImage, ReturnData
from common.card.keys import mac_key
from common.card.layout import Layout, ZoneName
from common.card.slots import Choice, Slot, SlotState, choose
from till.cards.channel import Channel
from till.cards.errors import (
    AnotherCard,
    CardNotUnlocked,
    CardUnreadable,
    CardWriteFailed,
    ForeignCard,
    UnexpectedStatus,
    WrongKey,
)


class SlottedCard(ABC):
    """A card with an identification, two slots and return data. See CardDriver for what the methods promise."""

    chip: str

    def __init__(self, channel: Channel, layout: Layout) -> None:
        self._channel = channel
        self._layout = layout
        self.layout = layout.name
        self._identification: bytes | None = None
        self._mac_key: bytes | None = None

    @abstractmethod
    def _read_zone(self, zone: ZoneName) -> bytes:
        """The zone's bytes."""

    @abstractmethod
    def _write_zone(self, zone: ZoneName, data: bytes) -> None:
        """Write the zone's bytes in ascending order, so that the MAC comes last."""

    @abstractmethod
    def _tries_left(self) -> int | None:
        """How many wrong keys the card still takes; None if it does not say before a key is tried."""

    @abstractmethod
    def _authenticate(self, card_key: bytes) -> None:
        """Present the key to the chip. Raises WrongKey, CardLocked, CardCounterLow."""

    def serial(self) -> str:
        try:
            return decode_serial(self._layout, self._read_identification())
        except FieldError as error:
            raise ForeignCard(self._channel.atr) from error

    def unlock(self, card_key: bytes) -> None:
        self.serial()
        key = mac_key(card_key)
        try:
            check_identification(self._layout, self._read_identification(), key)
        except CardMacError as error:
            raise WrongKey(self._tries_left()) from error
        self._authenticate(card_key)
        self._mac_key = key

    def read(self) -> CardContents:
        choice, digest = self._choose()
        if choice.unreadable:
            raise CardUnreadable("slots")
        returned, return_torn = self._read_return()
        return CardContents(
            serial=self.serial(),
            image=choice.current.image if choice.current else None,
            returned=returned,
            torn=choice.torn,
            digest=digest,
            return_torn=return_torn,
        )

    def write(self, image: CardImage) -> None:
        if image.serial != self.serial():
            raise AnotherCard(image.serial, self.serial())
        choice, _ = self._choose()
        if choice.unreadable:
            raise CardUnreadable("slots")
        data = encode_slot(self._layout, choice.next_zone, image, choice.next_sequence, self._key())
        self._write_and_compare(choice.next_zone, data)

    def write_return(self, returned: ReturnData) -> None:
        data = encode_return(self._layout, returned, self.serial(), self._key())
        self._write_and_compare(ZoneName.RETURN_DATA, data)

    def wipe(self) -> None:
        choice, _ = self._choose()
        current = ZoneName.SLOT_A if choice.next_zone is ZoneName.SLOT_B else ZoneName.SLOT_B
        # The current slot last: a card that says that it is blank is wiped.
        for zone in (choice.next_zone, ZoneName.RETURN_DATA, current):
            self._write_and_compare(zone, b"\xff" * self._layout.zone(zone).length)

    def _key(self) -> bytes:
        if self._mac_key is None:
            raise CardNotUnlocked
        return self._mac_key

    def _read_identification(self) -> bytes:
        if self._identification is None:
            self._identification = self._read_zone(ZoneName.IDENTIFICATION)
        return self._identification

    def _choose(self) -> tuple[Choice, str]:
        """What the slots say together, and the digest of the current one."""
        key, serial = self._key(), self.serial()
        raw = {zone: self._read_zone(zone) for zone in (ZoneName.SLOT_A, ZoneName.SLOT_B)}
        slot_a, slot_b = (self._slot(zone, raw[zone], serial, key) for zone in raw)
        choice = choose(slot_a, slot_b)
        return choice, slot_digest(raw[choice.current.zone]) if choice.current else ""

    def _slot(self, zone: ZoneName, raw: bytes, serial: str, key: bytes) -> Slot:
        try:
            decoded = decode_slot(self._layout, zone, raw, serial, key)
        except CardMacError:
            return Slot(zone, SlotState.BROKEN)
        except FieldError as error:
            raise CardUnreadable(zone.value) from error
        if decoded is None:
            return Slot(zone, SlotState.BLANK)
        return Slot(zone, SlotState.VALID, *decoded)

    def _read_return(self) -> tuple[ReturnData | None, bool]:
        raw = self._read_zone(ZoneName.RETURN_DATA)
        try:
            return decode_return(self._layout, raw, self.serial(), self._key()), False
        except CardMacError:
            return None, True
        except FieldError as error:
            raise CardUnreadable(ZoneName.RETURN_DATA.value) from error

    def _write_and_compare(self, zone: ZoneName, data: bytes) -> None:
        try:
            self._write_zone(zone, data)
        except UnexpectedStatus as error:
            raise CardWriteFailed("update") from error
        if self._read_zone(zone) != data:
            raise CardWriteFailed("compare")
