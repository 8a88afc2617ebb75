"""Cards of meter M1, and what a till does with them."""

from common.card.image import CardContents, CardImage
from common.card.keys import derive_card_key
from common.card.layout import ZoneName, load_layout
from till.cards.connect import CPU_LAYOUT, open_card
from till.cards.driver import CardDriver
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.chip_cpu import MAX_TRIES, CpuChip
from till.simulator.chip_sle4442 import Sle4442Chip
from till.simulator.factory import new_chip

MASTER = bytes(range(32))
OLD, NEW = "6201000000000001", "6201000000000002"
SLOT_BYTES = load_layout(CPU_LAYOUT).zone(ZoneName.SLOT_A).length


def card(serial: str, kind: str = "cpu") -> Chip:
    return new_chip(kind, serial, derive_card_key(MASTER, serial))


def unlocked(chip: Chip, serial: str) -> CardDriver:
    driver = open_card(ChipChannel(chip))
    driver.unlock(derive_card_key(MASTER, serial))
    return driver


def image(serial: str, *, issue: int = 1, count: int, credit: int, meter: str = "M1") -> CardImage:
    return CardImage(serial=serial, account="A1", meter=meter, issue=issue, count=count, credit=credit)


def write(chip: Chip, wanted: CardImage) -> None:
    unlocked(chip, wanted.serial).write(wanted)


def read(chip: Chip, serial: str) -> CardContents:
    return unlocked(chip, serial).read()


def memory_of(chip: Chip) -> list[bytes]:
    """All that the card keeps without power."""
    if isinstance(chip, CpuChip):
        return [bytes(file.data) for file in chip.memory.files] + [bytes(chip.memory.tries)]
    assert isinstance(chip, Sle4442Chip)
    memory = chip.memory
    return [bytes(part) for part in (memory.main, memory.protection, memory.counter, memory.code)]


def give_tries_back(chip: Chip) -> None:
    """Mend a card that lost power while it counted a try: it has one less, and tills leave it alone."""
    if isinstance(chip, CpuChip):
        chip.memory.tries[0] = MAX_TRIES
    elif isinstance(chip, Sle4442Chip):
        chip.memory.counter[0] = 0x07
