"""A virtual card is one JSON file. Every EEPROM byte is in the file before the next is written."""

from pathlib import Path

import msgspec
from msgspec import Struct

from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip, CpuMemory, ElementaryFile
from till.simulator.chip_sle4442 import Sle4442Chip, Sle4442Memory
from till.simulator.errors import SimulatorFileUnreadable
from till.simulator.factory import new_chip
from till.simulator.file import read_file, write_whole


class _File(Struct):
    file_id: int
    short_id: int
    open: bool
    data: str


class _CpuCard(Struct, tag_field="chip", tag="cpu"):
    application: str
    key: str
    tries: int
    files: list[_File]


class _Sle4442Card(Struct, tag_field="chip", tag="sle4442"):
    main: str
    protection: str
    counter: int
    code: str


def make_blank(path: Path, chip: str, serial: str, card_key: bytes) -> Chip:
    """Make a card file as the card's maker would personalise it. `chip` is `cpu` or `sle4442`.

    Raises UnknownChip; FieldError for a serial that is not 16 digits; FileExistsError.
    """
    if path.exists():
        raise FileExistsError(path)
    made = new_chip(chip, serial, card_key)
    save(made, path)
    return _kept(made, path)


def load_card(path: Path) -> Chip:
    """The chip in this file; each byte that is written to it is saved.

    Raises:
        SimulatorFileUnreadable: it is not there, or no card.
    """
    card = read_file(path, _CpuCard | _Sle4442Card)
    try:
        return _kept(_cpu_chip(card) if isinstance(card, _CpuCard) else _sle4442_chip(card), path)
    except ValueError as error:
        raise SimulatorFileUnreadable(str(path), str(error)) from error


def save(chip: Chip, path: Path) -> None:
    """Write the card's file whole or not at all. It outlives the process, but not the machine: no fsync."""
    if isinstance(chip, CpuChip):
        card: _CpuCard | _Sle4442Card = _cpu_card(chip.memory)
    elif isinstance(chip, Sle4442Chip):
        card = _sle4442_card(chip.memory)
    else:
        raise TypeError(chip)
    write_whole(path, msgspec.json.format(msgspec.json.encode(card), indent=1))


def _kept(chip: Chip, path: Path) -> Chip:
    chip.on_write = lambda: save(chip, path)
    return chip


def _cpu_card(memory: CpuMemory) -> _CpuCard:
    files = [_File(file.file_id, file.short_id, file.open, file.data.hex()) for file in memory.files]
    return _CpuCard(memory.application.hex(), memory.key.hex(), memory.tries[0], files)


def _cpu_chip(card: _CpuCard) -> CpuChip:
    files = [
        ElementaryFile(file.file_id, file.short_id, bytearray.fromhex(file.data), file.open) for file in card.files
    ]
    application, key = bytes.fromhex(card.application), bytes.fromhex(card.key)
    return CpuChip(CpuMemory(application, files, key, bytearray([card.tries])))


def _sle4442_card(memory: Sle4442Memory) -> _Sle4442Card:
    return _Sle4442Card(memory.main.hex(), memory.protection.hex(), memory.counter[0], memory.code.hex())


def _sle4442_chip(card: _Sle4442Card) -> Sle4442Chip:
    main, protection, code = map(bytearray.fromhex, (card.main, card.protection, card.code))
    return Sle4442Chip(Sle4442Memory(main, protection, bytearray([card.counter]), code))
