"""After a run: everything is brought together, and what must hold is checked."""

from collections import Counter
from collections.abc import Callable

from common.account import AccountFacts, pack, standing, unpack
from common.card.image import CreditUnit, ReturnStatus
from common.entries import ArrearsPaid, Completed, Purpose, RefundPaid, Started, money_of, purpose_of
from syncserver.audit.rebuild import rebuild as rebuild_office
from syncserver.audit.verify import verify
from syncserver.store import WriterState
from tests.simulation.template import METERS
from tests.simulation.world import World
from till.operations.cards import read_card
from till.simulator.meter import SimulatedMeter
from till.store.rebuild import rebuild

_MOST_ROUNDS = 12


def bring_together(world: World) -> None:
    """Nothing goes wrong any more; forked tills come back, cards are shown, everybody is in touch until all is said."""
    world.calm = True
    world.note("calm")
    for machine in world.machines:
        if not machine.stick:
            machine.stop()
            machine.stick = True
        if not machine.room:
            machine.stop()
            machine.room = True
    while world.central.late:
        world.deliver_late()
    _come_back(world)
    while _show_cards(world):
        _come_back(world)


def _come_back(world: World) -> None:
    """Sync in turns until nobody has anything new."""
    for _ in range(_MOST_ROUNDS):
        done = [world.sync(machine) for machine in world.machines]
        if done == [True] * len(done) and world.quiet:
            return
        for machine in world.machines:
            if machine.forked:
                world.bring_back(machine)
    raise AssertionError(f"not all tills come back: {world.log[-12:]}")


def _show_cards(world: World) -> int:
    """Each card that was ever in a reader, to each till. Returns how many entries that made."""
    made = 0
    for machine in world.machines:
        with machine.desk() as desk:
            before = desk.journal.head
        for path in sorted(world.shown):
            world.at(machine, read_card, card=path)
        with machine.desk() as desk:
            made += desk.journal.head.seq - before.seq
    return made


def check(world: World) -> None:
    """What must hold."""
    _nothing_is_lost(world)
    _replicas_agree(world)
    _books_balance(world)
    _drawers_agree(world)
    _journals_verify(world)


def _held(world: World) -> dict[str, object]:
    """Every entry at the office, by its hash: in a journal or beside one."""
    from common.entries import decode_entry

    with world.central.office.store.read() as reading:
        held = {stored.hash: decode_entry(stored.raw) for stored in reading.ingested()}
        return held | {fork.hash: decode_entry(fork.raw) for fork in reading.forks()}


def _nothing_is_lost(world: World) -> None:
    held = _held(world).keys()
    for machine in world.machines:
        lost = machine.hashes() - held
        assert not lost, f"{machine.name} wrote {len(lost)} entries that the office does not have"
    lost = (world.must | world.acked) - held - world.gone
    assert not lost, f"entries are lost: {sorted(found[:8] for found in lost)}"


def _replicas_agree(world: World) -> None:
    with world.central.office.store.read() as reading:
        rows = list(reading.all_accounts())
        office = {row.number: unpack(row.facts) for row in rows}
        served = {row.number: row.branches.split() for row in rows}
        stopped = [row.id for row in reading.writers() if reading.latest_writer(row.id).state is not WriterState.ACTIVE]
    assert not stopped
    for machine in world.machines:
        with machine.desk() as desk:
            branch = machine.enrolment(desk.store).branch
            for number in METERS:
                if branch not in served.get(number, []):
                    assert desk.store.account(number) is None, (machine.name, number)
                    continue
                here, there = standing(desk.store.account(number)), standing(office[number])
                for name in ("books", "cards", "active", "owed", "in_doubt", "meter_count", "last_count"):
                    assert getattr(here, name) == getattr(there, name), (machine.name, number, name)
                assert desk.store.account(number).decisions == office[number].decisions, (machine.name, number)
    for number, facts in sorted(office.items()):
        world.note(number, pack(facts).decode())


def _books_balance(world: World) -> None:
    money: dict[str, int] = {}
    with world.central.office.store.read() as reading:
        for row in reading.all_accounts():
            facts = unpack(row.facts)
            books, rules = standing(facts).books, {made.rule for made in facts.decisions.values()}
            here = books.of(CreditUnit.ENERGY)
            written = here.sold + here.made_up + here.moved
            assert written == here.taken + here.on_cards + here.on_dead_cards + here.owed + here.reversed
            assert books.conserved or "not_conserved" in rules, row.number
            if "not_conserved" not in rules:
                assert here.in_meters <= sum(map(_loaded(facts), world.meters_of(row.number)))
            money[row.number] = books.money
    assert dict.fromkeys(METERS, 0) | money == _added_up(world)


def _loaded(facts: AccountFacts) -> Callable[[SimulatedMeter], int]:
    """What a meter was given and has or used; with what it gave up, when the card that tells of it was never read: it
    may not be readable any more."""
    told = {(seen.meter, seen.count) for seen in facts.sightings.values() if seen.status is ReturnStatus.CLEARED}

    def of(meter: SimulatedMeter) -> int:
        known = (meter.state.number, meter.state.count) in told
        return meter.total_loaded + (0 if known else meter.state.gave_up or 0)

    return of


def _added_up(world: World) -> dict[str, int]:
    """Money by account, from the entries alone."""
    sums = dict.fromkeys(METERS, 0)
    for _, account, amount in _moved(world):
        sums[account] += amount
    return sums


def _drawers_agree(world: World) -> None:
    """What each till says that it took, against its entries."""
    sums: Counter[str] = Counter()
    for till, _, amount in _moved(world):
        sums[till] += amount
    for machine in world.machines:
        with machine.desk() as desk:
            till = machine.enrolment(desk.store).till
            assert desk.store.totals().money == sums[till], (machine.name, till)


def _moved(world: World) -> list[tuple[str, str, int]]:
    """Who moved money, for which account, how much: each job, refund and payment once, whoever tells of it."""
    started: dict[str, tuple[str, int]] = {}
    done: dict[str, str] = {}
    others: dict[str, tuple[str, str, int]] = {}
    for entry in _held(world).values():
        match entry.body:
            case Started() as body:
                sign = -1 if purpose_of(body) is Purpose.REVERSAL else 1
                started[body.job] = body.account, sign * money_of(body)
            case Completed() as body:
                done[body.job] = entry.writer
            case RefundPaid() as body:
                others[body.refund] = entry.writer, body.account, -body.amount
            case ArrearsPaid() as body:
                others[body.paying] = entry.writer, body.account, body.amount
    return [*((till, *started[job]) for job, till in done.items() if job in started), *others.values()]


def _journals_verify(world: World) -> None:
    office = world.central.office.store
    verify(office, lambda _: None)
    assert rebuild_office(office, check=True, progress=lambda _: None) == []
    for machine in world.machines:
        with machine.desk() as desk:
            assert desk.journal.verify(lambda _: None) == desk.journal.head
            assert rebuild(desk.store, check=True, progress=lambda _: None) == [], machine.name
