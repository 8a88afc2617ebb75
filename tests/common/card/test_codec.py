"""Card zones: what is written is read back, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.card.codec import (
    CardMacError,
    check_identification,
    decode_return,
    decode_serial,
    decode_slot,
    encode_identification,
    encode_return,
    encode_slot,
    slot_digest,
)
from common.card.coding import FieldError
from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.layout import Layout, ZoneName, load_layout, parse_layout

KEY = bytes(range(16))
OTHER_KEY = bytes(range(1, 17))

layouts = st.sampled_from([load_layout("cpu-v1"), load_layout("sle4442-v1")])
slots = st.sampled_from([ZoneName.SLOT_A, ZoneName.SLOT_B])
u32 = st.integers(0, 2**32 - 1)
u48 = st.integers(0, 2**48 - 1)
identifiers = st.from_regex(r"[0-9A-Z-]{1,12}", fullmatch=True)
images = st.builds(
    CardImage,
    serial=st.from_regex(r"[0-9]{16}", fullmatch=True),
    account=identifiers,
    meter=identifiers,
    issue=st.integers(1, 65_535),
    count=u32,
    credit=u32,
)
returns = st.builds(
    ReturnData,
    meter=identifiers,
    issue=st.integers(1, 255),
    count=u32,
    remaining=u48,
    use=u48,
    status=st.sampled_from(ReturnStatus),
    card_count=u32,
)


def flip(raw: bytes, bit: int) -> bytes:
    flipped = bytearray(raw)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


@given(layouts, slots, images, u32)
def test_slot_round_trip(layout: Layout, zone: ZoneName, image: CardImage, sequence: int) -> None:
    raw = encode_slot(layout, zone, image, sequence, KEY)
    assert len(raw) == layout.zone(zone).length
    assert decode_slot(layout, zone, raw, image.serial, KEY) == (image, sequence)


@given(layouts, returns)
def test_return_round_trip(layout: Layout, returned: ReturnData) -> None:
    raw = encode_return(layout, returned, "6201000000000017", KEY)
    assert decode_return(layout, raw, "6201000000000017", KEY) == returned


def test_every_single_flipped_bit_in_a_slot_is_refused(layout: Layout, image: CardImage) -> None:
    raw = encode_slot(layout, ZoneName.SLOT_A, image, 3, KEY)
    for bit in range(8 * len(raw)):
        with pytest.raises(CardMacError):
            decode_slot(layout, ZoneName.SLOT_A, flip(raw, bit), image.serial, KEY)


def test_every_single_flipped_bit_in_return_data_is_refused(layout: Layout, returned: ReturnData) -> None:
    raw = encode_return(layout, returned, "6201000000000017", KEY)
    for bit in range(8 * len(raw)):
        with pytest.raises(CardMacError):
            decode_return(layout, flip(raw, bit), "6201000000000017", KEY)


def test_a_slot_copied_to_another_slot_or_card_or_under_another_key_is_refused(
    layout: Layout, image: CardImage
) -> None:
    raw = encode_slot(layout, ZoneName.SLOT_A, image, 3, KEY)
    for zone, serial, key in [
        (ZoneName.SLOT_B, image.serial, KEY),
        (ZoneName.SLOT_A, "6201000000000018", KEY),
        (ZoneName.SLOT_A, image.serial, OTHER_KEY),
    ]:
        with pytest.raises(CardMacError):
            decode_slot(layout, zone, raw, serial, key)


@pytest.mark.parametrize("filler", [b"\xff", b"\0"])
def test_blank_zones(layout: Layout, filler: bytes) -> None:
    slot, returned = (filler * layout.zone(zone).length for zone in (ZoneName.SLOT_A, ZoneName.RETURN_DATA))
    assert decode_slot(layout, ZoneName.SLOT_A, slot, "6201000000000017", KEY) is None
    assert decode_return(layout, returned, "6201000000000017", KEY) is None


def test_identification_tells_the_right_key_from_a_wrong_one(layout: Layout) -> None:
    raw = encode_identification(layout, "6201000000000017", KEY)
    assert decode_serial(layout, raw) == "6201000000000017"
    check_identification(layout, raw, KEY)
    with pytest.raises(CardMacError):
        check_identification(layout, raw, OTHER_KEY)


def test_identification_of_another_layout_is_refused() -> None:
    raw = encode_identification(load_layout("cpu-v1"), "6201000000000017", KEY)
    with pytest.raises(FieldError):
        decode_serial(load_layout("sle4442-v1"), raw)


@pytest.mark.parametrize(
    "change",
    [
        {"account": ""},
        {"account": "1234567890123"},
        {"meter": "电表"},
        {"issue": 65_536},
        {"count": -1},
        {"credit": 2**32},
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_named(
    layout: Layout, image: CardImage, change: dict[str, int | str]
) -> None:
    with pytest.raises(FieldError) as caught:
        encode_slot(layout, ZoneName.SLOT_A, replace(image, **change), 1, KEY)
    assert caught.value.field == next(iter(change))


def test_serial_of_the_wrong_length_is_refused(layout: Layout) -> None:
    with pytest.raises(FieldError):
        encode_identification(layout, "123", KEY)


def test_a_zone_of_the_wrong_length_is_refused(layout: Layout, image: CardImage) -> None:
    with pytest.raises(FieldError):
        decode_slot(layout, ZoneName.SLOT_A, b"\x01" * 5, image.serial, KEY)


def test_digest_names_image_and_sequence(layout: Layout, image: CardImage) -> None:
    one, same, other = (encode_slot(layout, ZoneName.SLOT_A, image, sequence, KEY) for sequence in (1, 1, 2))
    assert slot_digest(one) == slot_digest(same) != slot_digest(other)
    assert len(slot_digest(one)) == 16


def test_another_utilitys_layout_needs_no_code(image: CardImage) -> None:
    layout = parse_layout(
        """
        name = "elsewhere-v1"
        chip = "sle4442"
        [zones]
        identification = { offset = 4, length = 24 }
        slot_a = { offset = 28, length = 45 }
        slot_b = { offset = 73, length = 45 }
        return_data = { offset = 118, length = 45 }
        [fields.identification]
        serial = { offset = 0, length = 16, coding = "ascii" }
        [fields.slot]
        meter = { offset = 0, length = 12, coding = "ascii" }
        account = { offset = 12, length = 12, coding = "ascii" }
        credit = { offset = 24, length = 4, coding = "uint_le" }
        count = { offset = 28, length = 4, coding = "uint_le" }
        issue = { offset = 32, length = 1, coding = "uint_le" }
        sequence = { offset = 33, length = 4, coding = "uint_le" }
        [fields.return_data]
        mark = { offset = 36, length = 1, coding = "constant", value = "3C" }
        meter = { offset = 0, length = 12, coding = "ascii" }
        issue = { offset = 12, length = 1, coding = "uint_le" }
        count = { offset = 13, length = 4, coding = "uint_le" }
        remaining = { offset = 17, length = 6, coding = "uint_le" }
        use = { offset = 23, length = 6, coding = "uint_le" }
        card_count = { offset = 29, length = 4, coding = "uint_le" }
        status = { offset = 33, length = 1, coding = "code", codes = { loaded = 1, nothing = 2, refused_count = 3 } }
        """
    )
    raw = encode_slot(layout, ZoneName.SLOT_B, image, 9, KEY)
    assert raw[24:28] == image.credit.to_bytes(4, "little")
    assert decode_slot(layout, ZoneName.SLOT_B, raw, image.serial, KEY) == (image, 9)
    assert decode_serial(layout, encode_identification(layout, image.serial, KEY)) == image.serial
