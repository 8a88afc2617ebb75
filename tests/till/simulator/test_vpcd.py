"""The protocol of a virtual reader, spoken with a listening socket in the reader's place."""

import socket
from collections.abc import Iterator

import pytest

from tests.till.simulator.cards import OLD, card
from till.cards import apdu
from till.simulator.chip import Chip
from till.simulator.vpcd import NoVirtualReader, VirtualCard

OFF, ON, RESET, ATR = b"\x00", b"\x01", b"\x02", b"\x04"
APPLICATION = apdu.select_application(bytes.fromhex("F04B494C4F54494C4C")).apdu


class Reader:
    """What vpcd does: accept one card, send messages, receive answers."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(10)
        self.port: int = self._listening.getsockname()[1]

    def accept(self) -> socket.socket:
        connected, _ = self._listening.accept()
        connected.settimeout(10)
        return connected

    def close(self) -> None:
        self._listening.close()


def send(connected: socket.socket, message: bytes) -> None:
    connected.sendall(len(message).to_bytes(2, "big") + message)


def receive(connected: socket.socket) -> bytes:
    with connected.makefile("rb") as stream:
        return stream.read(int.from_bytes(stream.read(2), "big"))


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.close()


@pytest.fixture
def chip() -> Chip:
    return card(OLD)


def test_control_and_apdus(reader: Reader, chip: Chip) -> None:
    with VirtualCard(chip, port=reader.port), reader.accept() as connected:
        send(connected, ATR)
        assert receive(connected) == chip.atr
        send(connected, ON)
        send(connected, APPLICATION)
        assert receive(connected)[0] == 0x61
        send(connected, RESET)
        send(connected, apdu.read_binary(1, 0, 20).apdu)
        assert receive(connected) == bytes.fromhex("6A82"), "a reset leaves the application"


def test_a_message_may_come_in_pieces(reader: Reader, chip: Chip) -> None:
    with VirtualCard(chip, port=reader.port), reader.accept() as connected:
        send(connected, ON)
        for byte in len(APPLICATION).to_bytes(2, "big") + APPLICATION:
            connected.sendall(bytes([byte]))
        assert receive(connected)[0] == 0x61


def test_a_card_without_power_leaves_the_reader(reader: Reader, chip: Chip) -> None:
    with VirtualCard(chip, port=reader.port) as virtual, reader.accept() as connected:
        send(connected, ON)
        send(connected, OFF)
        send(connected, APPLICATION)
        assert connected.recv(1) == b""
        assert virtual.wait(10)


def test_pulled_out_at_a_command(reader: Reader, chip: Chip) -> None:
    chip.pull_at = 1
    with VirtualCard(chip, port=reader.port) as virtual, reader.accept() as connected:
        send(connected, ON)
        send(connected, APPLICATION)
        assert receive(connected)[0] == 0x61
        send(connected, APPLICATION)
        assert connected.recv(1) == b""
        assert virtual.wait(10)


def test_taken_out_and_put_in_again(reader: Reader, chip: Chip) -> None:
    virtual = VirtualCard(chip, port=reader.port)
    for _ in range(2):
        virtual.insert()
        with reader.accept() as connected:
            send(connected, ATR)
            assert receive(connected) == chip.atr
            assert not virtual.wait(0)
            virtual.remove()
            assert connected.recv(1) == b""
    virtual.remove()


def test_no_reader(reader: Reader, chip: Chip) -> None:
    reader.close()
    with pytest.raises(NoVirtualReader, match=rf"127\.0\.0\.1:{reader.port}"):
        VirtualCard(chip, port=reader.port).insert()
