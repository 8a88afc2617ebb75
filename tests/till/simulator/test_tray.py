"""The tray of simulated cards is a reader: cards come and go, a pulled card loses power, each goes in its own meter."""

import json
import threading
import time
from pathlib import Path

import pytest

from tests.till.branch import MASTER, Branch
from till.cards import apdu
from till.cards.connect import open_card
from till.cards.errors import CardRemoved, NoCard
from till.operations.card_source import card_source
from till.operations.refusals import BadField
from till.simulator.meter import MeterOutcome
from till.simulator.tray import ESAM, Tray


@pytest.fixture
def tray(branch: Branch) -> Tray:
    (branch.folder / ESAM).write_text(json.dumps({"master": MASTER.hex()}))
    return Tray(branch.folder)


def test_no_card_is_in_until_one_is_put_in(tray: Tray, branch: Branch) -> None:
    assert not tray.wait(0)
    with pytest.raises(NoCard), tray.seat(0):
        pass
    threading.Timer(0.05, lambda: tray.put(branch.blank())).start()
    assert tray.wait(5)
    with tray.seat(0) as seated:
        assert open_card(seated.channel).serial() in str(tray.inserted)
    tray.pull()
    assert tray.wait_gone(0)


def test_a_pulled_card_does_not_answer_any_more(tray: Tray, branch: Branch) -> None:
    tray.put(branch.blank())
    with tray.seat(0) as seated:
        open_card(seated.channel)
        tray.pull()
        with pytest.raises(CardRemoved):
            seated.channel.transmit(apdu.get_challenge(16).apdu)


def test_a_card_goes_in_the_meter_that_it_is_for(tray: Tray, branch: Branch) -> None:
    card = branch.customer()
    tray.put(card)
    assert tray.put_in_meter(card) == ("M1", MeterOutcome.NOTHING)
    assert tray.inserted is None
    assert (tray.folder / "M1.meter").exists()
    assert tray.put_in_meter(branch.blank(1)) == ("", MeterOutcome.REFUSED_METER)


def test_a_slow_reader_takes_its_time(branch: Branch) -> None:
    slow = Tray(branch.folder, seconds_per_command=0.05)
    slow.put(branch.blank())
    began = time.monotonic()
    with slow.seat(0) as seated:
        open_card(seated.channel)
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize("spec", ["", "nonsense", "sim:", "tray:"])
def test_a_source_that_there_is_not_is_said(spec: str) -> None:
    with pytest.raises(BadField):
        card_source(spec)


def test_a_tray_is_a_source(tmp_path: Path) -> None:
    assert card_source(f"tray:{tmp_path}").names() == ["tray"]
