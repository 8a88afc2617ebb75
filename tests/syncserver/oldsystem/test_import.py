"""The data of an old system taken over: all of it once, what is wrong in it said, its totals the old system's."""

import csv
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from common.account import is_plain, past_of, standing, unpack
from common.entries import AccountOpened
from syncserver.audit.rebuild import rebuild
from syncserver.audit.snapshot import check_snapshot
from syncserver.audit.verify import verify
from syncserver.ingest.branches import take_back
from syncserver.office.errors import OfficeError
from syncserver.office.health import look
from syncserver.office.office import Office
from syncserver.oldsystem.findings import Findings
from syncserver.reports.accounts import statement
from syncserver.reports.check import check_totals
from syncserver.reports.source import source_of
from syncserver.store import MasterStore, ReadModel, WriterState
from tests.oldsystem.files import write_files
from tests.oldsystem.town import Town
from tests.syncserver.oldsystem.conftest import Importing
from tests.syncserver.voice import Clock, Line

Files = tuple[Town, dict[str, Path]]


def found(findings: Findings) -> Counter[str]:
    """What was refused and noticed, as the town says what it spoiled."""
    said = Counter[str]()
    for (table, reason), rows in findings.refused.items():
        said[f"{reason}/{table}" if reason == "code" else reason] += rows
    for (_, reason), rows in findings.noticed.items():
        said[f"?{reason}"] += rows
    return said


def rows_of(office: Office) -> dict[str, list[tuple[object, ...]]]:
    with office.store.read() as reading:
        return {model.value: [tuple(row) for row in reading.rows(model)] for model in ReadModel}


@pytest.mark.parametrize("format", ["csv", "xlsx", "dbf"])
def test_everything_is_imported_but_what_was_spoiled(town: Files, importing: Importing, format: str) -> None:
    made, mappings = town
    outcome, findings = importing(mappings[format])
    said = found(findings)
    for reason, rows in made.spoiled.items():
        if reason != "?correction":
            assert said[reason] == rows, reason
    # Where the last purchase of a meter was spoiled, the meter knows more than the purchases say.
    strays = {"?not_meter_count", "?waiting_many"}
    assert said.keys() <= made.spoiled.keys() | strays
    refused = sum(rows for (table, _), rows in findings.refused.items() if table == "purchases")
    every = sum(line.old.rows for line in outcome.totals)
    assert outcome.purchases == every - refused
    assert outcome.unequal == []
    assert outcome.accounts == len(made.accounts) - 3


def test_the_three_formats_say_the_same(town: Files, importing: Importing) -> None:
    _, mappings = town
    first = [importing(mappings[format], commit=False)[0] for format in ("csv", "xlsx", "dbf")]
    assert first[0].totals == first[1].totals == first[2].totals


def test_a_trial_writes_nothing(office: Office, town: Files, importing: Importing) -> None:
    before = rows_of(office)
    outcome, _ = importing(town[1]["csv"], commit=False)
    assert outcome.accounts > 0
    assert rows_of(office) == before
    assert verify(office.store, lambda _: None).entries == 2


def test_what_was_imported_holds_in_every_audit(office: Office, town: Files, importing: Importing) -> None:
    outcome, _ = importing(town[1]["dbf"])
    audit = verify(office.store, lambda _: None)
    assert audit.journals == 3
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
    assert check_snapshot(office.store, "hill")[1] == check_snapshot(office.store, "城西")[1] == []
    with office.store.read() as reading:
        assert check_totals(reading) == []
        assert list(reading.decisions()) == []
        facts = [unpack(row.facts) for row in reading.all_accounts()]
    assert len(facts) == outcome.accounts
    assert all(standing(one).books.conserved for one in facts)
    assert not any(is_plain(one) for one in facts)
    waiting = sum(bool(standing(one).books.energy.on_cards) for one in facts)
    assert 0 < waiting < len(facts) / 4


def test_importing_again_does_nothing(office: Office, town: Files, importing: Importing) -> None:
    first, _ = importing(town[1]["csv"])
    before = rows_of(office)
    again, _ = importing(town[1]["csv"])
    assert (again.accounts, again.purchases, again.there) == (0, 0, first.accounts)
    assert again.totals == first.totals
    assert rows_of(office) == before


class Cut(Exception):
    """The import ends here, in the middle."""


def test_an_import_that_was_cut_goes_on_where_it_was(office: Office, town: Files, importing: Importing) -> None:
    def cut(what: str, done: int, of: int) -> None:
        if what == "taking" and done == of // 2:
            raise Cut

    with suppress(Cut):
        importing(town[1]["csv"], told=cut)
    outcome, _ = importing(town[1]["csv"])
    assert outcome.unequal == []
    with office.store.read() as reading:
        assert reading.count_accounts("0", "9") == outcome.accounts + outcome.there
    assert rebuild(office.store, check=True, progress=lambda _: None) == []


