"""GET /v1/feed: a till hears what concerns its branch, each entry as it was signed, and as soon as it is there."""

import asyncio
import ssl
import subprocess
import sys
import time

import aiohttp
import msgspec
import pytest

from common.chain import ChainError, public_key, signature_holds, vouched_for
from common.entries import AccountOpened, CardsAllotted, LeaseGranted, TariffPublished, account_of
from common.tariff import Tariff, Tier
from syncserver.api.serve import listening
from syncserver.audit.verify import verify
from syncserver.office import grants
from syncserver.store import feed as feed_module
from tests.syncserver.voice import START, Line


def tariff(name: str) -> Tariff:
    return Tariff(tariff=name, since=START, digits=2, classes={"residential": [Tier(price=538_000)]})


def accounts(items):
    return [number for item in items if (number := account_of(item.signed.entry.body))]


async def test_a_branch_hears_of_its_own_accounts_only(line, clock):
    here, there = await line.till(clock, "hill"), await line.till(clock, "valley")
    second = await line.till(clock, "hill")
    here.open_account("A1")
    there.open_account("B1", "M2")
    await line.push(here)
    await line.push(there)
    assert accounts((await line.feed(second))[0]) == ["A1"]
    assert accounts((await line.feed(here))[0]) == []
    assert accounts((await line.feed(there))[0]) == []


async def test_a_branch_that_first_serves_an_account_hears_all_that_happened_before(line, clock):
    here, there = await line.till(clock, "hill"), await line.till(clock, "valley")
    here.open_account("A1")
    await line.push(here)
    _, position = await line.feed(there)
    there.freeze("A1")
    await line.push(there)
    items, _ = await line.feed(there, position)
    assert [type(item.signed.entry.body) for item in items] == [AccountOpened]
    assert accounts((await line.feed(here))[0]) == ["A1"]


async def test_tariffs_are_for_everybody_cards_for_a_branch_leases_for_one(line, clock):
    here, there = await line.till(clock, "hill"), await line.till(clock, "valley")
    with line.office.change() as intake:
        grants.publish_tariff(intake, tariff("t1"))
        grants.allot_cards(intake, line.office.keys.card_master, "hill", ["6201000000000001"])

    def heard(items, kind):
        return [item.signed.entry.body for item in items if isinstance(item.signed.entry.body, kind)]

    for voice, cards in ((here, 1), (there, 0)):
        items, _ = await line.feed(voice)
        assert len(heard(items, TariffPublished)) == 1
        assert len(heard(items, CardsAllotted)) == cards
        assert [body.till for body in heard(items, LeaseGranted)] == [voice.till]


async def test_every_line_proves_itself(line, clock):
    here, second = await line.till(clock), await line.till(clock)
    for number in range(20):
        here.open_account(f"A{number}", f"M{number}")
    await line.push(here)
    keys = {"office": line.office.keys.signing.public_key(), here.till: here.key.public_key()}
    items, _ = await line.feed(second)
    assert {item.signed.entry.writer for item in items} == {"office", here.till}
    assert all(signature_holds(keys[item.signed.entry.writer], item.signed) for item in items)
    with line.office.store.read() as reading:
        row = reading.latest_writer(here.till)
    assert public_key(row.key) == here.key.public_key()


async def test_an_entry_whose_own_signature_does_not_hold_is_vouched_for(line, clock):
    """A later signature of its journal proves it; the branch's feed must not stop at it."""
    here, second = await line.till(clock), await line.till(clock)
    for number in range(5):
        here.open_account(f"A{number}", f"M{number}")
    good = here.journal[3]
    here.journal[3] = msgspec.structs.replace(good, signature=here.journal[2].signature)
    await line.push(here)
    items, _ = await line.feed(second)
    assert accounts(items) == [f"A{number}" for number in range(5)]
    office = line.office.keys.signing.public_key()
    own = [item.signed for item in items if item.signed.entry.writer == here.till]
    vouched = [vouched_for(office, signed) for signed in own]
    assert vouched == [signed.entry.seq == 4 for signed in own]
    assert [signature_holds(here.key.public_key(), signed) for signed in own] == [not each for each in vouched]
    with pytest.raises(ChainError, match=r"entry 4 of till-0001.*signature"):
        verify(line.office.store, lambda _: None)


