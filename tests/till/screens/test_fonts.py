"""A font with Chinese is found, the right face taken out of a collection; without one the words say what to do."""

import struct

import pytest

from till.messages import explain, languages
from till.screens.fonts import FONT, NoFont, find_fonts, take_face


def collection(*faces):
    """A font collection whose faces have one table each."""
    head = struct.pack(">4sHHI", b"ttcf", 1, 0, len(faces))
    start = len(head) + 4 * len(faces)
    offsets, bodies = [], b""
    for content in faces:
        place = start + len(bodies)
        offsets.append(place)
        directory = struct.pack(">4sHHHH", b"OTTO", 1, 16, 0, 0)
        table = struct.pack(">4sIII", b"name", 0, place + len(directory) + 16, len(content))
        bodies += directory + table + content
    return head + b"".join(struct.pack(">I", offset) for offset in offsets) + bodies


@pytest.mark.parametrize(("index", "content"), [(0, b"Japan"), (1, b"China!!")])
def test_one_face_of_a_collection_is_a_font_of_its_own(index, content):
    face = take_face(collection(b"Japan", b"China!!"), index)
    assert face[:4] == b"OTTO"
    _, _, offset, length = struct.unpack_from(">4sIII", face, 12)
    assert face[offset : offset + length] == content


def test_the_system_s_font_is_found_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.delenv(FONT, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = find_fonts()
    for path in found:
        assert path.read_bytes()[:4] in (b"OTTO", b"\x00\x01\x00\x00", b"true")
    changed = [path.stat().st_mtime_ns for path in found]
    assert find_fonts() == found
    assert [path.stat().st_mtime_ns for path in found] == changed


def test_a_font_that_is_named_is_used(tmp_path, monkeypatch):
    font = tmp_path / "own.otf"
    font.write_bytes(b"OTTO")
    monkeypatch.setenv(FONT, str(font))
    assert find_fonts() == (font, font)


@pytest.mark.parametrize("language", languages())
def test_without_a_font_the_words_say_what_to_install(tmp_path, monkeypatch, language):
    monkeypatch.setenv(FONT, str(tmp_path / "none.otf"))
    with pytest.raises(NoFont) as named:
        find_fonts()
    told = explain(named.value, language)
    assert str(tmp_path / "none.otf") in told.what
    assert "fonts-noto-cjk" in told.next
    assert FONT in told.next
    monkeypatch.delenv(FONT)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoFont) as unnamed:
        find_fonts()
    assert "fontconfig" in explain(unnamed.value, language).what
