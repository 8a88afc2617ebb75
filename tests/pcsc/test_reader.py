"""Readers and cards as PC/SC tells of them, each trouble by its own name."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from common.card.image import CardImage
from tests.pcsc.conftest import Insert
from tests.pcsc.daemon import CARD_SECONDS, Daemon
from till.cards import apdu
from till.cards.connect import open_card
from till.cards.errors import (
    CardMute,
    CardRemoved,
    ForeignCard,
    NoCard,
    NoReader,
    ReaderBusy,
    ReaderLost,
)
from till.cards.pcsc import PcscChannel, list_readers, open_reader, wait_for_card, wait_for_removal
from till.cards.status import StatusWord
from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip, CpuMemory
from till.simulator.chip_sle4442 import Sle4442Chip
from till.simulator.factory import new_chip
from till.simulator.vpcd import VirtualCard

pytestmark = pytest.mark.xdist_group("pcsc")

ANOTHER_MAKER = bytes.fromhex("A000000003000000")
TOO_LONG_AN_ATR = b"\x3b" * 40
"""ISO/IEC 7816-3, 8.2.1 allows 32 bytes after TS: the reader's driver cannot power this card up."""
NO_ATR = b"\xff" * 8


def test_the_reader_is_listed(daemon: Daemon) -> None:
    assert daemon.reader in list_readers()


def test_the_card_in_the_reader_of_that_name(daemon: Daemon, insert: Insert, chip: Chip, serial: str) -> None:
    with insert(chip):
        for name in (daemon.reader, "Virtual PCD", None):
            with open_reader(name, CARD_SECONDS) as channel:
                assert channel.atr == chip.atr
                assert open_card(channel).serial() == serial


def test_a_card_that_comes_later_is_waited_for(daemon: Daemon, chip: Chip, serial: str) -> None:
    assert not wait_for_card(daemon.reader, 0)
    card = VirtualCard(chip)
    card.insert()
    with card, open_reader(daemon.reader, CARD_SECONDS) as channel:
        assert open_card(channel).serial() == serial
    assert wait_for_removal(daemon.reader, CARD_SECONDS)


SECOND_READER, SECOND_PORT = "Virtual PCD 00 01", 35964


def test_a_second_reader_takes_over_by_itself(daemon: Daemon, chip: Chip, serial: str) -> None:
    """Whichever reader has a card is used; the first one may be empty, or broken."""
    with VirtualCard(chip, port=SECOND_PORT):
        with open_reader(None, CARD_SECONDS) as channel:
            assert channel.reader == SECOND_READER
            assert open_card(channel).serial() == serial
        with pytest.raises(NoCard):
            open_reader(daemon.reader, 0)
    assert wait_for_removal(SECOND_READER, CARD_SECONDS)


def test_no_card(daemon: Daemon) -> None:
    with pytest.raises(NoCard):
        open_reader(daemon.reader, 0.1)
    with pytest.raises(NoCard):
        PcscChannel(daemon.reader)


def test_no_reader_of_that_name(daemon: Daemon) -> None:
    with pytest.raises(NoReader, match=r"No Such Reader.*Virtual PCD"):
        open_reader("No Such Reader", CARD_SECONDS)
    with pytest.raises(ReaderLost):
        PcscChannel("No Such Reader")


def test_one_program_at_a_time(daemon: Daemon, insert: Insert, chip: Chip, serial: str) -> None:
    with insert(chip):
        with PcscChannel(daemon.reader) as first:
            with pytest.raises(ReaderBusy) as caught:
                open_reader(daemon.reader, CARD_SECONDS)
            assert caught.value.reader == daemon.reader
            assert open_card(first).serial() == serial
        with PcscChannel(daemon.reader) as second:
            assert open_card(second).serial() == serial


def test_a_card_of_another_make_is_foreign(daemon: Daemon, insert: Insert) -> None:
    stranger = CpuChip(CpuMemory(ANOTHER_MAKER, [], bytes(16)))
    stranger.atr = bytes.fromhex("3B021450")
    with insert(stranger), PcscChannel(daemon.reader) as channel:
        with pytest.raises(ForeignCard) as caught:
            open_card(channel)
        assert caught.value.atr == stranger.atr


def test_a_memory_card_of_another_make_is_foreign(daemon: Daemon, insert: Insert) -> None:
    with insert(Sle4442Chip()), PcscChannel(daemon.reader) as channel, pytest.raises(ForeignCard):
        open_card(channel)


