"""`verify` and `rebuild --check`: whatever is changed behind the office's back is found and named."""

import pytest

from common.chain import ChainError
from common.entries import BadEntry
from syncserver.audit.books import balance
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.office import grants
from syncserver.office.office import Office
from tests.postgresql.hand import ask, change


def silent(_: int) -> None: ...


@pytest.fixture
async def busy(line, clock):
    """An office that two tills have told of six accounts."""
    for _ in range(2):
        voice = await line.till(clock)
        for number in range(3):
            voice.open_account(f"{voice.till}-{number}", f"{voice.till}-M{number}")
        await line.push(voice)
    with line.office.change() as intake:
        grants.allot_cards(intake, line.office.keys.card_master, "hill", ["6201000000000001"])
    return line.office


async def test_a_journal_that_holds_is_counted(busy):
    with busy.store.read() as reading:
        entries = reading.last_position()
    audit = verify(busy.store, silent)
    assert (audit.journals, audit.entries) == (3, entries)
    assert rebuild(busy.store, check=True, progress=silent) == []
    assert balance(busy.store).accounts == 6


async def test_every_flipped_bit_is_found_and_named(busy):
    """One byte of an entry at a time, in its middle, its first and its last member."""
    rows = ask(busy, "SELECT position, writer, seq, raw FROM journal WHERE writer <> 'office'")
    for position, writer, seq, raw in rows:
        for place in (1, len(raw) // 3, len(raw) // 2, len(raw) - 3):
            bad = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            change(busy, "UPDATE journal SET raw = ? WHERE position = ?", bad, position)
            with pytest.raises(ChainError) as found:
                verify(busy.store, silent)
            assert (found.value.writer, found.value.seq) == (writer, seq)
        change(busy, "UPDATE journal SET raw = ? WHERE position = ?", raw, position)
    verify(busy.store, silent)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE writer = 'till-0001' AND seq = 2",
        "UPDATE journal SET signature = raw WHERE writer = 'till-0001' AND seq = 2",
        "DELETE FROM journal WHERE writer = 'till-0001' AND seq = 2",
    ],
)
async def test_what_was_changed_about_an_entry_is_found(busy, statement):
    change(busy, statement)
    with pytest.raises((ChainError, BadEntry)) as found:
        verify(busy.store, silent)
    assert (found.value.writer, found.value.seq) == ("till-0001", 2)


async def test_a_cut_off_end_is_found(busy):
    change(busy, "DELETE FROM journal WHERE writer = 'till-0002' AND seq = 4")
    with pytest.raises(ChainError, match="missing"):
        verify(busy.store, silent)


@pytest.mark.parametrize(
    ("statement", "model"),
    [
        ("UPDATE account SET branch = 'valley' WHERE number = 'till-0001-1'", "account till-0001-1"),
        ("DELETE FROM account WHERE number = 'till-0001-1'", "account till-0001-1"),
        ("UPDATE account SET last = 3 WHERE number = 'till-0001-1'", "account till-0001-1"),
        ("UPDATE journal SET account = NULL WHERE writer = 'till-0001' AND seq = 2", "journal"),
        ("UPDATE journal SET previous = 1 WHERE writer = 'till-0001' AND seq = 2", "journal"),
        ("UPDATE journal SET type = 'x' WHERE writer = 'till-0001' AND seq = 2", "journal"),
        ("UPDATE allotment SET branch = 'valley'", "allotment 6201000000000001"),
        ("INSERT INTO allotment VALUES ('6201000000000099', 'hill')", "allotment 6201000000000099"),
        ("UPDATE feed SET scope = 'valley' WHERE scope = 'hill'", "feed"),
        ("DELETE FROM feed WHERE position > 3", "feed"),
    ],
)
async def test_a_changed_table_is_found_and_put_right(busy, statement, model):
    change(busy, statement)
    differences = rebuild(busy.store, check=True, progress=silent)
    assert any(line.startswith(model) for line in differences), differences
    assert rebuild(busy.store, check=True, progress=silent) == differences, "a check changes nothing"
    assert rebuild(busy.store, check=False, progress=silent) == differences
    assert rebuild(busy.store, check=True, progress=silent) == []


async def test_an_office_opened_again_is_the_same(busy, clock):
    opened = Office.open(busy.folder, clock)
    try:
        assert verify(opened.store, silent) == verify(busy.store, silent)
    finally:
        opened.close()
