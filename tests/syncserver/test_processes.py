"""Several processes of one office on one database of PostgreSQL: real ones, many tills at once, each batch at two of
them at the same moment. What comes of it is what would come of one."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import aiohttp
import msgspec
import pytest

from common.account import unpack
from common.chain import GENESIS, public_hex
from common.entries import DecisionWithdrawn, RuleDecision
from common.resolution import due
from syncserver.api import news
from syncserver.api.serve import listening
from syncserver.audit.books import balance
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.ingest.folding import whole_facts
from syncserver.office.office import Office
from syncserver.store import WriterRow, WriterState
from tests.common.histories import played, scene
from tests.postgresql.stores import only_postgresql
from tests.syncserver.test_odd_addresses import signed_in
from tests.syncserver.test_order import Town
from tests.syncserver.test_process import WallClock, process, session  # noqa: F401  # a fixture
from tests.syncserver.voice import Line, Voice

pytestmark = only_postgresql

PROCESSES = 3
SCENES = ("both_replaced", "made_up_twice", "overturned", "cloned", "stranded", "reversed_late")


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def lines(office: Office, session: aiohttp.ClientSession) -> Iterator[list[Line]]:  # noqa: F811
    """The office at several addresses."""
    with ExitStack() as stack:
        urls = [stack.enter_context(process(office))[1] for _ in range(PROCESSES)]
        yield [Line(office, url, session) for url in urls]


def town_of(office: Office, clock: WallClock) -> list[Voice]:
    """Three tills at each of some accounts, who did what the rules must settle; the office knows their keys."""
    town = Town()
    for number, name in enumerate(SCENES):
        town.add(played(scene(name, 0, 1), scene(name, 1, 0)), number)
    with office.store.write() as writing:
        for till, key in town.keys.items():
            row = WriterRow(
                id=till, epoch=1, branch="hill", name=till, key=public_hex(key), box="", seq=0, hash=GENESIS,
                state=WriterState.ACTIVE, reason="",
            )  # fmt: skip
            writing.add_writer(row)
    with office.change() as intake:
        intake.say(*town.words)
    return [
        Voice(clock, till=till, branch="hill", epoch=1, key=town.keys[till], journal=journal)  # type: ignore[arg-type]
        for till, journal in town.journals.items()
    ]


async def deliver(lines: list[Line], voice: Voice, chance: random.Random) -> None:
    """A till's journal in batches, each at two processes at the same moment, and now and then what came before."""
    sent = 0
    while sent < len(voice.journal):
        first, sent = max(0, sent - chance.choice([0, 0, 3])), sent + chance.randint(1, len(voice.journal) - sent)
        body = b"".join(signed.line for signed in voice.journal[first:sent])
        answers = await asyncio.gather(*(line.send(voice, body) for line in chance.sample(lines, 2)))
        for status, reply in answers:
            assert status == 200, reply
            assert reply["head"]["seq"] >= sent


async def heard(lines: list[Line], voice: Voice, upto: asyncio.Event) -> list[tuple[int, str]]:
    """What a till hears at one process after another, until all was sent and it has heard all."""
    found: list[tuple[int, str]] = []
    position, turn = 0, 0
    while True:
        over = upto.is_set()
        items, reached = await lines[turn % len(lines)].feed(voice, position, wait=0 if over else 1)
        found += [(item.position, item.signed.hash) for item in items]
        if over and reached == position:
            return found
        position, turn = reached, turn + 1


def check(office: Office) -> None:
    """The master is what the entries say, and what they come to."""
    verify(office.store, lambda _: None)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
    with office.store.read() as reading:
        for row in reading.all_accounts():
            whole = whole_facts(reading, row.number, row.last)
            assert whole.decisions == due(whole, reading.tariffs()) == unpack(row.facts).decisions
        positions = [stored.position for stored in reading.ingested()]
        assert positions == list(range(1, len(positions) + 1))
        said: dict[str, bytes] = {}
        for stored in reading.entries("office", 1):
            body = stored.signed.entry.body
            if isinstance(body, DecisionWithdrawn):
                said.pop(body.key, None)
            elif isinstance(body, RuleDecision):
                raw = msgspec.json.encode(body, order="sorted")
                assert said.get(body.key) != raw, f"decided twice: {body.key}"
                said[body.key] = raw
        assert said


