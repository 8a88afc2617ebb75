"""Card keys."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from common.card.keys import auth_key, derive_card_key, mac_key, psc

MASTER = bytes(range(32))
SERIAL = "6201000000000017"


def hkdf_by_hand(master: bytes, info: bytes) -> bytes:
    """The first 32 bytes of HKDF-SHA256 (RFC 5869, 2.2 and 2.3), without the library."""
    extracted = hmac.digest(b"\0" * 32, master, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_card_key_is_hkdf_of_master_and_serial() -> None:
    assert derive_card_key(MASTER, SERIAL) == hkdf_by_hand(MASTER, b"kilotill card key v1:" + SERIAL.encode())


def test_keys_of_one_card_differ_from_each_other_and_from_the_card_key() -> None:
    key = derive_card_key(MASTER, SERIAL)
    assert len({key[:16], mac_key(key), auth_key(key)}) == 3
    assert len(mac_key(key)) == len(auth_key(key)) == 16


def test_keys_of_two_cards_differ() -> None:
    one, other = derive_card_key(MASTER, SERIAL), derive_card_key(MASTER, "6201000000000018")
    assert one != other
    assert mac_key(one) != mac_key(other)


@given(st.binary(min_size=32, max_size=32))
def test_psc_is_three_bytes_and_never_a_new_cards(key: bytes) -> None:
    code = psc(key)
    assert len(code) == 3
    assert code not in (b"\xff\xff\xff", b"\0\0\0")
    assert code == psc(key)
