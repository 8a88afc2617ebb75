"""The machine's keyring (Secret Service, macOS Keychain, Windows Credential Locker), where there is one: it keeps what
opens the till's keys while its user is signed in to the machine."""

import base64
from typing import TYPE_CHECKING

from till.journal.errors import KeyringFailed

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "kilotill-till"


def key_from_keyring(name: str) -> bytes | None:
    """What the keyring keeps for the lock of this id; None where there is nothing, or no keyring."""
    # Imported here: a till without locked keys has no use for it.
    try:
        ring = _ring()
    except KeyringFailed:
        return None
    from keyring.errors import KeyringError

    try:
        kept = ring.get_password(_SERVICE, name)
    except KeyringError:  # locked, or its user said no: then the passphrase is asked for
        return None
    return None if kept is None else base64.b64decode(kept)


def remember(name: str, key: bytes) -> str:
    """Let the keyring keep what opens the lock of this id. Returns what the keyring calls itself.

    Raises:
        KeyringFailed: there is none, or it refuses.
    """
    ring = _ring()
    from keyring.errors import KeyringError

    try:
        ring.set_password(_SERVICE, name, base64.b64encode(key).decode())
    except KeyringError as error:
        raise KeyringFailed(str(error)) from error
    return str(ring.name)


def forget(name: str) -> bool:
    """Take it out of the keyring. Returns whether it was there.

    Raises:
        KeyringFailed: there is none, or it refuses.
    """
    ring = _ring()
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        ring.delete_password(_SERVICE, name)
    except PasswordDeleteError:
        return False
    except KeyringError as error:
        raise KeyringFailed(str(error)) from error
    return True


def _ring() -> "KeyringBackend":
    try:
        import keyring
        from keyring.backends.fail import Keyring as NoKeyring
    except ImportError as error:
        raise KeyringFailed("not installed") from error
    ring = keyring.get_keyring()
    if isinstance(ring, NoKeyring):
        raise KeyringFailed("no keyring")
    return ring
