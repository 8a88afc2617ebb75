"""The real PC/SC daemon with vpcd's virtual reader, and cards in software that are put in it."""

import fcntl
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    from smartcard import scard
except ImportError:
    scard = None

from till.cards.errors import NoReader
from till.cards.pcsc import list_readers, wait_for_card, wait_for_removal
from till.simulator.chip import Chip
from till.simulator.vpcd import VirtualCard

READER = "Virtual PCD 00 00"
START_SECONDS = 20.0
CARD_SECONDS = 10.0
"""pcscd asks its readers for their cards every 0.4 s."""

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class CannotRun(Exception):
    """These tests cannot run on this machine as it is; the text says what to do."""


class Daemon:
    """pcscd: a process of ours, or the one that was running before.

    Attributes:
        reader: name of the virtual reader that cards are put in.
    """

    reader = READER

    def __init__(self, log: Path) -> None:
        self._log = log
        self._program = _program()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def own(self) -> bool:
        """Whether we started it, so that we may stop it."""
        return self._process is not None

    def start(self) -> None:
        """Start it unless it runs, and wait for its empty virtual reader. Raises CannotRun."""
        if _readers() is None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [self._program, "--foreground"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={"PATH": _SYSTEM_PATH},
                )
        self._wait_for_reader()
        if not wait_for_removal(READER, CARD_SECONDS):
            raise CannotRun(f"another program has a card in the reader {READER}: end it")

    def stop(self) -> None:
        """End it if it is ours."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it if it is ours, as a power failure would."""
        self._end(signal.SIGKILL)

    @contextmanager
    def insert(self, chip: Chip) -> Iterator[VirtualCard]:
        """Put a card in the reader, wait until the daemon sees it; take it out, wait until the daemon sees that."""
        with VirtualCard(chip) as card:
            if not wait_for_card(READER, CARD_SECONDS):
                raise TimeoutError("pcscd does not see the card")
            events = card_events()
            yield card
        if _readers() is not None:
            wait_until_seen_gone(events)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(CARD_SECONDS)
            self._process = None

    def _wait_for_reader(self) -> None:
        """The reader is listed once vpcd listens on its port."""
        end = time.monotonic() + START_SECONDS
        while READER not in (_readers() or []):
            if self._process is not None and self._process.poll() is not None:
                raise CannotRun(f"pcscd ended at once; start its service or be root: {self._said()}")
            if time.monotonic() > end:
                raise CannotRun(
                    f"pcscd has no reader {READER}: install vsmartcard-vpcd and restart pcscd: {self._said()}"
                )
            time.sleep(0.02)

    def _said(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""


def card_events() -> int:
    """How often pcscd has seen a card come or go: the upper half of the reader's state (PC/SC Lite)."""
    return _changed_since(scard.SCARD_STATE_UNAWARE, 0.0) >> 16


def wait_until_seen_gone(events: int) -> None:
    """Wait until pcscd has asked the reader and found no card, after these many events.

    That a card is absent does not suffice: pcscd says so at once when it could not take the power of a card that was
    pulled out, and then takes a card that comes before it asks the reader again for the one that never left. Nobody
    is that fast by hand.
    """
    end = time.monotonic() + CARD_SECONDS
    state = _changed_since(scard.SCARD_STATE_UNAWARE, 0.0)
    while state >> 16 == events or state & scard.SCARD_STATE_PRESENT:
        if time.monotonic() > end:
            raise TimeoutError("pcscd still sees the card")
        state = _changed_since(state, end - time.monotonic())


def _changed_since(state: int, timeout: float) -> int:
    """The reader's state as soon as it is another, or when the time, in seconds, ran out."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise CannotRun(scard.SCardGetErrorMessage(result))
    result, states = scard.SCardGetStatusChange(context, max(0, round(timeout * 1000)), [(READER, state)])
    scard.SCardReleaseContext(context)
    if result not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT):
        raise CannotRun(scard.SCardGetErrorMessage(result))
    return int(states[0][1])


@contextmanager
def alone_with_daemon(log: Path) -> Iterator[Daemon]:
    """The daemon, for one run of the tests at a time on this machine: there is one virtual reader. Raises CannotRun."""
    with open(_program(), "rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        daemon = Daemon(log)
        try:
            daemon.start()
            yield daemon
        finally:
            daemon.stop()


def _program() -> str:
    if scard is None:
        raise CannotRun("pyscard is not installed: pip install 'kilotill[reader]' (needs libpcsclite-dev and swig)")
    program = shutil.which("pcscd", path=_SYSTEM_PATH)
    if program is None:
        raise CannotRun("pcscd is not installed: apt install pcscd vsmartcard-vpcd")
    return program


def _readers() -> list[str] | None:
    """The daemon's readers; None when it does not run."""
    try:
        return list_readers()
    except NoReader:
        return None
