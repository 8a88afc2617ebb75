"""No secret is written where it does not belong: a till and an office live through a day with the logs as talkative as
they can be, and everything that they said and stored is searched."""

import base64
import gc
import logging
import secrets
import shutil
from pathlib import Path

import jwt
import pytest

import common.locked
from common.card.keys import derive_card_key
from syncserver.office.folder import OfficeFolder
from till.cards.cpu import CpuDriver
from till.journal import keysafe
from till.journal.keys import TillKeys, load_keys
from till.operations.opening import TillFolder, enrolment_of

PIN, NEW_PIN, WRONG_PIN = "904417266831", "518830274469", "730051942886"
PASSWORD, BACKUP, PHRASE = "tango umbrella 7141 quartz", "violet anchor 2288 lamp", "copper meadow 9035 drum"


def spellings(name, raw):
    """A key as it may be written."""
    return {
        name: raw,
        f"{name} in hex": raw.hex().encode(),
        f"{name} in base64": base64.b64encode(raw).rstrip(b"="),
        f"{name} in base64url": base64.urlsafe_b64encode(raw).rstrip(b"="),
        f"{name} as Python shows it": repr(raw).encode()[2:-1],
    }


class Day:
    """What was used, and what was said."""

    def __init__(self):
        self.secrets = {
            name: value.encode()
            for name, value in {
                "PIN": PIN,
                "new PIN": NEW_PIN,
                "wrong PIN": WRONG_PIN,
                "password": PASSWORD,
                "backup passphrase": BACKUP,
                "keys' passphrase": PHRASE,
            }.items()
        }
        self.said = []
        self.records = []

    def keep(self, name, raw):
        self.secrets |= spellings(name, raw)

    def found_in(self, where, content, but=()):
        return [f"{name}: {where}" for name, secret in self.secrets.items() if secret in content and name not in but]


class Kept(logging.Handler):
    """Keeps all records."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(scope="module")
def day(company, tmp_path_factory):
    """A till and an office at work, and what they and their libraries logged."""
    root, kept = logging.getLogger(), Kept()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        with pytest.MonkeyPatch.context() as patch:
            yield _lived(company, patch, kept, tmp_path_factory.mktemp("day"))
    finally:
        root.removeHandler(kept)
        root.setLevel(before)
        keysafe._known.clear()


def _lived(company, monkeypatch, kept, tmp_path):
    monkeypatch.setattr(common.locked, "_COST", 2**10)
    found = Day()
    found.records = kept.records
    tokens, encode = [], jwt.encode

    def noted(*values, **more):
        tokens.append(encode(*values, **more))
        return tokens[-1]

    monkeypatch.setattr(jwt, "encode", noted)
    for number, name in enumerate(("password", "backup", "keys")):
        (tmp_path / name).write_text((PASSWORD, BACKUP, PHRASE)[number])
    data, card = company.copy(tmp_path), shutil.copy(company.cards[0], tmp_path / "one.card")
    keys = OfficeFolder(company.folder / "office").keys()
    found.keep("office's signing key", keys.signing.private_bytes_raw())
    found.keep("office's box key", keys.box.private_bytes_raw())
    found.keep("card master key", keys.card_master)
    found.keep("card's key", derive_card_key(keys.card_master, "6201000000000001"))
    own = load_keys(data / "keys")
    found.keep("till's signing key", own.signing.private_bytes_raw())
    found.keep("till's box key", own.box.private_bytes_raw())
    _live(company, data, card, found, monkeypatch, tmp_path)
    assert tokens
    found.secrets |= {f"token {number}": token.encode() for number, token in enumerate(tokens)}
    return found, data


def _live(company, data, card, found, monkeypatch, tmp_path):
    """Signing in, rightly and wrongly; enrolment, sales, sync, backup, lock, errors, and a crash in the middle."""
    clerk = ["clerk", "add", "zhou", "--name", "周", "--branch", "hill", "--role", "clerk", "--role", "supervisor"]
    found.said.append(company.office(*clerk, "--pin", PIN).text)
    user = ["user", "add", "zhou", "--name", "周", "--role", "administrator", "--password", PASSWORD]
    found.said.append(company.office(*user).text)
    for words in (
        ["sync"],
        ["sign-in", "zhou", "--pin", WRONG_PIN],
        ["sign-in", "zhou", "--pin", PIN],
        ["status", "--json"],
        ["account", "pay", "A1", "nothing"],
        ["clerk", "pin", "zhou", "--pin", PIN, "--new", NEW_PIN],
        ["backup", tmp_path / "file", "--passphrase", BACKUP],
        ["restore", tmp_path / "file", "--passphrase", "another one"],
        ["keys", "lock", "--passphrase-file", tmp_path / "keys"],
        ["sync"],
        ["journal", "verify"],
    ):
        found.said.append(company.till(*words, data=data).text)
    for words in (["vend", "--money", "20"], ["vend", "--money", "999999999"], ["card", "read"]):
        found.said.append(company.with_card(card, *words, data=data).text)

    def dies(*_):
        raise RuntimeError("the program dies while it writes the card")

    shutil.copy(company.cards[1], card)
    with monkeypatch.context() as patch:
        patch.setattr(CpuDriver, "write", dies)
        with pytest.raises(RuntimeError) as died:
            company.with_card(card, "card", "replace", "A1", "--reason", "lost", data=data)
    found.said.append(_everything_of(died))
    found.said.append(company.till("sync", data=data).text)


def _everything_of(died):
    """The program's frames with all their local values, as a crash reporter would send them."""
    frames, trace = [str(died.value)], died.tb
    while trace is not None:
        frame = trace.tb_frame
        if "tests" not in Path(frame.f_code.co_filename).parts:
            frames.append(repr({name: value for name, value in frame.f_locals.items() if name != "args"}))
        trace = trace.tb_next
    assert len(frames) > 5
    return "\n".join(frames)


def test_nothing_that_was_said_or_logged_has_a_secret_in_it(day):
    found, _ = day
    assert len(found.records) > 15
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in found.records)
    wrong = found.found_in("log", logged.encode())
    for said in found.said:
        wrong += found.found_in(said[:60], said.encode())
    assert wrong == []


def test_neither_store_has_a_pin_a_password_or_a_private_key_in_it(day, company):
    found, data = day
    wrong = []
    for path in [*data.rglob("*"), *(company.folder / "office").glob("office.db*")]:
        if path.is_file():
            wrong += found.found_in(path.name, path.read_bytes())
    assert wrong == []


def test_what_holds_keys_does_not_show_them(day):
    found, data = day
    with TillFolder(data).store() as store:
        enrolment = enrolment_of(store, data)
        shown = [repr(enrolment)]
    keys = load_keys(data / "keys")
    shown += [repr(keys), str(vars(keys)), repr(keysafe.locked_files(data).keys())]
    shown += [repr(thing) for thing in gc.get_objects() if type(thing) is TillKeys]
    wrong = [line for text in shown for line in found.found_in("repr", text.encode())]
    assert wrong == []


def test_the_search_finds_what_is_there():
    """A search that finds nothing anywhere proves nothing."""
    found, raw = Day(), secrets.token_bytes(32)
    found.keep("key", raw)
    for text in (raw.hex(), base64.b64encode(raw).decode(), f"{raw!r}", f"PIN {PIN} given"):
        assert found.found_in("log", text.encode())
