"""Order-free at the real office: the queue, its transactions and the master store's tables, byte for byte."""

import random
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.account import unpack
from common.chain import Head, SignedEntry, append
from common.entries import AnyBody, decode_entry
from common.resolution import due
from common.units import CreditUnit
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.folding import whole_facts
from syncserver.ingest.intake import Intake
from syncserver.ingest.prepare import Prepared, prepare
from syncserver.ingest.queue import IngestQueue
from syncserver.office.cases import cases
from syncserver.store import MasterStore
from tests.common.histories import ODD_HISTORIES, History, examples, lived_oddly, scene, settle_doubts
from tests.common.odd_world import OddWorld
from tests.common.pieces import START
from tests.syncserver.test_settling import KEY, facts_of, master, models

pytestmark = pytest.mark.usefixtures("each_store")

Batch = list[SignedEntry] | Prepared

CHANCE = st.integers(0, 2**32 - 1).map(random.Random)


@dataclass
class Town:
    """What many tills wrote about many accounts, and what the office's people said."""

    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    journals: dict[str, list[SignedEntry]] = field(default_factory=dict)
    words: list[AnyBody] = field(default_factory=list)

    def add(self, world: OddWorld, number: int = 0) -> "Town":
        """A world's account, tills, cards, meters and tariffs, under names of their own."""
        for till in world.tills:
            name = _named(till.name.encode(), number).decode()
            self.keys[name] = till.key
            head = Head.empty(name, 1)
            self.journals[name] = []
            for signed in till.journal:
                entry = decode_entry(_named(signed.raw, number))
                self.journals[name].append(append(till.key, head, entry.body, at=entry.at, hlc=entry.hlc))
                head = self.journals[name][-1].head
        for word in world.said:
            self.words.append(msgspec.json.decode(_named(msgspec.json.encode(word), number), type=type(word)))
        return self


def _named(raw: bytes, number: int) -> bytes:
    if number:
        for old, new in ((b"till-0", b"till-%d"), (b'"A1"', b'"A%d"'), (b'"M', b'"N%d'), (b'"6201', b'"63%d1')):
            raw = raw.replace(old, new % (number + 1))
        raw = raw.replace(b'"tariff":"t', b'"tariff":"t%d' % number)
    return raw


def deliver(store: MasterStore, town: Town, chance: random.Random) -> None:
    """Everything that the tills and the office's people said, through the ingest queue: interleaved, late, in batches
    of any size, of which some come twice. Many are prepared, and taken in when the store has moved on."""
    queue = IngestQueue(store, KEY, lambda: START)
    sent = dict.fromkeys(town.journals, 0)
    words = list(town.words)
    waiting: list[Future[Head]] = []
    ready: list[tuple[str, Batch]] = []
    while words or any(sent[till] < len(journal) for till, journal in town.journals.items()):
        left = [till for till, journal in town.journals.items() if sent[till] < len(journal)]
        if words and (not left or chance.random() < 0.2):
            for future in waiting:
                future.result()
            with store.write() as writing:
                intake = Intake(writing, KEY, START)
                intake.say(words.pop(0))
                intake.finish()
            continue
        till = chance.choice(left)
        journal = town.journals[till]
        first = max(0, sent[till] - chance.choice([0, 0, 0, 3]))
        sent[till] += chance.randint(1, len(journal) - sent[till])
        ready.append((till, _made_ready(store, till, journal[first : sent[till]], chance)))
        if chance.random() < 0.6:
            waiting += [queue.submit(writer, 1, batch) for writer, batch in ready]
            ready = []
    waiting += [queue.submit(writer, 1, batch) for writer, batch in ready]
    queue.close()
    for future in waiting:
        future.result()


def _made_ready(store: MasterStore, till: str, entries: list[SignedEntry], chance: random.Random) -> Batch:
    """A batch as it came, or prepared from what the office holds now."""
    if chance.random() < 0.3:
        return entries
    with store.read() as reading:
        row = reading.writer(till, 1)
        assert row is not None
        prepared = prepare(reading, row, b"".join(signed.line for signed in entries), START)
    return entries if prepared is None else msgspec.msgpack.decode(msgspec.msgpack.encode(prepared), type=Prepared)


def check_any_order(town: Town, chance: random.Random) -> None:
    """Two offices that hear of it in two orders end with the same tables, and so does one that folds all afresh."""
    with master(list(town.keys), town.keys) as first, master(list(town.keys), town.keys) as second:
        for store in (first, second):
            deliver(store, town, chance)
        assert models(first) == models(second)
        with first.read() as one, second.read() as other:
            assert cases(one, every=True) == cases(other, every=True)
            for row in one.all_accounts():
                whole = whole_facts(one, row.number, row.last)
                assert whole.decisions == due(whole, one.tariffs()) == unpack(row.facts).decisions
        assert rebuild(first, check=True, progress=lambda _: None) == []


@settings(max_examples=examples(40), deadline=None)
@given(ODD_HISTORIES, CHANCE)
def test_any_interleaving_batching_lateness_and_duplication_give_the_same_master(
    history: History, chance: random.Random
) -> None:
    world = lived_oddly(history)
    settle_doubts(world)
    check_any_order(Town().add(world), chance)


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(ODD_HISTORIES, min_size=2, max_size=3), CHANCE)
def test_many_tills_accounts_cards_and_meters_give_the_same_master_in_any_order(
    histories: list[History], chance: random.Random
) -> None:
    town = Town()
    for number, history in enumerate(histories):
        town.add(lived_oddly(history), number)
    check_any_order(town, chance)


@settings(max_examples=examples(15), deadline=None)
@given(ODD_HISTORIES, CHANCE)
def test_the_office_decides_what_the_rules_decide_in_memory(history: History, chance: random.Random) -> None:
    world = lived_oddly(history)
    town = Town().add(world)
    with master(list(town.keys), town.keys) as store:
        deliver(store, town, chance)
        facts = facts_of(store)
    alone = OddWorld([])
    for word in world.said:
        alone.say(word)
    alone.arrive([signed for journal in world.entries for signed in journal])
    assert facts.decisions == alone.office.facts.decisions
    assert facts.decided == alone.office.facts.decided


@pytest.mark.parametrize(
    "story",
    [
        [*scene("reversed_late", 0, 1), ("tear_out", 1), *scene("cloned", 1, 0)],
        [*scene("old_price", 0, 1), *scene("old_price", 1, 0), *scene("old_price", 0, 1), *scene("old_price", 1, 0)],
    ],
)
def test_stories_that_once_depended_on_the_order(story: list[tuple[Any, ...]]) -> None:
    world = lived_oddly((story, (0, 0, 0), CreditUnit.ENERGY))
    for seed in range(5):
        check_any_order(Town().add(world), random.Random(seed))
