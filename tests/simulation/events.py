"""What happens in a run: what clerks, customers and operators do, and what befalls disks, mirrors and clocks."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from common.chain import ChainError
from syncserver.audit.verify import verify
from tests.simulation.machine import Machine
from tests.simulation.meters import change, clear, give_back, issue, read_old, take_back
from tests.simulation.newcomers import enrol, open_one
from tests.simulation.pick import account, some
from tests.simulation.sticks import bring_stick, take_stick, write_stick
from tests.simulation.template import LI, STOCK
from tests.simulation.world import MOST_MACHINES, World
from tests.till.branch import SERIALS
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.cards import read_card, replace_card
from till.operations.makeup import make_up
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend
from till.store import StoreTampered

# --- the counter ---


def sell(world: World) -> None:
    """A vend, now and then on a card that is not the right one."""
    machine, number, energy = some(world), account(world), world.chance.randint(1, 90_000)
    card = world.path(SERIALS[world.chance.randrange(STOCK)]) if world.chance.happens(0.1) else None
    world.note("sell", machine.name, number, energy)
    world.at(machine, lambda desk, driver: vend(desk, driver, Amount(energy=energy)), number, card)


def read(world: World) -> None:
    """A card is looked at."""
    machine, number = some(world), account(world)
    card = world.path(SERIALS[world.chance.randrange(STOCK)]) if world.chance.happens(0.3) else None
    world.note("read", machine.name, number)
    world.at(machine, read_card, number, card)


def replace(world: World) -> None:
    """A card is lost and replaced by a blank one."""
    machine, number = some(world), account(world)
    world.note("replace", machine.name, number)
    card = world.path(SERIALS[world.chance.randrange(STOCK)])
    world.at(machine, lambda desk, driver: replace_card(desk, driver, number, "lost"), card=card)


def give_again(world: World) -> None:
    """Credit that never reached the meter."""
    machine, number, approved = some(world), account(world), world.chance.happens(0.5)
    world.note("make up", machine.name, number)
    world.at(machine, lambda desk, driver: make_up(desk, driver, LI if approved else None), number)


def undo(world: World) -> None:
    """A sale that is still on the card is undone."""
    machine, number = some(world), account(world)
    world.note("reverse", machine.name, number)
    world.at(machine, lambda desk, driver: reverse(desk, driver, LI), number)


def owe(world: World) -> None:
    """Arrears are entered."""
    machine, number, amount = some(world), account(world), world.chance.randint(1, 5_000)
    world.note("owe", machine.name, number, amount)

    def work(desk):
        enter_arrears(desk, number, name="2025", amount=amount, share=300_000, fixed=0, supervisor=LI)

    world.at(machine, work)


def pay(world: World) -> None:
    """Arrears are paid without buying."""
    machine, number, amount = some(world), account(world), world.chance.randint(1, 2_000)
    world.note("pay", machine.name, number, amount)
    world.at(machine, lambda desk: pay_arrears(desk, number, amount, payment="cash"))


def insert(world: World) -> None:
    """A customer puts a card in the meter, mostly the one that was written last, and uses electricity."""
    number = account(world)
    place = world.path(SERIALS[world.chance.randrange(STOCK)])
    if world.chance.happens(0.8):
        known: list[Path] = []
        world.open(some(world), lambda desk: known.append(world.card_of(desk, number)))
        place = known[0] if known else place
    world.insert(number, place)


# --- the line, and the operator ---


def sync(world: World) -> None:
    """A till is in touch."""
    machine = some(world)
    world.note("sync", machine.name)
    world.sync(machine)


def come_back(world: World) -> None:
    """An operator and a clerk bring a forked till back."""
    for machine in world.machines:
        if machine.forked:
            world.note("bring back", machine.name)
            world.bring_back(machine)
            return


def back_up(world: World) -> None:
    """The office's database is copied to a safe place."""
    world.note("back up")
    world.central.back_up()


def lose_office(world: World) -> None:
    """The office's disk is lost; the database comes from the backup."""
    if world.central.has_backup and world.fault("the office's database is put back"):
        world.central.restore()
        world.unheard = {machine.name for machine in world.machines}


# --- disks, mirrors and clocks ---


def image(world: World) -> None:
    """Somebody takes an image of a till's disk."""
    machine = some(world)
    world.note("image", machine.name)
    machine.image()


def put_back(world: World) -> None:
    """A till's disk is put back to its image. What neither it nor the mirror has is gone."""
    machine = some(world)
    if not machine.has_image or not world.fault("a till's disk is put back"):
        return
    before = machine.hashes()
    machine.put_back()
    left = machine.hashes() | machine.kept()
    world.must |= before & left
    world.gone |= before - left
    machine.forked = False
    machine.code = None


