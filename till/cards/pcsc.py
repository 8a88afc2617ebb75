"""Readers and cards through PC/SC (specification part 5; pyscard's scard). The only module that imports smartcard."""

import time
from contextlib import AbstractContextManager
from types import ModuleType, TracebackType
from typing import Any

from till.cards.channel import Response
from till.cards.errors import CardError, CardMute, CardRemoved, NoCard, NoReader, ReaderBusy, ReaderLost


def list_readers() -> list[str]:
    """Names of the readers now plugged in. Raises NoReader when PC/SC itself is not there."""
    with _Context() as context:
        result, readers = context.scard.SCardListReaders(context.handle, [])
        if result == context.scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        context.demand(result, "")
        return list(readers)


def wait_for_card(reader: str, timeout: float) -> bool:
    """Wait until a card is in the reader. `timeout` in seconds; False when it ran out. Raises NoReader, ReaderLost."""
    return _wait(reader, timeout, present=True)


def wait_for_removal(reader: str, timeout: float) -> bool:
    """Wait until no card is in the reader. `timeout` in seconds; False when it ran out. Raises NoReader, ReaderLost."""
    return _wait(reader, timeout, present=False)


def open_reader(name: str | None, timeout: float) -> "PcscChannel":
    """The card in the first reader whose name contains `name`, once there is one; None: in whichever reader has one, so
    that a second reader takes over by itself.

    `timeout` in seconds. Raises NoReader, ReaderLost, ReaderBusy, CardMute; NoCard when the time ran out.
    """
    found = wait_for_any_card(name, timeout)
    if found is None:
        raise NoCard
    return PcscChannel(found)


def wait_for_any_card(name: str | None, timeout: float) -> str | None:
    """The first reader whose name contains `name` (None: whichever), once it has a card; None when the time (seconds)
    ran out. Raises NoReader, ReaderLost."""
    named = _named(name)
    return _wait_any(named if name is None else named[:1], timeout)


def wait_for_no_card(name: str | None, timeout: float) -> bool:
    """Wait until no reader whose name contains `name` (None: none at all) has a card. `timeout` in seconds; False when
    it ran out. Raises NoReader, ReaderLost."""
    end = time.monotonic() + timeout
    named = _named(name)
    return all(
        _wait(reader, max(0.0, end - time.monotonic()), present=False)
        for reader in (named if name is None else named[:1])
    )


class PcscChannel:
    """The card in a reader, for this program alone until closed. Closing takes its power and so its security status.

    Raises NoReader, ReaderLost, ReaderBusy, NoCard, CardMute.
    """

    def __init__(self, reader: str) -> None:
        self.reader = self._reader = reader
        self._context = _Context()
        self._card: Any = None
        try:
            self.atr = self._connect()
        except CardError:
            self.close()
            raise

    def _connect(self) -> bytes:
        scard = self._context.scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(
            self._context.handle, self._reader, scard.SCARD_SHARE_EXCLUSIVE, protocols
        )
        self._demand_connected(result)
        self._card = card
        self._header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        result, _, _, _, atr = scard.SCardStatus(card)
        self._demand_connected(result)
        return bytes(atr)

    def _demand_connected(self, result: int) -> None:
        """As `demand`, before any command was sent: what would be a broken write is a card that is not there."""
        scard = self._context.scard
        if result == scard.SCARD_W_REMOVED_CARD:
            raise NoCard
        if result in (scard.SCARD_W_UNPOWERED_CARD, scard.SCARD_E_NOT_TRANSACTED, scard.SCARD_E_COMM_DATA_LOST):
            raise CardMute
        self._context.demand(result, self._reader)

    def transmit(self, apdu: bytes) -> Response:
        """Send one APDU. Raises CardRemoved, ReaderLost."""
        if self._card is None:
            raise CardRemoved
        result, answer = self._context.scard.SCardTransmit(self._card, self._header, list(apdu))
        if result != self._context.scard.SCARD_S_SUCCESS:
            meaning = _meaning(self._context.scard, result, self._reader)
            # Whatever else PC/SC says, the command may have reached the card.
            raise CardRemoved if isinstance(meaning, CardRemoved | CardMute | NoCard) else ReaderLost(self._reader)
        if len(answer) < 2:
            raise CardRemoved
        *data, sw1, sw2 = (byte & 0xFF for byte in answer)
        return Response(bytes(data), sw1, sw2)

    def close(self) -> None:
        """Let the card go. May be called twice."""
        if self._card is not None:
            self._context.scard.SCardDisconnect(self._card, self._context.scard.SCARD_UNPOWER_CARD)
            self._card = None
        self._context.close()

    def __enter__(self) -> "PcscChannel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Context(AbstractContextManager["_Context"]):
    """A connection to the PC/SC service."""

    def __init__(self) -> None:
        self.scard = _load_scard()
        result, self.handle = self.scard.SCardEstablishContext(self.scard.SCARD_SCOPE_USER)
        self._open = result == self.scard.SCARD_S_SUCCESS
        self.demand(result, "")

    def demand(self, result: int, reader: str) -> None:
        """Raise what the result of a PC/SC call means, unless it is success."""
        if result != self.scard.SCARD_S_SUCCESS:
            raise _meaning(self.scard, result, reader)

    def close(self) -> None:
        if self._open:
            self._open = False
            self.scard.SCardReleaseContext(self.handle)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _named(name: str | None) -> list[str]:
    readers = list_readers()
    named = [reader for reader in readers if name is None or name in reader]
    if not named:
        raise NoReader("not_called", f"{name} ≠ {', '.join(readers)}") if readers else NoReader("not_plugged_in")
    return named


