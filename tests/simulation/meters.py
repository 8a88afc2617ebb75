"""What befalls meters in a run, and what is given back: cleared and changed meters, cards taken back, refunds."""

from pathlib import Path

from common.account import standing
from common.admission import given_up
from tests.simulation.pick import account, some
from tests.simulation.template import LI, STOCK
from tests.simulation.world import World
from tests.till.branch import SERIALS
from till.operations.cards import issue_card, read_card
from till.operations.closing import refund, refund_owed, wipe_card
from till.operations.meters import Reading, change_meter, clear_meter, enter_reading
from till.operations.vend import Amount, vend


def clear(world: World) -> None:
    """The card is to clear the meter."""
    machine, number = some(world), account(world)
    world.note("clear", machine.name, number)
    world.at(machine, clear_meter, number)


def change(world: World) -> None:
    """The fitter changes the meter, reads the old one if it was not cleared, and the card follows."""
    machine, number = some(world), account(world)
    world.note("change", machine.name, number)

    def work(desk, driver):
        facts = desk.store.account(number)
        if facts is None or facts.opened is None:
            return
        view = standing(facts)
        if view.active is None:
            return  # any other card would bring its own account to this wall
        if view.meter == world.wall[number]:
            world.fit(number)
        old = world.meters[view.meter].state
        reading = None if given_up(view) else Reading(view.meter, old.count, old.remaining, old.use, LI)
        change_meter(desk, driver, world.wall[number], reading)

    world.at(machine, work, number)


def read_old(world: World) -> None:
    """A meter that is off the wall is read for good; its card does not follow yet."""
    machine, number = some(world), account(world)
    world.note("read meter", machine.name, number)

    def work(desk):
        facts = desk.store.account(number)
        old = world.meters[standing(facts).meter].state if facts is not None and facts.opened is not None else None
        if old is not None and old.number != world.wall[number]:
            enter_reading(desk, number, Reading(old.number, old.count, old.remaining, old.use, LI))

    world.at(machine, work)


def take_back(world: World) -> None:
    """A card comes back."""
    machine, number = some(world), account(world)
    world.note("wipe", machine.name, number)
    world.at(machine, wipe_card, number)


def issue(world: World) -> None:
    """A card for an account that gave its own back, or has none yet."""
    machine, number = some(world), account(world)
    world.note("issue", machine.name, number)
    card = world.path(SERIALS[world.chance.randrange(STOCK)])
    world.at(machine, lambda desk, driver: issue_card(desk, driver, number), card=card)


def give_back(world: World) -> None:
    """Money back: for a credit that never arrived, or for what a meter gives up to a card that clears it."""
    machine, number = some(world), account(world)
    world.note("refund", machine.name, number)
    cards: list[Path] = []
    world.open(machine, lambda desk: cards.append(world.card_of(desk, number)))
    if cards and world.chance.happens(0.7):
        if world.chance.happens(0.5):  # soon after it was bought
            world.at(machine, lambda desk, driver: vend(desk, driver, Amount(energy=20_000)), number)
            world.insert(number, cards[0])
        world.at(machine, clear_meter, number)
        world.insert(number, cards[0])
        world.at(machine, read_card, number)

    def work(desk):
        facts = desk.store.account(number)
        owed = [] if facts is None or facts.opened is None else standing(facts).owed
        if owed:
            refund_owed(desk, number, owed[0].for_job, payment="cash", supervisor=LI)
        else:
            refund(desk, number, payment="cash", supervisor=LI)

    world.at(machine, work)
