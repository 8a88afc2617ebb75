"""The till's private keys at rest: locked with a passphrase, and what the machine's keyring may keep of that."""

from msgspec import Struct

from till.journal import keyring
from till.journal.keys import load_keys
from till.journal.keysafe import is_locked, key_of, lock_keys
from till.operations.opening import TillFolder, enrolment_of


class Locking(Struct, frozen=True, kw_only=True):
    """How the keys are kept.

    Attributes:
        remembered: whether this machine's keyring opens them.
    """

    locked: bool
    remembered: bool


def locking_of(folder: TillFolder) -> Locking:
    """How the keys are kept.

    Raises:
        KeysLocked, KeysUnreadable: see there.
    """
    if not is_locked(folder.path):
        return Locking(locked=False, remembered=False)
    return Locking(locked=True, remembered=keyring.key_from_keyring(key_of(folder.path)[0]) is not None)


def lock_till(folder: TillFolder, passphrase: str, *, remember: bool) -> Locking:
    """Lock the keys, or change the passphrase. What the keyring kept of the one before goes with it.

    Args:
        remember: let the keyring open them; where it did before, it does again.

    Raises:
        NotEnrolled, StoreError: there is no till here.
        KeysLocked: the passphrase of now was not told, or the new one is too short; nothing was changed.
        KeysUnreadable: they cannot be read or written.
        KeyringFailed: they are locked, and the keyring does not keep what opens them.
    """
    with folder.store() as store:
        enrolment = enrolment_of(store, folder.path)
        load_keys(folder.path / enrolment.keys)
    before = key_of(folder.path)[0] if is_locked(folder.path) else None
    kept = before is not None and keyring.key_from_keyring(before) is not None
    lock_keys(folder.path, passphrase)
    load_keys(folder.path / enrolment.keys)
    if before is not None and kept:
        keyring.forget(before)
    if remember or kept:
        remember_key(folder)
    return locking_of(folder)


def remember_key(folder: TillFolder) -> str:
    """Let the machine's keyring open the keys, while its user is signed in. Returns what the keyring calls itself.

    Raises:
        KeysLocked: the passphrase was not told; or nothing is locked.
        KeyringFailed: there is no keyring, or it refuses.
    """
    return keyring.remember(*key_of(folder.path))


def forget_key(folder: TillFolder) -> bool:
    """Let the keyring forget what opens the keys. Returns whether it knew.

    Raises:
        KeysLocked, KeyringFailed: as `remember_key`.
    """
    return keyring.forget(key_of(folder.path)[0])