def _load_scard() -> ModuleType:
    try:
        from smartcard import scard
    except ImportError as error:
        raise NoReader("no_pyscard") from error
    module: ModuleType = scard
    return module


def _meaning(scard: ModuleType, result: int, reader: str) -> CardError:
    if result == scard.SCARD_E_NO_SMARTCARD:
        return NoCard()
    if result in (scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNSUPPORTED_CARD, scard.SCARD_E_PROTO_MISMATCH):
        return CardMute()
    if result in (
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_READER_UNAVAILABLE,
        # The service ended in the middle of a call: its readers are gone with it.
        scard.SCARD_F_COMM_ERROR,
    ):
        return ReaderLost(reader)
    if result == scard.SCARD_E_SHARING_VIOLATION:
        return ReaderBusy(reader)
    if result in (
        # The handle dies with the card; a card that lost contact while the reader waited was not transacted with.
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
        scard.SCARD_E_COMM_DATA_LOST,
        scard.SCARD_E_INVALID_HANDLE,
    ):
        return CardRemoved()
    if result in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED):
        return NoReader("no_service")
    return NoReader(str(scard.SCardGetErrorMessage(result)))


def _wait_any(readers: list[str], timeout: float) -> str | None:
    """The first of these readers that has a card, once one has. None when the time ran out."""
    with _Context() as context:
        scard = context.scard
        end = time.monotonic() + timeout
        states = [(reader, scard.SCARD_STATE_UNAWARE) for reader in readers]
        while True:
            remaining = max(0, round((end - time.monotonic()) * 1000))
            result, found = scard.SCardGetStatusChange(context.handle, remaining, states)
            if result == scard.SCARD_E_TIMEOUT:
                return None
            context.demand(result, readers[0])
            for reader, state, *_ in found:
                if state & scard.SCARD_STATE_PRESENT:
                    return str(reader)
            states = [(reader, state) for reader, state, *_ in found]


def _wait(reader: str, timeout: float, *, present: bool) -> bool:
    with _Context() as context:
        scard = context.scard
        end = time.monotonic() + timeout
        result, states = scard.SCardGetStatusChange(context.handle, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
        context.demand(result, reader)
        while bool(states[0][1] & scard.SCARD_STATE_PRESENT) != present:
            remaining = max(0, round((end - time.monotonic()) * 1000))
            result, states = scard.SCardGetStatusChange(context.handle, remaining, [(reader, states[0][1])])
            if result == scard.SCARD_E_TIMEOUT:
                return False
            context.demand(result, reader)
        return True
