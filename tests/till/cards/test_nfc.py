"""Android's NFC, as its documentation describes it, with a simulated chip in the field. Untried on a device."""

import sys
import threading
import time
from types import SimpleNamespace

import pytest

from till.cards.connect import open_card
from till.cards.errors import CardMute, CardRemoved, ForeignCard, NoCard, NoReader, ReaderLost
from till.operations.card_source import card_source
from till.simulator.factory import new_chip


class JavaException(Exception):
    """As pyjnius names it."""


class IsoDep:
    """android.nfc.tech.IsoDep of a chip: an APDU and its answer are arrays of Java's signed bytes."""

    def __init__(self, chip):
        self.chip, self.connected, self.in_field = chip, False, True

    def isConnected(self):
        return self.connected and self.in_field

    def connect(self):
        if not self.in_field:
            raise JavaException("android.nfc.TagLostException")
        self.connected = True
        self.chip.power_on()

    def close(self):
        if not self.in_field:
            raise JavaException("android.nfc.TagLostException")
        self.connected = False
        self.chip.power_off()

    def setTimeout(self, ms):
        if not self.isConnected():
            raise JavaException("java.lang.SecurityException")
        assert 300 <= ms <= 10_000

    def getHistoricalBytes(self):
        return [-0x80, 0x31, 0x41]

    def transceive(self, apdu):
        if not self.isConnected():
            raise JavaException("android.nfc.TagLostException")
        try:
            response = self.chip.transmit(bytes(apdu))
        except CardRemoved:
            self.in_field = False
            raise JavaException("android.nfc.TagLostException") from None
        answer = response.data + bytes((response.sw1, response.sw2))
        return [byte - 256 if byte > 127 else byte for byte in answer]


class Tablet:
    """What autoclass finds on a tablet."""

    def __init__(self, *, nfc=True):
        self.on, self.callback = True, None
        adapter = SimpleNamespace(isEnabled=lambda: self.on, enableReaderMode=self.enable) if nfc else None
        self.classes = {
            "org.kivy.android.PythonActivity": SimpleNamespace(mActivity="activity"),
            "android.nfc.NfcAdapter": SimpleNamespace(getDefaultAdapter=lambda _: adapter),
            "android.nfc.tech.IsoDep": SimpleNamespace(get=lambda tag: tag),
        }

    def enable(self, activity, callback, flags, extras):
        assert (activity, flags, extras) == ("activity", 0x183, None)
        self.callback = callback

    def touch(self, tag):
        """A card enters the field: Android says so in a thread of its own."""
        thread = threading.Thread(target=self.callback.onTagDiscovered, args=[tag])
        thread.start()
        thread.join(5)

    def jnius(self):
        return SimpleNamespace(
            autoclass=self.classes.__getitem__,
            JavaException=JavaException,
            PythonJavaClass=object,
            java_method=lambda _: lambda method: method,
        )


@pytest.fixture
def tablet(monkeypatch):
    made = Tablet()
    monkeypatch.setitem(sys.modules, "jnius", made.jnius())
    return made


@pytest.fixture
def card(serial, card_key):
    return IsoDep(new_chip("cpu", serial, card_key))


def test_a_card_is_written_and_read_through_the_field(tablet, card, card_key, image):
    source = card_source("nfc")
    assert source.names() == ["NFC"]
    tablet.touch(card)
    with source.seat(1.0) as seated:
        driver = open_card(seated.channel)
        driver.unlock(card_key)
        driver.write(image)
        assert driver.read().image == image
        assert (driver.serial(), seated.reader) == (image.serial, "NFC")


def test_the_answer_to_reset_is_what_a_pcsc_reader_would_show(tablet, card):
    source = card_source("nfc")
    tablet.touch(card)
    with source.seat(1.0) as seated:
        assert seated.channel.atr == bytes.fromhex("3b 83 80 01 80 31 41") + bytes(
            [0x83 ^ 0x80 ^ 0x01 ^ 0x80 ^ 0x31 ^ 0x41]
        )


def test_each_seat_is_locked_again(tablet, card, card_key):
    source = card_source("nfc")
    tablet.touch(card)
    with source.seat(1.0) as seated:
        open_card(seated.channel).unlock(card_key)
    with source.seat(1.0) as seated, pytest.raises(Exception, match="not unlocked"):
        open_card(seated.channel).read()


def test_a_card_that_comes_is_waited_for(tablet, card):
    source = card_source("nfc")
    assert not source.wait(0.01)
    threading.Timer(0.05, tablet.touch, [card]).start()
    assert source.wait(5.0)


def test_a_card_that_leaves_is_noticed(tablet, card):
    source = card_source("nfc")
    tablet.touch(card)
    assert source.wait(1.0)
    assert not source.wait_gone(0.05)
    threading.Timer(0.05, lambda: setattr(card, "in_field", False)).start()
    began = time.monotonic()
    assert source.wait_gone(5.0)
    assert time.monotonic() - began < 2
    with pytest.raises(NoCard), source.seat(0.01):
        pass


@pytest.mark.parametrize("after", range(0, 50, 7))
def test_taken_away_in_the_middle_it_says_the_old_image_or_the_new(tablet, card, card_key, image, after):
    source = card_source("nfc")
    tablet.touch(card)
    with source.seat(1.0) as seated:
        driver = open_card(seated.channel)
        driver.unlock(card_key)
        card.chip.tear_after = after
        with pytest.raises(CardRemoved):
            driver.write(image)
    card.in_field, card.connected, card.chip.tear_after = True, False, None
    tablet.touch(card)
    with source.seat(1.0) as seated:
        driver = open_card(seated.channel)
        driver.unlock(card_key)
        assert driver.read().image in (None, image)


def test_a_card_that_left_before_it_was_spoken_to_is_mute(tablet, card, monkeypatch):
    source = card_source("nfc")
    tablet.touch(card)
    monkeypatch.setattr(
        card, "setTimeout", lambda _: card.transceive(b"") if not setattr(card, "in_field", False) else 0
    )
    with pytest.raises(CardMute), source.seat(1.0):
        pass


def test_what_is_no_card_of_ours_is_passed_over_or_refused(tablet, serial, card_key):
    source = card_source("nfc")
    tablet.touch(None)  # IsoDep.get: null
    assert not source.wait(0.01)
    tablet.touch(IsoDep(new_chip("sle4442", serial, card_key)))
    with source.seat(1.0) as seated, pytest.raises(ForeignCard):
        open_card(seated.channel)


def test_a_reader_that_is_switched_off_is_said(tablet, card):
    source = card_source("nfc")
    tablet.touch(card)
    with source.seat(1.0) as seated:
        tablet.on = card.in_field = False
        with pytest.raises(ReaderLost):
            seated.channel.transmit(b"\x00\x84\x00\x00\x08")
    assert source.names() == []
    for asked in (source.wait, source.wait_gone):
        with pytest.raises(NoReader, match="nfc_off"):
            asked(0.0)


def test_a_tablet_without_a_reader_and_a_computer_say_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "jnius", Tablet(nfc=False).jnius())
    with pytest.raises(NoReader, match="no_nfc"):
        card_source("nfc")
    monkeypatch.setitem(sys.modules, "jnius", None)
    with pytest.raises(NoReader, match="no_nfc"):
        card_source("nfc")
