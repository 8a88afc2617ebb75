"""The certificate that tills pin, and how it changes: the office says the next one, tills hear it, then it is shown."""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

from syncserver.office.contacts import contacts_of
from syncserver.office.errors import OfficeError
from syncserver.office.folder import write_certificate
from syncserver.office.keysafe import read_key, write_key
from syncserver.office.office import Office
from syncserver.office.utility import utility_of
from syncserver.store import Reading, WriterState


class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate of the office.

    Attributes:
        pin: its SHA-256 (DER), in hex: what tills pin.
        hosts: the names and addresses in it.
        until: when it ends (UTC).
    """

    pin: str
    hosts: list[str]
    until: datetime


class Certificates(Struct, frozen=True, kw_only=True):
    """What the office shows, and what it is going to show.

    Attributes:
        unheard: tills in use that are not known to have heard of the next one.
    """

    shown: Certificate
    following: Certificate | None
    unheard: list[str]


def certificates(office: Office) -> Certificates:
    """How it stands."""
    folder = office.folder
    following = _read(folder.next_tls_certificate) if folder.next_tls_certificate.exists() else None
    with office.store.read() as reading:
        said = utility_of(reading).next_pin
        unheard = [] if following is None else _unheard(reading)
    if following is not None and following.pin != said:
        following, unheard = None, []  # it was made and never said: `renew` makes another
    return Certificates(shown=_read(folder.tls_certificate), following=following, unheard=unheard)


def renew_certificate(office: Office, hosts: list[str]) -> Certificates:
    """Make the next certificate and say it to the tills. Nothing else changes yet.

    Args:
        hosts: names and addresses of the server; none: those of the one that is shown.

    Raises:
        OfficeError: the folder cannot be written.
    """
    folder = office.folder
    try:
        folder.next_tls_certificate.unlink(missing_ok=True)  # cut off here, it is never one beside another's key
        named = hosts or _read(folder.tls_certificate).hosts
        write_certificate(folder.next_tls_key, folder.next_tls_certificate, named, office.clock())
    except OSError as error:
        raise _unwritable(folder.path, error) from error
    pin = _read(folder.next_tls_certificate).pin
    with office.change() as intake:
        intake.say(msgspec.structs.replace(utility_of(intake.writing), next_pin=pin))
    return certificates(office)


def use_certificate(office: Office, *, anyway: bool) -> Certificate:
    """Let the server show the next certificate from its next start on. Safe to repeat; where it is cut between the key
    and the certificate, whoever opens the office next finishes it.

    Args:
        anyway: though tills are not known to have heard of it.

    Raises:
        OfficeError: none was said to the tills; or tills have not heard of it.
    """
    folder, known = office.folder, certificates(office)
    if known.following is None:
        with office.store.read() as reading:
            if known.shown.pin == utility_of(reading).next_pin:
                return known.shown  # it is in use already
        raise OfficeError("There is no next certificate.", "Make one: syncserver certificate renew")
    if known.unheard and not anyway:
        raise OfficeError(
            f"Not known to have heard of the next certificate: {', '.join(known.unheard)}.",
            "Let them sync first. With --anyway each must be enrolled again (syncserver till enrol-again TILL).",
        )
    try:
        write_key(folder.tls_key, read_key(folder.next_tls_key))
        os.replace(folder.next_tls_certificate, folder.tls_certificate)
        folder.next_tls_key.unlink(missing_ok=True)  # behind a lock it stays until the next one takes its place
    except OSError as error:
        raise _unwritable(folder.path, error) from error
    return known.following


def _unheard(reading: Reading) -> list[str]:
    """Tills in use whose feed is not known to go as far as the office's last word about the utility."""
    said = max(stored.position for stored in reading.supplies(["utility.set"]))
    place = reading.feed_position(said)
    contacts = contacts_of(reading)
    tills = {row.id: row for row in reading.writers() if row.branch}  # the latest epoch of each
    return [
        till
        for till, row in tills.items()
        if row.state is WriterState.ACTIVE and (till not in contacts or contacts[till].feed < place)
    ]


def _read(path: Path) -> Certificate:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        raise OfficeError(f"The certificate {path} cannot be read: {error}.", "Restore it from the backup.") from error
    return Certificate(
        pin=sha256(found.public_bytes(Encoding.DER)).hexdigest(),
        hosts=[str(name.value) for name in names],
        until=found.not_valid_after_utc,
    )


def _unwritable(path: Path, error: OSError) -> OfficeError:
    return OfficeError(f"The folder {path} cannot be written: {error.strerror}.", "Mend that, then try again.")