def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(office: Office, tmp_path: Path) -> None:
    """The command itself, killed with SIGKILL at several moments, then run to its end."""
    (folder := tmp_path / "files").mkdir()
    town = Town(12_000, seed=3, each=12)
    mapping = write_files(town, folder, ["csv"])["csv"]
    command = [sys.executable, "-c", "from syncserver.cli import main; main()", "--data", str(office.folder.path)]
    command += ["import", str(mapping), "--by", "boss", "--commit", "--json"]
    held = [2]
    for delay in (0.2, 0.5, 0.9, 1.4):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begun, before = time.monotonic(), held[-1]
        while running.poll() is None and time.monotonic() - begun < 30:
            with office.store.read() as reading:
                if (now := reading.last_position()) > before:
                    break
            time.sleep(0.01)
        time.sleep(delay / 5)
        running.kill()
        running.wait()
        held.append(now)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert held == sorted(held)
    assert held[1] > held[0], "it was killed once it had written something"
    with office.store.read() as reading:
        accounts = [unpack(row.facts) for row in reading.all_accounts()]
        assert check_totals(reading) == []
    assert len(accounts) == len(town.accounts) - 3
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
    assert verify(office.store, lambda _: None).forks == 0


def test_a_file_that_was_cut_is_not_imported_at_all(office: Office, importing: Importing, tmp_path: Path) -> None:
    made = Town(600, seed=7, each=60)
    (folder := tmp_path / "cut").mkdir()
    mapping = write_files(made, folder, ["dbf"])["dbf"]
    whole = (folder / "purchases.dbf").read_bytes()
    (folder / "purchases.dbf").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(OfficeError, match="the file was cut"):
        importing(mapping)
    with office.store.read() as reading:
        assert reading.last_position() == 2


def test_an_import_that_the_office_lost_and_made_again_counts_once(
    office: Office, town: Files, importing: Importing, tmp_path: Path
) -> None:
    """A till hands back what it had heard of the first; the second says the same under the same names."""
    backup = tmp_path / "backup.db"
    office.store.copy_to(backup, office.clock())
    first, _ = importing(town[1]["csv"])
    with office.store.read() as reading:
        heard = [stored.signed for stored in reading.ingested()]
        books = {row.number: past_of(unpack(row.facts)) for row in reading.all_accounts()}
    lost, office.store = office.store, MasterStore.open(backup)
    lost.close()
    again, _ = importing(town[1]["csv"])
    assert again.totals == first.totals
    with office.change() as intake:
        assert take_back(intake, heard) > 0
    with office.store.read() as reading:
        assert {row.number: past_of(unpack(row.facts)) for row in reading.all_accounts()} == books
        assert check_totals(reading) == []
        assert list(reading.decisions()) == []
    assert importing(town[1]["csv"])[0].totals == first.totals
    assert rebuild(office.store, check=True, progress=lambda _: None) == []


async def test_an_account_that_is_somebody_elses_is_refused(
    line: Line, clock: Clock, town: Files, importing: Importing
) -> None:
    made, mappings = town
    number = made.accounts[4].number
    voice = await line.till(clock)
    voice.open_account(number, "M77")
    await line.push(voice)
    outcome, findings = importing(mappings["csv"])
    assert outcome.unequal == []
    assert findings.refused["accounts", "account_taken"] == 1
    assert findings.refused["purchases", "account_refused"] > 1
    with line.office.store.read() as reading:
        assert past_of(unpack(reading.accounts([number])[number].facts)).vends == 0


async def test_a_till_of_the_branch_hears_of_it_and_no_till_is_added(
    line: Line, clock: Clock, town: Files, importing: Importing
) -> None:
    """What was imported goes to the tills of its branch like what another till wrote; the import is no till."""
    importing(town[1]["csv"])
    voice = await line.till(clock)
    items, _ = await line.feed(voice)
    writers = {item.signed.entry.writer for item in items}
    (journal,) = [writer for writer in writers if writer.startswith("import-")]
    with line.office.store.read() as reading:
        row = reading.writer(journal, 1)
        assert row is not None
        assert (row.branch, row.state, row.is_till) == ("hill", WriterState.REVOKED, False)
        assert [till.id for till in reading.writers() if till.is_till] == [voice.till]
    assert look(line.office, {}, clock()).tills == {"active": 1, "stopped": 0, "revoked": 0}
    opened = [item for item in items if isinstance(item.signed.entry.body, AccountOpened)]
    with line.office.store.read() as reading:
        assert len(opened) == len(reading.accounts_of("hill", "", 10_000))


def test_reports_have_what_was_bought_in_the_old_system(office: Office, town: Files, importing: Importing) -> None:
    outcome, _ = importing(town[1]["csv"])
    number = town[0].accounts[0].number
    with office.store.read() as reading:
        document = statement(reading, source_of(reading, "zh"), number)
        row = reading.accounts([number])[number]
        totals = list(reading.totals())
    facts = unpack(row.facts)
    lines = [cells for cells in document.sections[0].rows if str(cells[7]).startswith("import-")]
    sold = sum(int(str(cells[4])) for cells in lines)
    assert sold == standing(facts).books.energy.sold
    assert len(lines) > 40
    assert sum(sums.money for _, sums in totals) == sum(line.imported.money for line in outcome.totals)
    assert {key.branch for key, _ in totals} == {"hill", "城西"}


def test_the_findings_are_a_table_that_a_clerk_can_open(town: Files, importing: Importing, tmp_path: Path) -> None:
    importing(town[1]["csv"], lang="zh")
    rows = list(csv.reader((tmp_path / "findings.csv").open(encoding="utf-8-sig")))
    assert rows[0] == ["处理", "数据表", "文件", "行", "列", "值", "原因"]
    (unknown, *_) = [row for row in rows if row[6].startswith("没有这个户号")]
    assert unknown[:3] == ["未导入", "购电记录", "purchases.csv"] or unknown[1] in ("电能表", "购电卡")
    assert not any(row[5][:1] in ("=", "+", "-", "@") for row in rows)
