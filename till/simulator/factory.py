"""New cards as their makers deliver them: personalised with a serial and a key, blank otherwise."""

from common.card.codec import encode_identification
from common.card.keys import auth_key, mac_key, psc
from common.card.layout import Layout, ZoneName, load_layout
from till.cards.connect import CPU_LAYOUT, SLE4442_LAYOUT
from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip, CpuMemory, ElementaryFile
from till.simulator.chip_sle4442 import PROTECTABLE, Sle4442Chip, Sle4442Memory


class UnknownChip(ValueError):
    """There is no simulated chip of this name."""

    def __init__(self, chip: str) -> None:
        super().__init__(chip)
        self.chip = chip

    def __str__(self) -> str:
        return f"unknown chip {self.chip!r}: cpu or sle4442"


def new_chip(chip: str, serial: str, card_key: bytes) -> Chip:
    """A blank card. Raises UnknownChip; FieldError for a serial that is not 16 digits."""
    if chip == "cpu":
        return _new_cpu(load_layout(CPU_LAYOUT), serial, card_key)
    if chip == "sle4442":
        return _new_sle4442(load_layout(SLE4442_LAYOUT), serial, card_key)
    raise UnknownChip(chip)


def _new_cpu(layout: Layout, serial: str, card_key: bytes) -> CpuChip:
    ends: dict[int, int] = {}
    for name in ZoneName:
        zone = layout.zone(name)
        file = zone.file or 0
        ends[file] = max(ends.get(file, 0), zone.offset + zone.length)
    place = layout.zone(ZoneName.IDENTIFICATION)
    files = {
        short_id: ElementaryFile(0xEF00 | short_id, short_id, bytearray(b"\xff" * end), open=short_id == place.file)
        for short_id, end in ends.items()
    }
    identification = encode_identification(layout, serial, mac_key(card_key))
    files[place.file or 0].data[place.offset : place.offset + place.length] = identification
    return CpuChip(CpuMemory(bytes.fromhex(layout.application), list(files.values()), auth_key(card_key)))


def _new_sle4442(layout: Layout, serial: str, card_key: bytes) -> Sle4442Chip:
    memory = Sle4442Memory(code=bytearray(psc(card_key)))
    place = layout.zone(ZoneName.IDENTIFICATION)
    memory.main[place.offset : place.offset + place.length] = encode_identification(layout, serial, mac_key(card_key))
    for address in range(place.offset, min(place.offset + place.length, PROTECTABLE)):
        memory.protection[address // 8] &= ~(1 << address % 8)
    return Sle4442Chip(memory)
