"""What is sealed opens for its receiver, for its purpose, unaltered, and for nobody else."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.sealing import SealBroken, box_hex, new_box, open_card_keys, seal, seal_card_keys, unseal

BOX, OTHER = new_box(), new_box()
KEYS = {"6201000000000001": bytes(range(16)), "6201000000000002": bytes(16)}
SERIALS = st.from_regex(r"[0-9]{16}", fullmatch=True)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens(plaintext: bytes, info: bytes) -> None:
    assert unseal(BOX, seal(box_hex(BOX), plaintext, info), info) == plaintext


@settings(deadline=None)
@given(st.dictionaries(SERIALS, st.binary(min_size=3, max_size=32), max_size=5))
def test_card_keys_come_as_they_went(keys: dict[str, bytes]) -> None:
    assert open_card_keys(BOX, seal_card_keys(box_hex(BOX), keys)) == keys


def test_another_receiver_cannot_open_it() -> None:
    with pytest.raises(SealBroken):
        open_card_keys(OTHER, seal_card_keys(box_hex(BOX), KEYS))


def test_what_was_sealed_for_another_purpose_does_not_open() -> None:
    sealed = seal(box_hex(BOX), b"{}", b"kilotill.bundle.v1")
    with pytest.raises(SealBroken):
        unseal(BOX, sealed, b"kilotill.card-keys.v1")
    with pytest.raises(SealBroken):
        open_card_keys(BOX, base64.b64encode(sealed).decode())


def test_every_altered_byte_is_found() -> None:
    sealed = seal(box_hex(BOX), b"key", b"info")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(BOX, bytes(altered), b"info")


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 47])
def test_what_was_cut_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(BOX, seal(box_hex(BOX), b"key", b"info")[:length], b"info")


@pytest.mark.parametrize("text", ["", "%%%%", "abc", "AAAA", "钥匙"])
def test_text_that_is_nothing_sealed(text: str) -> None:
    with pytest.raises(SealBroken):
        open_card_keys(BOX, text)


def test_the_same_keys_never_seal_to_the_same_text() -> None:
    assert seal_card_keys(box_hex(BOX), KEYS) != seal_card_keys(box_hex(BOX), KEYS)


def test_a_box_is_known_by_its_public_half() -> None:
    assert box_hex(BOX) == box_hex(BOX.public_key())
    assert len(box_hex(BOX)) == 64
    assert box_hex(BOX) != box_hex(OTHER)
