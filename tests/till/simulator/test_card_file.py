"""A card is a file, and a file that is half written is never the card."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from common.card.keys import derive_card_key
from tests.till.simulator.cards import MASTER, OLD, SLOT_BYTES, image, memory_of, read, unlocked, write
from till.cards.errors import CardRemoved
from till.simulator.card_file import load_card, make_blank
from till.simulator.chip import Chip
from till.simulator.errors import SimulatorFileUnreadable
from till.simulator.factory import UnknownChip
from till.simulator.meter import MeterState, SimulatedMeter

FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))
"""
"""From here on the process cannot write more than 60 bytes to a file."""

SETUP = """
import sys
from pathlib import Path
from tests.till.simulator.cards import OLD, image, unlocked
from till.simulator.card_file import load_card
from till.simulator.meter import SimulatedMeter
path = Path(sys.argv[1])
"""


def run(program: str, path: Path) -> "subprocess.Popen[str]":
    """A program in a process of its own, at the card or meter in this file."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SETUP + program, str(path)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "card.json"


@pytest.fixture(params=["cpu", "sle4442"])
def chip(request: pytest.FixtureRequest, path: Path) -> Chip:
    """A blank card, kept in the file."""
    return make_blank(path, request.param, OLD, derive_card_key(MASTER, OLD))


def test_the_file_is_the_card(chip: Chip, path: Path) -> None:
    wanted = image(OLD, count=1, credit=500)
    write(chip, wanted)
    loaded = load_card(path)
    assert memory_of(loaded) == memory_of(chip)
    assert read(loaded, OLD).image == wanted


def test_each_byte_is_in_the_file_when_the_power_goes(chip: Chip, path: Path) -> None:
    for stored in range(SLOT_BYTES):
        driver = unlocked(chip, OLD)
        chip.tear_after = stored
        with pytest.raises(CardRemoved):
            driver.write(image(OLD, count=stored, credit=500))
        assert memory_of(load_card(path)) == memory_of(chip)


def test_a_card_is_made_once(chip: Chip, path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        make_blank(path, "cpu", OLD, bytes(32))
    assert path.read_bytes() == before
    with pytest.raises(UnknownChip):
        make_blank(tmp_path / "other", "mifare", OLD, bytes(32))


def test_a_file_that_is_no_card_is_refused(path: Path) -> None:
    path.write_text('{"chip": "mifare"}')
    with pytest.raises(SimulatorFileUnreadable):
        load_card(path)


def test_a_file_that_was_left_half_written_beside_it_is_no_matter(chip: Chip, path: Path) -> None:
    path.with_name(path.name + ".new").write_text('{"chip": "cp')
    wanted = image(OLD, count=1, credit=500)
    write(load_card(path), wanted)
    assert read(load_card(path), OLD).image == wanted


def test_a_disk_that_fills_up_in_the_middle_leaves_the_card(chip: Chip, path: Path) -> None:
    wanted = image(OLD, count=1, credit=500)
    write(chip, wanted)
    before = path.read_bytes()
    program = "chip = load_card(path)\n" + FULL_DISK + "unlocked(chip, OLD).write(image(OLD, count=2, credit=7))"
    with run(program, path) as process:
        _, trouble = process.communicate(timeout=60)
    assert "File too large" in trouble
    assert path.read_bytes() == before
    assert read(load_card(path), OLD).image == wanted


def test_a_disk_that_fills_up_in_the_middle_leaves_the_meter(path: Path) -> None:
    SimulatedMeter(MeterState(number="M1", master=MASTER.hex(), remaining=500), path)
    before = path.read_bytes()
    with run("meter = SimulatedMeter.load(path)\n" + FULL_DISK + "meter.consume(100)", path) as process:
        _, trouble = process.communicate(timeout=60)
    assert "File too large" in trouble
    assert path.read_bytes() == before


@pytest.mark.parametrize("writes", [1, 4])
def test_killed_in_the_middle_the_card_says_the_last_image_or_the_next(chip: Chip, path: Path, writes: int) -> None:
    program = """
driver = unlocked(load_card(path), OLD)
for count in range(1, 1_000_000):
    driver.write(image(OLD, count=count, credit=500))
    print(count, flush=True)
"""
    with run(program, path) as process:
        assert process.stdout is not None
        for _ in range(writes):
            process.stdout.readline()
        process.kill()
        unseen = process.stdout.read().split()
    last = int(unseen[-1]) if unseen else writes
    said = read(load_card(path), OLD).image
    assert said in (image(OLD, count=last, credit=500), image(OLD, count=last + 1, credit=500))
