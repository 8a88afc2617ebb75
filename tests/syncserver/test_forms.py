"""Forms as browsers send them, and as nobody should."""

from hypothesis import given
from hypothesis import strategies as st

from syncserver.web.forms import read_form

KIND = "multipart/form-data; boundary=----WebKitFormBoundaryX1"


def sent(content: bytes, text: str) -> bytes:
    """As Chromium sends a file and a field."""
    mark = b"------WebKitFormBoundaryX1"
    return b"\r\n".join(
        [
            mark,
            b'Content-Disposition: form-data; name="file"; filename="till-0001.kilotill"',
            b"Content-Type: application/octet-stream",
            b"",
            content,
            mark,
            b'Content-Disposition: form-data; name="form"',
            b"",
            text.encode(),
            mark + b"--",
            b"",
        ]
    )


@given(st.binary(max_size=2_000), st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_file_comes_as_it_is(content: bytes, text: str) -> None:
    if b"WebKitFormBoundary" not in content + text.encode():
        assert read_form(KIND, sent(content, text)) == ({"form": [text]}, {"file": content})


@given(st.sampled_from([KIND, "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]), st.binary())
def test_a_body_that_is_no_form_has_no_fields_and_breaks_nothing(kind: str, body: bytes) -> None:
    form, files = read_form(kind, body)
    assert all(isinstance(value, str) for values in form.values() for value in values)
    assert all(isinstance(content, bytes) for content in files.values())


def test_fields_that_are_there_more_than_once_and_those_that_are_empty_stay() -> None:
    body = b"key=a%2Fb&key=c&reason=&name=%E7%8E%8B"
    assert read_form("application/x-www-form-urlencoded", body)[0] == {
        "key": ["a/b", "c"],
        "reason": [""],
        "name": ["王"],
    }
