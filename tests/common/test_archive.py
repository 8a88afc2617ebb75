"""Archives: what was packed comes out, or the archive is refused."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.archive import BadArchive, Member, pack, unpack

SALT = bytes(range(16))


def packed(files, passphrase=None):
    members = [Member(name, len(content), lambda content=content: [content]) for name, content in files.items()]
    return b"".join(pack(members, passphrase, SALT))


def unpacked(archive, passphrase=None):
    return {name: b"".join(pieces) for name, pieces in unpack(io.BytesIO(archive).read, passphrase)}


NAMES = st.text("abc/.-ü", min_size=1, max_size=9)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=2_000).flatmap(lambda b: st.just(b * 100)), max_size=4))
def test_what_was_packed_comes_out(files):
    assert unpacked(packed(files)) == files


def test_a_passphrase_hides_everything_and_a_wrong_one_is_told():
    files = {"keys/signing.pem": b"PRIVATE KEY" * 10_000, "till.db": b"SQLite"}
    archive = packed(files, "纸 paper")
    assert b"PRIVATE" not in archive
    assert b"till.db" not in archive
    assert unpacked(archive, "纸 paper") == files
    for passphrase, reason in (("other", "wrong_passphrase"), (None, "needs_passphrase")):
        with pytest.raises(BadArchive, match=reason):
            unpacked(archive, passphrase)
    assert unpacked(packed(files), "not needed") == files


def test_a_file_that_its_reader_leaves_is_passed_over():
    archive = packed({"a": b"x" * 200_000, "b": b"y"})
    names = [name for name, _ in unpack(io.BytesIO(archive).read, None)]
    assert names == ["a", "b"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_anywhere_is_found(data):
    archive = packed({"a": b"x" * 150_000, "b": b"y" * 10})
    place = data.draw(st.integers(0, len(archive) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "add"]))
    if how == "flip":
        bad = archive[:place] + bytes([archive[place] ^ 1]) + archive[place + 1 :]
    else:
        bad = archive[:place] if how == "cut" else archive + b"x"
    with pytest.raises(BadArchive):
        unpacked(bad)


def test_a_file_of_another_size_than_said_is_not_packed():
    with pytest.raises(ValueError, match="has 1 bytes, not 2"):
        list(pack([Member("a", 2, lambda: [b"x"])], None, SALT))
