"""A tablet's own reader: contactless CPU cards through Android's NFC (android.nfc, IsoDep).

The only module that imports jnius.

Android hands over a card when it enters the field (reader mode, API level 19) and says nothing when it leaves: whether
it is still there is asked. Contact cards (SLE4442) cannot be read this way.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from types import ModuleType
from typing import Any

from till.cards.channel import Response, Seated
from till.cards.errors import CardMute, CardRemoved, NoCard, NoReader, ReaderLost

READER = "NFC"

_FLAG_NFC_A, _FLAG_NFC_B, _FLAG_SKIP_NDEF, _FLAG_NO_SOUND = 0x1, 0x2, 0x80, 0x100
"""NfcAdapter.FLAG_READER_*. Asking a card for NDEF, which it has not, would take a third of a second."""

_TIMEOUT_MS = 2_000
"""How long a card may take for one command: writing a slot takes a tenth of it."""

_LOOK_SECONDS = 0.2
"""Between two looks whether the card is still there."""


class NfcReader:
    """The reader of this tablet, and the card in its field. A till.operations.card_source.CardSource.

    Raises:
        NoReader: the tablet has none, or it is switched off.
    """

    def __init__(self) -> None:
        self._jnius = _load_jnius()
        activity = self._jnius.autoclass("org.kivy.android.PythonActivity").mActivity
        self._adapter = self._jnius.autoclass("android.nfc.NfcAdapter").getDefaultAdapter(activity)
        if self._adapter is None:
            raise NoReader("no_nfc")
        self._iso_dep = self._jnius.autoclass("android.nfc.tech.IsoDep")
        self._card: Any = None
        self._came = Condition()
        # Java keeps no reference to it that Python's collector knows of.
        self._callback = _callback(self._jnius, self._take)
        flags = _FLAG_NFC_A | _FLAG_NFC_B | _FLAG_SKIP_NDEF | _FLAG_NO_SOUND
        self._adapter.enableReaderMode(activity, self._callback, flags, None)

    def names(self) -> list[str]:
        """The reader, unless it is switched off."""
        return [READER] if self._adapter.isEnabled() else []

    def wait(self, timeout: float) -> bool:
        """Wait until a card is in the field. `timeout` in seconds; False when it ran out."""
        self._demand_on()
        with self._came:
            return self._came.wait_for(self._there, timeout)

    def wait_gone(self, timeout: float) -> bool:
        """Wait until no card is in the field. `timeout` in seconds; False when it ran out."""
        self._demand_on()
        end = time.monotonic() + timeout
        while self._there():
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_LOOK_SECONDS, left))
        return True

    @contextmanager
    def seat(self, timeout: float) -> Iterator[Seated]:
        """The card in the field, once one is, for as long as the context lasts.

        Raises:
            NoCard: the time, in seconds, ran out.
            CardMute: it left again before it could be spoken to.
        """
        if not self.wait(timeout):
            raise NoCard
        channel = NfcChannel(self._jnius, self._card, self._adapter)
        try:
            yield Seated(channel, READER)
        finally:
            channel.close()

    def _take(self, tag: Any) -> None:
        """Called by Android, in a thread of its own, for each card that enters the field."""
        card = self._iso_dep.get(tag)
        if card is None:
            return  # no card of ISO/IEC 14443-4: a phone's sticker, a bus ticket
        with self._came:
            self._card = card
            self._came.notify_all()

    def _there(self) -> bool:
        card = self._card
        if card is None:
            return False
        try:
            if not card.isConnected():
                card.connect()
        except self._jnius.JavaException:
            self._card = None
        return self._card is not None

    def _demand_on(self) -> None:
        if not self._adapter.isEnabled():
            raise NoReader("nfc_off")


class NfcChannel:
    """The card in the field."""

    def __init__(self, jnius: ModuleType, card: Any, adapter: Any) -> None:
        self._jnius, self._card, self._adapter = jnius, card, adapter
        try:
            card.setTimeout(_TIMEOUT_MS)
            self.atr = _atr(card)
        except jnius.JavaException as error:
            raise CardMute from error

    def transmit(self, apdu: bytes) -> Response:
        """Send one APDU. Raises CardRemoved, ReaderLost."""
        try:
            answer = self._card.transceive(apdu)
        except self._jnius.JavaException as error:
            # Whatever Android says, the command may have reached the card.
            raise CardRemoved if self._adapter.isEnabled() else ReaderLost(READER) from error
        if answer is None or len(answer) < 2:
            raise CardRemoved
        *data, sw1, sw2 = (byte & 0xFF for byte in answer)
        return Response(bytes(data), sw1, sw2)

    def close(self) -> None:
        """Let the card go: closing takes its security status. May be called twice."""
        try:
            self._card.close()
        except self._jnius.JavaException:
            return  # it has gone by itself


def _atr(card: Any) -> bytes:
    """The answer to reset that a PC/SC reader would show for this card (PC/SC part 3, 3.1.3.2.3.1)."""
    said = card.getHistoricalBytes()  # null for a card of type B
    history = bytes(byte & 0xFF for byte in (card.getHiLayerResponse() if said is None else said) or b"")[:15]
    body = bytes((0x80 | len(history), 0x80, 0x01)) + history
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


def _callback(jnius: ModuleType, take: Callable[[Any], None]) -> Any:
    class Callback(jnius.PythonJavaClass):  # type: ignore[name-defined,misc]  # known on a tablet only
        __javainterfaces__ = ("android/nfc/NfcAdapter$ReaderCallback",)
        __javacontext__ = "app"

        @jnius.java_method("(Landroid/nfc/Tag;)V")  # type: ignore[untyped-decorator]
        def onTagDiscovered(self, tag: Any) -> None:  # Android's name
            take(tag)

    return Callback()


def _load_jnius() -> ModuleType:
    try:
        import jnius
    except ImportError as error:
        raise NoReader("no_nfc") from error
    module: ModuleType = jnius
    return module
