"""Keys at rest: the passphrase opens them, and nothing else does."""

import secrets

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.locked import BadLock, lock, lock_id, unlock, unlock_with, with_files

CHEAP = 2**4
FILES = {"keys/signing.pem": b"-----BEGIN PRIVATE KEY-----", "keys/box.pem": bytes(range(256))}
PHRASE = "three wise 猫 on a hill"


def locked(files=FILES, phrase=PHRASE):
    return lock(files, phrase, secrets.token_bytes, CHEAP)


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=200), max_size=4), st.text(min_size=10, max_size=30))
@settings(max_examples=50)
def test_the_passphrase_opens_what_was_locked(files, phrase):
    document = lock(files, phrase, secrets.token_bytes, CHEAP)
    opened = unlock(document, phrase)
    assert opened.files == files
    assert unlock_with(document, opened.key) == opened
    assert lock_id(document) == opened.id


def test_another_passphrase_does_not():
    with pytest.raises(BadLock, match="wrong_passphrase"):
        unlock(locked(), PHRASE + " ")


def test_letters_typed_on_another_keyboard_are_the_same_passphrase():
    assert unlock(locked(phrase="café au lait"), "cafe\u0301 au lait").files == FILES


def test_a_short_passphrase_is_refused():
    with pytest.raises(BadLock, match="too_short"):
        locked(phrase="123456789")


@given(st.integers(0, 2**16), st.integers(1, 255))
@settings(max_examples=200)
def test_a_document_that_was_altered_opens_to_nothing_else(place, change):
    document = bytearray(locked())
    document[place % len(document)] ^= change
    try:
        opened = unlock(bytes(document), PHRASE)
    except BadLock:
        return
    assert opened.files == FILES  # its id, or a letter that decodes to the same


@pytest.mark.parametrize(("cost", "block"), [(2**30, 8), (2**17, 2**20), (3, 8), (0, 8), (-4, 8), (16, 0)])
def test_a_document_cannot_make_us_take_all_memory(cost, block):
    greedy = msgspec.json.decode(locked()) | {"cost": cost, "block": block}
    with pytest.raises(BadLock, match="lock_damaged"):
        unlock(msgspec.json.encode(greedy), PHRASE)


def test_more_files_come_behind_the_same_lock():
    document = locked()
    more = with_files(document, unlock(document, PHRASE), {"keys-2/signing.pem": b"2"}, secrets.token_bytes)
    assert unlock(more, PHRASE).files == FILES | {"keys-2/signing.pem": b"2"}
    assert lock_id(more) == lock_id(document)


def test_neither_the_document_nor_what_is_printed_of_it_shows_a_file():
    document = locked()
    assert b"PRIVATE" not in document
    assert "PRIVATE" not in repr(unlock(document, PHRASE))
    assert unlock(document, PHRASE).key.hex() not in repr(unlock(document, PHRASE))
