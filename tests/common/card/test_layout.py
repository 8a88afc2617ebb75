"""Layouts are checked when they are read."""

from importlib.resources import files

import pytest

from common.card.layout import Layout, LayoutError, load_layout, parse_layout


def text_of(name: str) -> str:
    return files("common.card").joinpath("layouts", f"{name}.toml").read_text(encoding="utf-8")


def test_packaged_layouts_are_valid(layout: Layout) -> None:
    assert layout.name in ("cpu-v1", "sle4442-v1")
    assert layout.name.startswith(layout.chip)


def test_unknown_layout() -> None:
    with pytest.raises(LayoutError) as caught:
        load_layout("mag-stripe-v1")
    assert caught.value.where == "mag-stripe-v1"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("count = { offset = 6, length = 4", "count = { offset = 5, length = 4", "slot_a.count"),
        ("meter = { offset = 26, length = 12", "meter = { offset = 26, length = 13", "slot_a.job_mark"),
        ('length = 4, coding = "uint_be" }\nissue', 'length = 4, coding = "base64" }\nissue', "slot_a.sequence"),
        ("credit = {", "joules = {", "slot_a"),
        ("slot_b = { offset = 84", "slot_b = { offset = 70", "slot_b"),
        ("return_data = { offset = 136", "return_data = { offset = 230", "return_data"),
        ("return_data = { offset = 136", "return_data = { file = 1, offset = 136", "return_data"),
        ("slot_a = { offset = 32, length = 52", "slot_a = { offset = 32, length = 8", "slot_a"),
        ('value = "4B544D31"', 'value = "4B54"', "identification.mark"),
        ('value = "4B544D31"', 'value = "mark"', "identification.mark"),
        ("nothing = 0x69", "nothing = 0x5A", "return_data.status"),
        ("nothing = 0x69", "none = 0x69", "return_data.status"),
        (
            'serial = { offset = 4, length = 8, coding = "bcd"',
            'serial = { offset = 4, length = 8, coding = "code"',
            "identification.serial",
        ),
        ('chip = "sle4442"', 'chip = "sle4428"', "chip"),
        ('chip = "sle4442"', 'chip = "cpu"', "identification"),
        ('chip = "sle4442"', 'chip = "sle4442"\ncolour = 1', "layout"),
        ("[zones]", "[zones", "layout"),
    ],
)
def test_impossible_layout_is_refused_and_says_where(old: str, new: str, where: str) -> None:
    text = text_of("sle4442-v1")
    assert old in text
    with pytest.raises(LayoutError) as caught:
        parse_layout(text.replace(old, new, 1))
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("slot_b = { file = 3", "slot_b = { file = 2", "slot_b"),
        ("slot_b = { file = 3", "slot_b = { file = 31", "slot_b"),
        ("slot_b = { file = 3, offset = 0", "slot_b = { file = 3, offset = 256", "slot_b"),
        ("F04B494C4F54494C4C", "F04B", "application"),
    ],
)
def test_impossible_cpu_layout_is_refused(old: str, new: str, where: str) -> None:
    text = text_of("cpu-v1")
    assert old in text
    with pytest.raises(LayoutError) as caught:
        parse_layout(text.replace(old, new, 1))
    assert caught.value.where == where


def test_an_error_says_what_is_wrong() -> None:
    text = text_of("sle4442-v1").replace("count = { offset = 6", "count = { offset = 5", 1)
    with pytest.raises(LayoutError, match=r"^slot_a\.count: overlaps issue$"):
        parse_layout(text)