def copy(world: World) -> None:
    """A till's disk is copied to another machine; both go on."""
    if len(world.machines) < MOST_MACHINES and world.fault("a till is copied"):
        name = f"copy{len(world.machines) + 1}"
        machine = some(world)
        world.note("copy", machine.name, name)
        world.machines.append(machine.copied(name, machine.folder.parent / name))


def stick(world: World) -> None:
    """A mirror is taken out, or put in again."""
    machine = some(world)
    if machine.stick and world.fault("a mirror is taken out"):
        machine.stop()
        machine.stick = False
    elif not machine.stick and world.chance.happens(0.3):
        machine.stop()
        machine.stick = True


def disk(world: World) -> None:
    """A disk is full for a while."""
    machine = some(world)
    with machine.quietly() as store:
        if machine.room and world.fault("a till's disk is full"):
            pages = store.database.execute("PRAGMA page_count").fetchone()[0]
            store.database.execute(f"PRAGMA max_page_count = {pages}")
            machine.room = False
        elif not machine.room:
            store.database.execute("PRAGMA max_page_count = 1073741823")
            machine.room = True


def set_clock(world: World) -> None:
    """A till's clock is set, by seconds or by days."""
    if world.fault("a clock is set"):
        machine = some(world)
        seconds = world.chance.choice([30, 600, 3_600, 86_400, 40 * 86_400])
        machine.offset = timedelta(seconds=world.chance.randint(-seconds, seconds))
        if world.chance.happens(0.3):
            machine.stop()  # it was started again as well


def tamper(world: World) -> None:
    """An entry is changed on a disk: the audit finds it and names it. Then it is put right again."""
    if not world.fault("an entry is changed on a disk"):
        return
    if world.chance.happens(0.5):
        _tamper_till(world, some(world))
    else:
        _tamper_office(world)


def _tamper_till(world: World, machine: Machine) -> None:
    with machine.quietly() as store:
        db = store.database.conn
        query = (
            "SELECT e.id, e.raw FROM entry e JOIN journal j ON j.number = e.id >> 40 WHERE j.aside = 0 ORDER BY e.id"
        )
        key, raw = world.chance.choice(db.execute(query).fetchall())
        place = world.chance.randrange(len(raw))
        changed = raw[:place] + bytes([raw[place] ^ 1 << world.chance.randrange(7)]) + raw[place + 1 :]
        db.execute("UPDATE entry SET raw = ? WHERE id = ?", (changed, key))
        with pytest.raises((ChainError, StoreTampered)) as found:
            world.calmly(lambda: _audit(machine))
        assert found.value.seq == key & (1 << 40) - 1
        machine.stop()
    with machine.quietly() as store:
        store.database.conn.execute("UPDATE entry SET raw = ? WHERE id = ?", (raw, key))


def _audit(machine: Machine) -> None:
    with machine.desk() as desk:
        desk.journal.verify(lambda _: None)


def _tamper_office(world: World) -> None:
    from sqlalchemy import text

    office = world.central.office
    with office.store._engine.begin() as db:
        rows = db.execute(text("SELECT position, seq, raw FROM journal ORDER BY position")).all()
        position, seq, raw = world.chance.choice(rows)
        place = world.chance.randrange(len(raw))
        changed = raw[:place] + bytes([raw[place] ^ 1 << world.chance.randrange(7)]) + raw[place + 1 :]
        db.execute(text("UPDATE journal SET raw = :raw WHERE position = :at"), {"raw": changed, "at": position})
    with pytest.raises(ChainError) as found:
        verify(office.store, lambda _: None)
    assert found.value.seq == seq
    with office.store._engine.begin() as db:
        db.execute(text("UPDATE journal SET raw = :raw WHERE position = :at"), {"raw": raw, "at": position})


EVENTS: dict[Callable[[World], None], int] = {
    sell: 24,
    insert: 14,
    read: 8,
    replace: 3,
    give_again: 4,
    undo: 3,
    owe: 1,
    pay: 2,
    clear: 2,
    change: 3,
    read_old: 1,
    take_back: 1,
    issue: 2,
    give_back: 3,
    open_one: 2,
    enrol: 2,
    sync: 22,
    write_stick: 5,
    bring_stick: 6,
    take_stick: 6,
    come_back: 8,
    back_up: 2,
    lose_office: 6,
    image: 4,
    put_back: 6,
    copy: 3,
    stick: 3,
    disk: 3,
    set_clock: 3,
    tamper: 1,
}
"""What happens, and how often."""