async def test_a_long_feed_comes_in_pages_without_a_gap_or_a_double(line, clock, monkeypatch):
    monkeypatch.setattr(feed_module, "_PAGE", 7)
    monkeypatch.setattr("syncserver.api.exchange.PAGE_BYTES", 4_000)
    here, second = await line.till(clock), await line.till(clock)
    other = await line.till(clock, "valley")
    for number in range(60):
        here.open_account(f"A{number}", f"M{number}")
        second.open_account(f"C{number}", f"N{number}")
        other.open_account(f"B{number}", f"P{number}")
    for voice in (here, second, other):
        await line.push(voice)
    whole, pages, position = [], 0, 0
    while True:
        items, reached = await line.feed(second, position)
        if not items and reached == position:
            break
        whole += items
        pages += 1
        position = reached
    assert pages > 5
    assert accounts(whole) == [f"A{number}" for number in range(60)]
    places = [item.position for item in whole]
    assert places == sorted(set(places))


async def test_a_waiting_till_hears_at_once(line, clock):
    here, second = await line.till(clock), await line.till(clock)
    _, position = await line.feed(second)
    waiting = asyncio.create_task(line.feed(second, position, wait=20))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    here.open_account("A1")
    began = time.monotonic()
    await line.push(here)
    items, _ = await waiting
    assert accounts(items) == ["A1"]
    assert time.monotonic() - began < 2


async def test_a_waiting_till_sleeps_through_what_is_not_for_it(line, clock):
    here, there = await line.till(clock), await line.till(clock, "valley")
    _, position = await line.feed(here)
    waiting = asyncio.create_task(line.feed(here, position, wait=2))
    there.open_account("B1")
    await line.push(there)
    items, reached = await waiting
    assert items == []
    assert reached >= position


async def test_a_waiting_till_hears_what_another_program_wrote(line, clock, tmp_path):
    """The operator's command line is a process of its own."""
    here = await line.till(clock)
    _, position = await line.feed(here)
    waiting = asyncio.create_task(line.feed(here, position, wait=20))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", "from syncserver.cli import main; main()"]
        + ["--data", str(line.office.folder.path), "cards", "allot", "--branch", "hill", "--count", "2"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    items, _ = await waiting
    assert CardsAllotted in [type(item.signed.entry.body) for item in items]


async def test_fifty_waiting_are_let_go_when_the_office_stops(office, clock):
    """Stopping must not wait for the longest poll."""
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        async with listening(office, "127.0.0.1", 0) as port:
            line = Line(office, f"https://127.0.0.1:{port}", session)
            here = await line.till(clock)
            _, position = await line.feed(here)
            # All are let in, which takes its time, and stay on the line.
            await asyncio.gather(*(line.feed(here, position) for _ in range(50)))
            waiting = [asyncio.create_task(line.feed(here, position, wait=50)) for _ in range(50)]
            await asyncio.sleep(1)
            began = time.monotonic()
        assert time.monotonic() - began < 5
        assert [items for items, _ in await asyncio.gather(*waiting)] == [[]] * 50


async def test_an_office_with_less_than_the_till_heard_says_so_at_once(line, clock):
    here = await line.till(clock)
    _, position = await line.feed(here)
    began = time.monotonic()
    items, reached = await line.feed(here, position + 1_000, wait=20)
    assert (items, reached) == ([], position)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1e3", "wait=x", "after=" + "9" * 30, "after=²"])
async def test_odd_questions_are_refused_in_words(line, clock, query):
    here = await line.till(clock)
    async with line.session.get(f"{line.url}/v1/feed?{query}", headers=here.bearer) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "malformed"


async def test_what_is_not_there_is_said_as_a_problem(line):
    async with line.session.get(line.url + "/nothing") as response:
        assert (response.status, (await response.json())["error"]) == (404, "not_found")
    async with line.session.get(line.url + "/v1/journal") as response:
        assert (response.status, (await response.json())["error"]) == (405, "not_found")
        assert response.headers["Allow"] == "POST"


async def test_version_and_health_need_no_token(line, clock):
    await line.till(clock)
    async with line.session.get(line.url + "/v1/version") as response:
        said = await response.json()
    assert (said["product"], said["protocol"]) == ("kilotill", 1)
    async with line.session.get(line.url + "/v1/health") as response:
        health = await response.json()
    assert (response.status, health["ok"], health["problems"], health["tills"]) == (200, True, [], 1)
