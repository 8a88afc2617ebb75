"""The enrolment code, as people type it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.enrolment import BadCode, make_code, parse_code

CERTIFICATE = b"a certificate in DER"
SECRETS = st.binary(min_size=10, max_size=10)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(SECRETS, st.binary(max_size=100))
def test_a_code_reads_back(secret: bytes, certificate: bytes) -> None:
    code = make_code(secret, certificate)
    assert re.fullmatch(f"([{ALPHABET}]{{4}}-){{7}}[{ALPHABET}]{{4}}", code.text)
    assert parse_code(code.text) == code
    assert parse_code(code.text).secret == secret
    assert parse_code(code.text).matches(certificate)


@given(SECRETS, st.data())
def test_case_spaces_and_lookalikes_are_forgiven(secret: bytes, data: st.DataObject) -> None:
    code = make_code(secret, CERTIFICATE)
    typed = ""
    for letter in code.text:
        alike = {"0": "0Oo", "1": "1IiLl", "-": ["", " ", "-", " - ", "\t"]}.get(letter, letter + letter.lower())
        typed += data.draw(st.sampled_from(list(alike)))
    assert parse_code(f" {typed}\n") == code


@given(SECRETS, st.integers(0, 31), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes_both(secret: bytes, place: int, wrong: str) -> None:
    """A slip in the first half is another secret, one in the second half another office."""
    code = make_code(secret, CERTIFICATE)
    letters = code.text.replace("-", "")
    if letters[place] == wrong:
        return
    typed = parse_code(letters[:place] + wrong + letters[place + 1 :])
    assert (typed.secret == secret) != typed.matches(CERTIFICATE)
    assert (typed.secret != secret) == (place < 16)


def test_another_offices_certificate_does_not_match() -> None:
    code = make_code(bytes(10), CERTIFICATE)
    assert code.matches(CERTIFICATE)
    assert not code.matches(CERTIFICATE + b"\0")
    assert not code.matches(b"")


def test_the_code_of_a_known_secret() -> None:
    """Crockford base 32 of the secret and the first 80 bits of the certificate's SHA-256."""
    assert make_code(bytes(10), b"").text == "0000-0000-0000-0000-WERC-8GMR-ZGE1-96QV"


@pytest.mark.parametrize(
    "text",
    ["", "0" * 31, "0" * 33, "0" * 31 + "U", "0" * 31 + "*", "0" * 31 + "零", "０" * 32, "0" * 31 + "ß"],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        parse_code(text)


@pytest.mark.parametrize("size", [0, 9, 11])
def test_a_secret_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadCode):
        make_code(bytes(size), CERTIFICATE)
