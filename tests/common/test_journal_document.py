"""JOURNAL.md is what an auditor has: its shell lines are run, and its tables are complete."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import common
from common.card.image import CardImage, ReturnData
from common.chain import DOMAIN, Head, SignedEntry, append, public_hex
from common.clock import ZERO, tick, wall_ms
from common.entries import AccountFrozen, JournalOpened
from common.entries.envelope import MAX_ENTRY, Entry
from common.lease import Lease
from common.tariff import Quote, QuoteLine, Tariff, Tier
from tests.common.bodies import BODY_TYPES
from tests.common.pieces import START
from tests.common.world import World

DOCUMENT = (Path(common.__file__).parent / "JOURNAL.md").read_text(encoding="utf-8")
BY_HAND, VERIFY, TO_PEM = re.findall(r"```sh[^\n]*\n(.*?)```", DOCUMENT, re.DOTALL)


def sh(script: str, *arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **variables}
    return subprocess.run(
        ["sh", "-c", script, "sh", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def journal() -> tuple[Ed25519PrivateKey, list[SignedEntry]]:
    """A till's journal as it is: its opening, an account with Chinese text, an issue, vends, a quotation mark."""
    key = Ed25519PrivateKey.generate()
    opened = JournalOpened(kind="till", key=public_hex(key), branch="城西", version="0.1.0")
    world = World.new(1)
    world.vend(0, 0, 1_000)
    odd = AccountFrozen(account="A2", reason='"},\\ \n \t \u007f $(id) `id` %s \\x41 😀', clerk="王")
    bodies = [opened, *(signed.entry.body for signed in world.tills[0].journal), odd]
    head, hlc, written = Head.empty("till-0001", 2), ZERO, []
    for minute, body in enumerate(bodies):
        at = START + timedelta(minutes=minute)
        hlc = tick(hlc, wall_ms(at))
        written.append(append(key, head, body, at=at, hlc=hlc))
        head = written[-1].head
    return key, written


def exported(folder: Path, key: Ed25519PrivateKey, lines: bytes) -> None:
    (folder / "journal").write_bytes(lines)
    (folder / "key.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def verify(folder: Path, key: Ed25519PrivateKey, lines: bytes) -> subprocess.CompletedProcess[str]:
    exported(folder, key, lines)
    return sh(VERIFY, "till-0001", "2", "journal", "key.pem", folder=folder)


Journal = tuple[Ed25519PrivateKey, list[SignedEntry]]


def test_openssl_verifies_the_whole_journal(journal: Journal, tmp_path: Path) -> None:
    key, written = journal
    found = verify(tmp_path, key, b"".join(signed.line for signed in written))
    assert (found.returncode, found.stderr) == (0, "")
    head = written[-1].head
    assert found.stdout == f"till-0001 epoch 2: {head.seq} entries, head {head.hash}\n"


def test_openssl_verifies_one_entry(journal: Journal, tmp_path: Path) -> None:
    key, written = journal
    exported(tmp_path, key, b"".join(signed.line for signed in written))
    for number in (1, 2, len(written)):
        found = sh(BY_HAND, folder=tmp_path, N=str(number))
        assert (found.returncode, found.stdout.strip()) == (0, "Signature Verified Successfully")
    exported(tmp_path, Ed25519PrivateKey.generate(), b"".join(signed.line for signed in written))
    assert sh(BY_HAND, folder=tmp_path, N="1").returncode != 0


def test_openssl_finds_what_was_done_to_a_journal(journal: Journal, tmp_path: Path) -> None:
    key, written = journal
    lines = [signed.line for signed in written]
    whole = b"".join(lines)
    other = Ed25519PrivateKey.generate()
    forged = append(other, written[1].head, AccountFrozen(account="A", reason="", clerk=""), at=START, hlc=ZERO)
    spoiled = {
        "entry 3 of till-0001: does not follow": [
            b"".join(lines[:2] + lines[3:]),
            b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]),
            b"".join([*lines[:2], lines[1], *lines[2:]]),
        ],
        "entry 3 of till-0001: the signature does not hold": [
            b"".join([*lines[:2], lines[2].replace(b"wang", b"wong"), *lines[3:]]),
            b"".join([*lines[:2], forged.line]),
            b"".join([*lines[:2], lines[1][:128] + lines[2][128:], *lines[3:]]),
        ],
        "entry 3 of till-0001: the signature is not hex": [b"".join([*lines[:2], b"zz" + lines[2][2:]])],
        "entry 1 of till-0001: does not follow": [b"".join(lines[1:]), b"\n"],
        f"entry {len(lines)} of till-0001: does not follow": [whole[:-9] + b"\n"],
        f"entry {len(lines) - 1} of till-0001: the last line is torn": [whole[:-1], whole[:-9]],
        "entry 0 of till-0001: the journal is empty": [b""],
    }
    for said, journals in spoiled.items():
        for lines_found in journals:
            assert lines_found != whole
            found = verify(tmp_path, key, lines_found)
            assert (found.returncode, found.stdout) == (1, "")
            assert said in found.stderr


def test_openssl_finds_another_key(journal: Journal, tmp_path: Path) -> None:
    _, written = journal
    found = verify(tmp_path, Ed25519PrivateKey.generate(), b"".join(signed.line for signed in written))
    assert (found.returncode, found.stderr) == (1, "entry 1 of till-0001: opened with another key\n")


def test_openssl_finds_another_writers_or_epochs_journal(journal: Journal, tmp_path: Path) -> None:
    key, written = journal
    exported(tmp_path, key, b"".join(signed.line for signed in written))
    for writer, epoch in (("till-0001", "1"), ("till-0002", "2")):
        found = sh(VERIFY, writer, epoch, "journal", "key.pem", folder=tmp_path)
        assert (found.returncode, found.stderr) == (1, f"entry 1 of {writer}: does not follow\n")


def test_a_key_of_hex_digits_becomes_pem(journal: Journal, tmp_path: Path) -> None:
    key, _ = journal
    assert sh(TO_PEM, folder=tmp_path, key=public_hex(key)).returncode == 0
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert (tmp_path / "key.pem").read_bytes() == pem


@pytest.mark.parametrize("kind", BODY_TYPES, ids=lambda kind: kind.__name__)
def test_every_body_and_its_members_are_described(kind: type[msgspec.Struct]) -> None:
    tag = str(kind.__struct_config__.tag)
    (row,) = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and f"`{tag}`" in line.split("|")[1]]
    common_members = {"started": "start", "completed": "completion", "voided": "void"}.get(tag.partition(".")[2])
    if common_members is not None:
        row += DOCUMENT[DOCUMENT.index("Every start has") :].split("\n\n", 1)[0]
    for name in kind.__struct_encode_fields__:
        assert f"`{name}`" in row, f"{name} of {tag}"


@pytest.mark.parametrize("kind", [Entry, CardImage, ReturnData, Quote, QuoteLine, Tariff, Tier, Lease])
def test_every_part_and_its_members_are_described(kind: type[msgspec.Struct]) -> None:
    for name in kind.__struct_encode_fields__:
        assert f"`{name}`" in DOCUMENT, f"{name} of {kind.__name__}"


def test_the_figures_in_it_are_the_programs() -> None:
    assert f"{MAX_ENTRY:,} bytes" in DOCUMENT
    assert f"`{DOMAIN.decode().strip()}`, a newline" in DOCUMENT
    assert f"the {len(DOMAIN) + 64} bytes" in DOCUMENT