@pytest.mark.parametrize("answer_to_reset", [TOO_LONG_AN_ATR, NO_ATR], ids=["no power", "no ATR"])
def test_a_card_that_does_not_answer_is_mute(
    daemon: Daemon, insert: Insert, serial: str, card_key: bytes, answer_to_reset: bytes
) -> None:
    mute = new_chip("cpu", serial, card_key)
    mute.atr = answer_to_reset
    with insert(mute), pytest.raises(CardMute):
        open_reader(daemon.reader, CARD_SECONDS)


def test_a_card_pulled_out_is_gone_until_connected_again(
    daemon: Daemon, insert: Insert, chip: Chip, serial: str
) -> None:
    with insert(chip) as card, PcscChannel(daemon.reader) as channel:
        assert open_card(channel).serial() == serial
        card.remove()
        for _ in range(2):
            with pytest.raises(CardRemoved):
                channel.transmit(apdu.get_challenge(16).apdu)
        assert wait_for_removal(daemon.reader, CARD_SECONDS)
    with insert(chip), PcscChannel(daemon.reader) as channel:
        assert open_card(channel).serial() == serial


def test_a_closed_channel_leaves_no_unlocked_card(daemon: Daemon, insert: Insert, serial: str, card_key: bytes) -> None:
    with insert(new_chip("cpu", serial, card_key)):
        with PcscChannel(daemon.reader) as channel:
            open_card(channel).unlock(card_key)
            assert channel.transmit(apdu.read_binary(2, 0, 8).apdu).sw == StatusWord.OK
        with PcscChannel(daemon.reader) as channel:
            open_card(channel)
            refused = channel.transmit(apdu.read_binary(2, 0, 8).apdu)
            assert refused.sw == StatusWord.SECURITY_STATUS_NOT_SATISFIED
        channel.close()
        with pytest.raises(CardRemoved):
            channel.transmit(apdu.read_binary(2, 0, 8).apdu)


def test_the_daemon_dies_in_the_middle_of_a_write(
    daemon: Daemon, insert: Insert, chip: Chip, card_key: bytes, image: CardImage
) -> None:
    if not daemon.own:
        pytest.skip("this pcscd was running before the tests, so they do not kill it")
    try:
        with insert(chip), PcscChannel(daemon.reader) as channel:
            driver = open_card(channel)
            driver.unlock(card_key)
            chip.on_write = daemon.kill
            with pytest.raises(ReaderLost):
                driver.write(image)
    finally:
        chip.on_write = None
        daemon.start()
    with insert(chip), PcscChannel(daemon.reader) as channel:
        driver = open_card(channel)
        driver.unlock(card_key)
        assert driver.read().image in (None, image)


def run_alone(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program in a process with an environment of its own."""
    settings = {"PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run([sys.executable, "-c", program], env=settings, capture_output=True, text=True, timeout=60)


def test_no_other_program_is_needed(insert: Insert, chip: Chip, serial: str) -> None:
    """Neither pcsc_scan nor opensc-tool: nothing at all is on the path."""
    program = """
from till.cards.connect import open_card
from till.cards.pcsc import open_reader
with open_reader("Virtual PCD", 10) as channel:
    print(open_card(channel).serial())
"""
    with insert(chip):
        ended = run_alone(program, PATH="")
    assert (ended.stdout.strip(), ended.returncode) == (serial, 0), ended.stderr


def test_no_daemon() -> None:
    program = """
from till.cards.errors import NoReader
from till.cards.pcsc import open_reader
try:
    open_reader(None, 10)
except NoReader as error:
    print(error.reason)
"""
    ended = run_alone(program, PCSCLITE_CSOCK_NAME="/nonexistent/pcscd.comm")
    assert ended.stdout.strip() == "no_service", ended.stderr


def test_the_time_of_an_apdu(
    daemon: Daemon,
    insert: Insert,
    chip: Chip,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Measured and told, not judged: it is the machine's."""
    rounds = []
    with insert(chip), PcscChannel(daemon.reader) as channel:
        driver = open_card(channel)
        command = bytes.fromhex("FFB0000814") if driver.chip == "sle4442" else apdu.read_binary(1, 0, 20).apdu
        for _ in range(300):
            start = time.perf_counter()
            response = channel.transmit(command)
            rounds.append(time.perf_counter() - start)
            assert (len(response.data), response.sw) == (20, StatusWord.OK)
    median = statistics.median(rounds) * 1000
    record_property("apdu_median_ms", round(median, 3))
    with capsys.disabled():
        sys.stdout.write(f"\n{driver.chip}: APDU through pcscd and vpcd, median {median:.2f} ms\n")