async def test_they_settle_as_one(office: Office, clock: WallClock, lines: list[Line]) -> None:
    voices = town_of(office, clock)
    chance, sent = random.Random(7), asyncio.Event()
    listeners = [asyncio.create_task(heard(lines, voice, sent)) for voice in voices[:4]]
    await asyncio.gather(*(deliver(lines, voice, chance) for voice in voices))
    sent.set()
    told = await asyncio.gather(*listeners)
    for voice, found in zip(voices, told, strict=False):
        positions = [position for position, _ in found]
        assert positions == sorted(set(positions))
        again = await heard(lines[:1], voice, sent)
        assert found == again, "something was added to the feed before what had been heard"
    check(office)


async def test_a_code_enrols_one_till_however_many_ask_at_once(lines: list[Line], clock: WallClock) -> None:
    code = lines[0].code()
    voices = [Voice(clock) for _ in range(6)]  # type: ignore[arg-type]
    answers = await asyncio.gather(
        *(lines[place % len(lines)].enrol(voice, code) for place, voice in enumerate(voices))
    )
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409, 409]


async def test_two_processes_prepare_and_a_third_writes_between(
    office: Office, clock: WallClock, lines: list[Line]
) -> None:
    """Batches that are large enough to be folded ahead, about the same accounts: none is taken as it was folded when an
    account has moved on."""
    voices = [await lines[0].till(clock) for _ in range(4)]  # type: ignore[arg-type]
    for number in range(120):
        voices[0].open_account(f"A{number}", f"M{number}")
    await lines[0].push(voices[0])
    for voice in voices:
        for number in range(120):
            voice.freeze(f"A{number}")
    await asyncio.gather(*(line.push(voice) for voice in voices for line in lines))
    check_books(office)


def check_books(office: Office) -> None:
    verify(office.store, lambda _: None)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
    assert balance(office.store).conserved


async def test_who_signed_in_at_one_is_known_at_the_others(lines: list[Line]) -> None:
    headers = await signed_in(lines[0])
    for line in lines:
        async with line.session.get(f"{line.url}/office/today", headers=headers, allow_redirects=False) as answer:
            assert answer.status == 200
    async with lines[1].session.get(f"{lines[1].url}/office/today", headers=headers) as answer:
        form = (await answer.text()).partition('name="form" value="')[2].partition('"')[0]
    async with lines[1].session.post(
        f"{lines[1].url}/office/sign-out", data={"form": form}, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == 303
    async with lines[2].session.get(f"{lines[2].url}/office/today", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
        assert "sign-in" in answer.headers["Location"]


async def test_wrong_passwords_count_at_all_of_them(lines: list[Line]) -> None:
    await signed_in(lines[0])
    statuses = []
    for turn in range(12):
        line = lines[turn % len(lines)]
        async with line.session.get(line.url + "/office/sign-in") as answer:
            visit = answer.cookies["__Host-kilotill-visit"].value
        form = {"user": "liu", "password": "not the one", "form": visit}
        headers = {"Cookie": f"__Host-kilotill-visit={visit}"}
        async with line.session.post(line.url + "/office/sign-in", data=form, headers=headers) as answer:
            statuses.append(answer.status)
    assert statuses[0] == 401
    assert statuses[-1] == 429


@pytest.fixture
async def two(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Two servers that never look by themselves for what the other one took in."""
    monkeypatch.setattr(news, "_LOOK_SECONDS", 3600.0)
    other = Office.open(office.folder, office.clock)
    async with listening(office, "127.0.0.1", 0) as first, listening(other, "127.0.0.1", 0) as second:
        yield [f"https://127.0.0.1:{port}" for port in (first, second)]
    other.close()


async def test_a_long_poll_is_woken_by_what_another_process_took_in(
    office: Office,
    clock: WallClock,
    two: list[str],
    session: aiohttp.ClientSession,  # noqa: F811
) -> None:
    here, there = (Line(office, url, session) for url in two)
    seller, other = await here.till(clock), await there.till(clock)  # type: ignore[arg-type]
    _, position = await there.feed(other)
    waiting = asyncio.create_task(there.feed(other, position, wait=50))
    await asyncio.sleep(0.2)
    seller.open_account("A1")
    async with asyncio.timeout(20):
        await here.push(seller)
        items, _ = await waiting
    assert [item.signed.hash for item in items] == [seller.journal[-1].hash]
