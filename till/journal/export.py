"""Exports: a journal as a file that anybody can verify with openssl and sha256sum (README.md, JOURNAL.md)."""

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from common.chain import ChainError, Head, SignedEntry, follow, read_line, signature_holds
from common.entries import BadEntry
from till.journal.errors import ExportFailed, KeysUnreadable
from till.store import Store


def export_journal(store: Store, till: str, epoch: int, key: Ed25519PrivateKey, folder: Path) -> tuple[Path, Path]:
    """Write the journal's lines and its public key into a folder. Returns both paths.

    Raises:
        ExportFailed: the folder cannot be written.
        StoreError: the journal cannot be read.
    """
    journal, pem = folder / f"{till}-{epoch}.journal", folder / f"{till}-{epoch}.pem"
    partial = journal.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.writelines(signed.line for signed in store.entries(till, epoch))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, journal)
        pem.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except OSError as error:
        raise ExportFailed(str(folder), error.strerror or str(error)) from error
    return journal, pem


def verify_file(journal: Path, pem: Path) -> Head:
    """Check every hash, link and signature of an exported journal. Returns its head.

    Raises:
        ChainError: naming the first entry that does not hold.
        ExportFailed: the journal cannot be read.
        KeysUnreadable: the key file is none.
    """
    key = _public_key(pem)
    writer, head = journal.stem, None
    try:
        with journal.open("rb") as file:
            for signed in _lines(file, journal.stem):
                entry = signed.entry
                if head is None:
                    head = Head.empty(entry.writer, entry.epoch)
                writer = entry.writer
                list(follow(head, [signed]))
                if not signature_holds(key, signed):
                    raise ChainError(writer, entry.seq, "the signature is not the key's")
                head = signed.head
    except OSError as error:
        raise ExportFailed(str(journal), error.strerror or str(error)) from error
    if head is None:
        raise ChainError(writer, 1, "the file is empty")
    return head


def _lines(file: Iterator[bytes], writer: str) -> Iterator[SignedEntry]:
    for number, line in enumerate(file, 1):
        try:
            yield read_line(line)
        except BadEntry as error:
            raise ChainError(writer, number, error.reason) from error


def _public_key(pem: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.read_bytes())
    except OSError as error:
        raise KeysUnreadable(str(pem), error.strerror or str(error)) from error
    except ValueError as error:
        raise KeysUnreadable(str(pem), "not a PEM public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeysUnreadable(str(pem), "not an Ed25519 key")
    return key
