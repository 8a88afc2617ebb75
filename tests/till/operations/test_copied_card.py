"""A card that somebody copied bit by bit, key and serial too, onto a second chip: it gives no credit that was not paid
for, whatever till or meter it comes to."""

import shutil

import pytest

from common.admission import Refused
from till.operations.vend import Amount, vend
from till.simulator.meter import MeterOutcome


@pytest.fixture(params=["cpu", "sle4442"])
def branch(branch, request):
    branch.chip = request.param
    return branch


def sell(branch, card):
    with branch.counter.desk() as desk, branch.counter.card(card) as driver:
        return vend(desk, driver, Amount(energy=1_000))


def test_credit_on_a_copy_loads_once(branch, tmp_path):
    card = branch.customer()
    branch.insert(card)
    sell(branch, card)
    copy = shutil.copy(card, tmp_path / "copy.card")
    assert branch.insert(card) is MeterOutcome.LOADED
    left = branch.meter().state.remaining
    assert branch.insert(copy) is not MeterOutcome.LOADED
    assert branch.meter().state.remaining == left


def test_an_old_image_put_back_on_the_card_is_not_sold_on(branch, tmp_path):
    card = branch.customer()
    branch.insert(card)
    old = shutil.copy(card, tmp_path / "old.card")
    sell(branch, card)
    branch.insert(card)
    sold = branch.counter
    with sold.desk() as desk:
        money = desk.store.totals().money
    with pytest.raises(Refused):
        sell(branch, old)
    with sold.desk() as desk:
        assert desk.store.totals().money == money


def test_an_old_image_put_back_after_another_sale_brings_no_second_credit(branch, tmp_path):
    card = branch.customer()
    branch.insert(card)
    sell(branch, card)
    full = shutil.copy(card, tmp_path / "full.card")
    branch.insert(card)
    sell(branch, card)
    branch.insert(card)
    left = branch.meter().state.remaining
    assert branch.insert(full) is not MeterOutcome.LOADED
    assert branch.meter().state.remaining == left
