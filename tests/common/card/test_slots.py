"""Which slot counts, and where the next image goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.card.image import CardImage
from common.card.layout import ZoneName
from common.card.slots import SEQUENCES, Slot, SlotState, choose, later

A, B = ZoneName.SLOT_A, ZoneName.SLOT_B
u32 = st.integers(0, SEQUENCES - 1)


def valid(zone: ZoneName, sequence: int) -> Slot:
    image = CardImage(serial="6201000000000017", account="1", meter="1", issue=1, count=sequence, credit=0)
    return Slot(zone, SlotState.VALID, image, sequence)


@given(u32, st.integers(1, SEQUENCES // 2 - 1))
def test_a_later_sequence_stays_later_past_the_end_of_the_numbers(start: int, steps: int) -> None:
    assert later((start + steps) % SEQUENCES, start)
    assert not later(start, (start + steps) % SEQUENCES)


@given(u32)
def test_no_sequence_is_later_than_itself(sequence: int) -> None:
    assert not later(sequence, sequence)


@given(u32, st.booleans())
def test_the_later_slot_counts_and_the_other_is_written_next(sequence: int, swapped: bool) -> None:
    older, newer = valid(B if swapped else A, sequence), valid(A if swapped else B, (sequence + 1) % SEQUENCES)
    choice = choose(newer, older) if swapped else choose(older, newer)
    assert choice.current == newer
    assert choice.next_zone == older.zone
    assert choice.next_sequence == (sequence + 2) % SEQUENCES
    assert not choice.torn


@pytest.mark.parametrize("state", [SlotState.BROKEN, SlotState.BLANK])
@pytest.mark.parametrize("zone", [A, B])
def test_the_only_valid_slot_counts_and_the_other_is_written_next(zone: ZoneName, state: SlotState) -> None:
    other = Slot(B if zone is A else A, state)
    choice = choose(*sorted([valid(zone, 5), other], key=lambda slot: slot.zone))
    assert choice.current == valid(zone, 5)
    assert choice.next_zone == other.zone
    assert choice.next_sequence == 6
    assert choice.torn == (state is SlotState.BROKEN)


def test_a_blank_card_is_written_in_its_first_slot() -> None:
    choice = choose(Slot(A, SlotState.BLANK), Slot(B, SlotState.BLANK))
    assert (choice.current, choice.next_zone, choice.torn, choice.unreadable) == (None, A, False, False)


@pytest.mark.parametrize("zone", [A, B])
def test_a_broken_slot_beside_a_blank_one_is_a_blank_card_and_is_written_over(zone: ZoneName) -> None:
    slots = [Slot(zone, SlotState.BROKEN), Slot(B if zone is A else A, SlotState.BLANK)]
    choice = choose(*sorted(slots, key=lambda slot: slot.zone))
    assert (choice.current, choice.next_zone, choice.torn, choice.unreadable) == (None, zone, True, False)


def test_two_broken_slots_are_unreadable() -> None:
    assert choose(Slot(A, SlotState.BROKEN), Slot(B, SlotState.BROKEN)).unreadable
