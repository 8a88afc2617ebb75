"""The office's data folder: database, signing key, TLS key and certificate, the card master key."""

import os
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from common.sealing import new_box
from syncserver.office.errors import OfficeError
from syncserver.office.keysafe import key_exists, lock_keys, read_key, write_key, write_private
from syncserver.store import Address

_CERTIFICATE_LIFE = timedelta(days=20 * 365)
_MASTER_BYTES = 32


@dataclass(frozen=True)
class OfficeFolder:
    """Where an office keeps everything."""

    path: Path
    url: str | None = None
    """The master store's, where somebody names it; else the folder says what it is."""

    @property
    def database(self) -> Path:
        """The master store, where that is SQLite."""
        return self.path / "office.db"

    @property
    def store_url(self) -> Path:
        """The file that says which PostgreSQL database the master store is, if it is one."""
        return self.path / "store.url"

    @property
    def address(self) -> Address:
        """The master store.

        Raises:
            OfficeError: the file that says so cannot be read.
        """
        if self.url is not None:
            return self.url
        try:
            return self.store_url.read_text("utf-8").strip() if self.store_url.exists() else self.database
        except (OSError, UnicodeDecodeError) as error:
            what = f"{self.store_url} cannot be read: {error}."
            raise OfficeError(what, "Mend it, or name the database with --store.") from error

    def keep_address(self, address: Address) -> None:
        """Let the folder say that this is the master store.

        Raises:
            OfficeError: the folder cannot be written.
        """
        try:
            if isinstance(address, str):
                write_private(self.store_url, address.encode() + b"\n")
            else:
                self.store_url.unlink(missing_ok=True)
        except OSError as error:
            what = f"The folder {self.path} cannot be written: {error.strerror}."
            raise OfficeError(what, "Mend that, then try again.") from error

    @property
    def signing_key(self) -> Path:
        """The key that signs the office's journal. Written last: with it the folder is complete."""
        return self.path / "keys" / "signing.pem"

    @property
    def tls_key(self) -> Path:
        """The server's private TLS key."""
        return self.path / "keys" / "tls-key.pem"

    @property
    def tls_certificate(self) -> Path:
        """The certificate that tills pin."""
        return self.path / "keys" / "tls.pem"

    @property
    def next_tls_key(self) -> Path:
        """The private key of the certificate that is going to be shown."""
        return self.path / "keys" / "tls-next-key.pem"

    @property
    def next_tls_certificate(self) -> Path:
        """The certificate that is going to be shown; as long as it is here, it is not in use."""
        return self.path / "keys" / "tls-next.pem"

    @property
    def card_master(self) -> Path:
        """The key that every card's key is derived from, as hex."""
        return self.path / "keys" / "card-master.hex"

    @property
    def box_key(self) -> Path:
        """The key that bundles for the office are sealed to."""
        return self.path / "keys" / "box.pem"

    @property
    def mirror(self) -> Path:
        """Where the mirror is, if there is one: syncserver.mirror.attach reads and writes it."""
        return self.path / "mirror.json"

    def expect_none(self) -> None:
        """See that there is no office here yet.

        Raises:
            OfficeError: there is one.
        """
        if key_exists(self.signing_key):
            raise OfficeError(f"There is an office in {self.path} already.", "Name another folder with --data.")

    def create(self, hosts: list[str], now: datetime) -> "OfficeKeys":
        """Make the keys of a new office.

        Raises:
            OfficeError: there is an office already, or the folder cannot be written.
        """
        self.expect_none()
        try:
            (self.path / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
            write_certificate(self.tls_key, self.tls_certificate, hosts, now)
            write_private(self.card_master, secrets.token_hex(_MASTER_BYTES).encode())
            write_private(self.box_key, _pem(new_box()))
            write_private(self.signing_key, _pem(Ed25519PrivateKey.generate()))
        except OSError as error:
            raise OfficeError(
                f"The folder {self.path} cannot be written: {error.strerror}.",
                "Mend that, or name another with --data.",
            ) from error
        return self.keys()

    def keys(self) -> "OfficeKeys":
        """The keys of the office here.

        Raises:
            OfficeError: there is none, or its keys are damaged.
        """
        if not key_exists(self.signing_key):
            raise OfficeError(f"There is no office in {self.path}.", "Make one: syncserver init --name ...")
        try:
            self._finish_certificate()
            signing = load_pem_private_key(read_key(self.signing_key), password=None)
            certificate = x509.load_pem_x509_certificate(self.tls_certificate.read_bytes())
            master = bytes.fromhex(read_key(self.card_master).decode("ascii"))
            box = self._box()
        except (OSError, ValueError) as error:
            raise OfficeError(f"The office's keys cannot be read: {error}.", "Restore them from the backup.") from error
        if not isinstance(signing, Ed25519PrivateKey) or len(master) != _MASTER_BYTES:
            raise OfficeError("The office's keys are not what they should be.", "Restore them from the backup.")
        if not isinstance(box, X25519PrivateKey | None):
            raise OfficeError("The office's key for bundles is none.", "Restore it from the backup.")
        return OfficeKeys(signing, master, certificate.public_bytes(Encoding.DER), box)

    def _finish_certificate(self) -> None:
        """Let the next certificate be shown where its key is in use already: `certificate use` was cut between both."""
        if not self.next_tls_certificate.exists():
            return
        following = x509.load_pem_x509_certificate(self.next_tls_certificate.read_bytes())
        if load_pem_private_key(read_key(self.tls_key), password=None).public_key() == following.public_key():
            os.replace(self.next_tls_certificate, self.tls_certificate)

    def _box(self) -> object:
        try:
            return load_pem_private_key(read_key(self.box_key), password=None)
        except FileNotFoundError:
            return None

    def lock(self, passphrase: str) -> None:
        """Lock the private keys with a passphrase, or change it.

        Raises:
            OfficeError: there is no office, the passphrase of now was not told, or the new one is too short.
        """
        self.keys()
        private = (self.signing_key, self.box_key, self.card_master, self.tls_key, self.next_tls_key)
        lock_keys(self.path / "keys", [path.name for path in private], passphrase)
        self.keys()

    def tls_context(self) -> ssl.SSLContext:
        """The server's certificate and key, ready to serve: TLS 1.3 only.

        Raises:
            OfficeError: as `keys`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # OpenSSL reads keys from files alone: what was behind a lock is not to lie on a disk again in plain.
        try:
            key, once = load_pem_private_key(read_key(self.tls_key), password=None), secrets.token_hex(32)
            sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(once.encode()))
            with tempfile.TemporaryDirectory(prefix="kilotill-") as place:
                path = Path(place) / "tls-key.pem"
                path.write_bytes(sealed)
                context.load_cert_chain(self.tls_certificate, path, once)
        except (OSError, ValueError) as error:
            raise OfficeError(
                f"The server's TLS key cannot be used: {error}.", "Restore it from the backup."
            ) from error
        return context

    def create_box(self) -> X25519PrivateKey:
        """Make the key that bundles are sealed to, for an office from before there were any.

        Raises:
            OfficeError: the folder cannot be written.
        """
        box = new_box()
        try:
            write_key(self.box_key, _pem(box))
        except OSError as error:
            raise OfficeError(
                f"The folder {self.path} cannot be written: {error.strerror}.", "Mend that, then try again."
            ) from error
        return box


@dataclass(frozen=True)
class OfficeKeys:
    """The office's secrets, and its certificate (DER). `box`: null in an office from before there were bundles."""

    signing: Ed25519PrivateKey = field(repr=False)
    card_master: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    box: X25519PrivateKey | None = field(default=None, repr=False)


def write_certificate(key: Path, certificate: Path, hosts: list[str], now: datetime) -> None:
    """Make a TLS key, and a certificate of it for these hosts, which is written last.

    Raises:
        OfficeError: the keys are locked, and nobody told the passphrase.
        OSError: they cannot be written.
    """
    tls = ec.generate_private_key(ec.SECP256R1())
    write_key(key, _pem(tls))
    write_private(certificate, _certificate(tls, hosts, now).public_bytes(Encoding.PEM))


def _pem(key: Ed25519PrivateKey | X25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(key: ec.EllipticCurvePrivateKey, hosts: list[str], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kilotill office")])
    names = [_general_name(host) for host in dict.fromkeys(["localhost", "127.0.0.1", *hosts])]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _CERTIFICATE_LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
