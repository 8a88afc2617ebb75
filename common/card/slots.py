"""Two slots and a sequence: a write goes to the slot that is not current, so that a torn one leaves the old image.

The slot with the higher sequence is current. Sequences are 32-bit serial numbers (RFC 1982), so they never end: after
4294967295 comes 0, and is the later one.
"""

from enum import StrEnum

from msgspec import Struct

from common.card.image import CardImage
from common.card.layout import ZoneName

SEQUENCES = 1 << 32
FIRST_SEQUENCE = 1


class SlotState(StrEnum):
    """What stands in a slot."""

    VALID = "valid"
    BLANK = "blank"
    BROKEN = "broken"


class Slot(Struct, frozen=True):
    """One slot as read. `image` and `sequence` are set when it is valid."""

    zone: ZoneName
    state: SlotState
    image: CardImage | None = None
    sequence: int = 0


class Choice(Struct, frozen=True):
    """What two slots say together.

    Attributes:
        current: the slot whose image counts; None on a blank card.
        next_zone, next_sequence: where the next image goes.
        torn: one slot is broken beside a current or blank one.
        unreadable: both slots are broken: the card says nothing.
    """

    current: Slot | None
    next_zone: ZoneName
    next_sequence: int
    torn: bool
    unreadable: bool


def later(sequence: int, other: int) -> bool:
    """Whether a sequence comes after another (RFC 1982, section 3.2)."""
    return 0 < (sequence - other) % SEQUENCES < SEQUENCES // 2


def choose(slot_a: Slot, slot_b: Slot) -> Choice:
    """Which slot is current, and where the next image goes.

    A broken slot beside a blank one is a first write that was torn: the card still says nothing.
    """
    valid = [slot for slot in (slot_a, slot_b) if slot.state is SlotState.VALID]
    broken = [slot for slot in (slot_a, slot_b) if slot.state is SlotState.BROKEN]
    if not valid:
        # Over the broken one, so that another torn write never leaves two.
        next_zone = broken[0].zone if broken else ZoneName.SLOT_A
        return Choice(None, next_zone, FIRST_SEQUENCE, torn=len(broken) == 1, unreadable=len(broken) == 2)
    current = valid[0]
    if len(valid) == 2 and later(slot_b.sequence, slot_a.sequence):
        current = slot_b
    other = ZoneName.SLOT_B if current.zone is ZoneName.SLOT_A else ZoneName.SLOT_A
    return Choice(current, other, (current.sequence + 1) % SEQUENCES, torn=bool(broken), unreadable=False)
