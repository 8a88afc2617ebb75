"""New tills, of this branch and of another, and accounts that are opened, some of them at both."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from common.wire import EnrolReply
from tests.simulation.machine import Machine
from tests.simulation.pick import some
from tests.simulation.template import BRANCHES, METERS, enrolment_of, request_of
from tests.simulation.world import MOST_MACHINES, World
from till.journal.writer import Journal
from till.operations.accounts import open_account
from till.operations.reenrol import keep_enrolment


@contextmanager
def small_snapshots() -> Iterator[None]:
    """The office gives a snapshot of a short past too, an account a page."""
    with patch("syncserver.feed.snapshot.WORTH_IT", 0), patch("syncserver.feed.snapshot._ACCOUNTS", 1):
        yield


def enrol(world: World) -> None:
    """A new till: it begins from a snapshot of its branch."""
    if len(world.machines) >= MOST_MACHINES or world.unheard:
        return
    branch = world.chance.choice(sorted(BRANCHES))
    name = f"new{len(world.machines) + 1}"
    keys, code = world.chance.keys(), world.chance.randbytes(10)
    world.drawer[name] = keys
    found: list[EnrolReply] = []
    world.calmly(lambda: found.append(world.enrol_new(code, branch, name, request_of(code, keys))))
    (reply,) = found
    folder = world.folder / "run" / name
    (folder / "stick").mkdir(parents=True)
    machine = Machine(name, folder, world.clock, world.fault, world.drawer, mirrored=world.chance.happens(0.5))
    world.calmly(lambda: _open(world, machine, reply))
    world.machines.append(machine)
    world.note("enrol", name, reply.till, branch)


def _open(world: World, machine: Machine, reply: EnrolReply) -> None:
    store = machine.store()
    enrolment = enrolment_of(reply, machine.name)
    keys = world.drawer[machine.name]
    journal = Journal(store, keys, reply.till, reply.epoch, machine.clock, machine.mirror(enrolment), machine.steady)
    with store.transaction():
        store.set_setting("enrolment", enrolment)
        store.trust(reply.office, 1, reply.office_key)
    journal.open_first(reply.branch, "simulated")
    keep_enrolment(store, journal, reply.enrolled)
    store.close()


def open_one(world: World) -> None:
    """An account is opened, by mistake perhaps the second time: a till knows only what its branch serves."""
    machine, number = some(world), world.chance.choice(sorted(METERS))
    world.note("open", machine.name, number)

    def work(desk):
        open_account(
            desk, number=number, name="王五", meter=METERS[number], tariff_class="residential", limit=3_000_000
        )

    world.at(machine, work)
