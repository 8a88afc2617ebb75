"""Sticks between tills and the office: written, brought late, twice, out of order or not at all, and damaged."""

from pathlib import Path

from syncserver.office.errors import OfficeError
from syncserver.store import StoreUnavailable
from tests.simulation.machine import Machine
from tests.simulation.pick import some
from tests.simulation.world import World
from till.operations.desk import Desk
from till.sync.bundle.export import export_bundle
from till.sync.bundle.take import import_bundle

_MOST_UNDER_WAY = 6
"""A messenger has so many in the pocket; the oldest is left somewhere."""


def write_stick(world: World) -> None:
    """A till writes what the office may lack."""
    machine = some(world)

    def work(desk: Desk) -> None:
        place = _place(world)
        done = export_bundle(desk.store, desk.journal, desk.keys.signing, place, desk.now())
        _carry(world, world.to_office, (machine, place.read_bytes()))
        world.note(machine.name, "stick", done.serial, "with", done.entries, "and", done.returned)

    world.at(machine, work)


def bring_stick(world: World) -> None:
    """A stick comes to the office, which then writes the answer."""
    if not world.to_office:
        return
    machine, content = _chosen(world, world.to_office)
    try:
        taken = world.central.take_stick(_on_the_way(world, content))
        world.note("office takes", taken.till, taken.serial, "new", taken.new, "late", taken.late)
        answer = world.central.write_stick(taken.till)
    except (OfficeError, StoreUnavailable) as error:
        world.note("office refuses", machine.name, type(error).__name__)
    else:
        _carry(world, world.to_tills, (machine, answer))


def take_stick(world: World) -> None:
    """The office's stick comes to the till; now and then to another one."""
    if not world.to_tills:
        return
    machine, content = _chosen(world, world.to_tills)
    machine = some(world) if world.chance.happens(0.1) else machine

    def work(desk: Desk) -> None:
        place = _place(world)
        place.write_bytes(_on_the_way(world, content))
        found = import_bundle(desk.store, desk.journal, desk.keys.box, place)
        world.note(machine.name, "takes", found.received, found.acknowledged, found.stale, found.restored)
        held = desk.store.entry_hash(desk.journal.head.writer, desk.journal.head.epoch, found.acknowledged)
        if held is not None and not found.stale:
            world.acked.add(held)

    world.at(machine, work)


def _place(world: World) -> Path:
    return world.folder / "run" / "stick.kilotill"


def _carry(world: World, pocket: list[tuple[Machine, bytes]], stick: tuple[Machine, bytes]) -> None:
    pocket.append(stick)
    if len(pocket) > _MOST_UNDER_WAY:
        del pocket[0]


def _chosen(world: World, pocket: list[tuple[Machine, bytes]]) -> tuple[Machine, bytes]:
    """The latest mostly; any other, and one that was brought before, now and then."""
    place = len(pocket) - 1 if world.chance.happens(0.6) else world.chance.randrange(len(pocket))
    if world.fault("a stick is brought twice"):
        return pocket[place]
    stick = pocket.pop(place)
    if pocket and world.fault("a stick is lost"):
        return pocket.pop()
    return stick


def _on_the_way(world: World, content: bytes) -> bytes:
    if not world.fault("bytes of a stick are changed"):
        return content
    place = world.chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << world.chance.randrange(7)]) + content[place + 1 :]
