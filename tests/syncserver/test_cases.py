"""Cases at the office: listed, shown, decided; and what a person decides reaches the tills."""

import json
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from common.account import unpack
from common.entries import CaseDecided, Option, TariffPublished
from common.tariff import Tier
from syncserver.audit.rebuild import rebuild
from syncserver.cli.app import app
from syncserver.cli.run import COMMANDS
from syncserver.ingest.intake import Intake
from syncserver.office import cases
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office
from syncserver.store import DecisionState, MasterStore
from tests.common.histories import NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld, tariff
from tests.common.pieces import ACCOUNT, START
from tests.syncserver.test_settling import KEY, facts_of, master, take

pytestmark = pytest.mark.usefixtures("each_store")

assert COMMANDS


def told(store: MasterStore, world: OddWorld) -> None:
    """The office hears of everything that the world's tills and people said."""
    with store.write() as writing:
        intake = Intake(writing, KEY, START)
        intake.say(*world.said)
        for journal in world.entries:
            intake.take(journal)
        intake.finish()


def names(world: OddWorld) -> list[str]:
    return [till.name for till in world.tills]


def test_cases_are_found_without_looking_through_all_accounts() -> None:
    world = played(scene("made_up_twice", 0, 1))
    with master(names(world)) as store:
        told(store, world)
        with store.read() as reading:
            (found,) = cases.cases(reading, every=False)
            rows = reading.decisions()
            assert cases.case(reading, found.case.key) == found
        assert (found.state, found.branch, found.decided) == (DecisionState.OPEN, "hill", None)
        assert found.case == world.open_cases[0]
        assert {row.key for row in rows} == set(world.office.facts.decisions)


def test_a_decided_case_is_listed_no_more_and_its_word_is_kept() -> None:
    world = played(scene("made_up_twice", 0, 1))
    with master(names(world)) as store:
        told(store, world)
        key = world.open_cases[0].key
        with store.write() as writing:
            intake = Intake(writing, KEY, START)
            word = cases.decide(intake, key, Option.FORGIVE, by="chen", reason="our fault")
            intake.finish()
        assert facts_of(store).decided == {key: word}
        with store.read() as reading:
            assert cases.cases(reading, every=False) == []
            (found,) = cases.cases(reading, every=True)
        assert (found.state, found.decided) == (DecisionState.DECIDED, word)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": "made_up_twice/nobody"}, "There is no case"),
        ({"option": Option.UNBLOCK}, "is no choice in this case"),
        ({"by": " "}, "--by is missing"),
        ({"reason": "two\nlines"}, "--reason is missing"),
        ({"amount": 5}, "moves no money"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words_and_nothing_is_entered(changed: dict[str, Any], said: str) -> None:
    world = played(scene("made_up_twice", 0, 1))
    with master(names(world)) as store:
        told(store, world)
        asked: dict[str, Any] = {"key": world.open_cases[0].key, "option": Option.FORGIVE, "by": "chen", "reason": "x"}
        asked |= changed
        with store.write() as writing:
            intake = Intake(writing, KEY, START)
            with pytest.raises(OfficeError) as refused:
                cases.decide(intake, asked.pop("key"), asked.pop("option"), **asked)
            intake.finish()
        assert said in refused.value.what
        assert facts_of(store).decided == {}


def test_a_case_is_decided_once() -> None:
    world = played(scene("reversed_late", 0, 1))
    with master(names(world)) as store:
        told(store, world)
        key = world.open_cases[0].key
        with store.write() as writing:
            intake = Intake(writing, KEY, START)
            word = cases.decide(intake, key, Option.RECOVER, by="chen", reason="x", amount=500)
            intake.finish()
        assert word.amount == 500
        with store.write() as writing, pytest.raises(OfficeError) as refused:
            cases.decide(Intake(writing, KEY, START), key, Option.FORGIVE, by="li", reason="y")
        assert "chen has decided it" in refused.value.what


def test_a_tariff_that_is_published_late_opens_what_was_sealed() -> None:
    """He bought six times and the first are history, when the price turns out to have changed before all of them."""
    world = played()
    for _ in range(6):
        world.vend(0, NEWEST, 100)
        world.insert(NEWEST)
    world.read(0, NEWEST)
    all_sync(world)
    with master(names(world)) as store:
        told(store, world)
        with store.read() as reading:
            before = [row.state for row in reading.decisions()]
            sealed = unpack(reading.accounts([ACCOUNT])[ACCOUNT].facts).history
        assert before == []
        assert sealed is not None
        assert sealed.vends == 4
        assert sum(job.energy > 0 for job in facts_of(store).jobs.values()) == 6
        world.publish(2, -120)
        take_word(store, world.said[-1])
        with store.read() as reading:
            found = cases.cases(reading, every=True)
        assert [(one.state, one.case.amount) for one in found] == [(DecisionState.REPORTED, 100)] * 6


def take_word(store: MasterStore, word: TariffPublished | CaseDecided) -> None:
    with store.write() as writing:
        intake = Intake(writing, KEY, START)
        intake.say(word)
        intake.finish()


def test_the_command_line_lists_shows_and_decides(office: Office) -> None:
    """Against a real office folder without a case: what is said is for people and for programs."""
    run, data = CliRunner(), ["--data", str(office.folder.path)]
    listed = run.invoke(app, [*data, "case", "list"])
    assert (listed.exit_code, listed.output.strip()) == (0, "No case waits.")
    shown = run.invoke(app, [*data, "case", "show", "x/y", "--json"])
    assert shown.exit_code == 3
    assert json.loads(shown.output)["what"] == "There is no case x/y."
    decided = run.invoke(app, [*data, "case", "decide", "x/y", "forgive", "--by", "a", "--reason", "b", "--json"])
    assert decided.exit_code == 3
    wrong = run.invoke(app, [*data, "case", "decide", "x/y", "forgive", "--by", "a", "--reason", "b", "--amount", "z"])
    assert wrong.exit_code == 3
    assert "is no amount" in wrong.output


def test_entries_that_come_later_settle_a_case_by_themselves() -> None:
    world = played(scene("overturned", 0, 1))
    with master(names(world)) as store:
        told(store, world)
        sent = [len(journal) for journal in world.entries]
        with store.read() as reading:
            assert len(cases.cases(reading, every=False)) == 1
        world.insert(NEWEST)
        world.read(0, NEWEST)
        take(store, [journal[first:] for journal, first in zip(world.entries, sent, strict=True) if journal[first:]])
        with store.read() as reading:
            assert cases.cases(reading, every=True) == []


def test_a_tariff_is_kept_as_its_entry_says_whatever_order_its_file_had() -> None:
    """Found by the demonstration: a rebuild read the classes in the entry's order, and took that for a difference."""
    published = tariff("t0", START, 1)
    unsorted = msgspec.structs.replace(published, classes={"shop": [Tier(price=1)], **published.classes})
    with master([]) as store:
        take_word(store, TariffPublished(tariff=unsorted))
        assert rebuild(store, check=True, progress=lambda _: None) == []
        with store.read() as reading:
            assert reading.tariffs() == [unsorted]
