"""Accounts are found by what people know of them, also after it has changed."""

from common.entries import AccountAmended, AccountOpened
from syncserver.office.finding import by_name, find, follow
from syncserver.office.office import Office
from tests.syncserver.voice import Clock, Line

PEOPLE = {
    "1000000001": ("王小明", "M-77", "13800001111"),
    "1000000002": ("Anna Wu", "M-78", "13800002222"),
    "1000000003": ("明华", "M-79", ""),
    "1000000013": ("王小明", "M-80", "010-555 1234"),
}


async def opened(line: Line, clock: Clock) -> None:
    voice = await line.till(clock)
    for account, (name, meter, phone) in PEOPLE.items():
        voice.write(
            AccountOpened(
                account=account, name=name, meter=meter, tariff_class="residential", limit=1, clerk="wang", phone=phone
            )
        )
    voice.write(
        AccountAmended(
            account="1000000002",
            name="Anna Zhou",
            tariff_class=None,
            limit=None,
            phone=None,
            address=None,
            note=None,
            clerk="wang",
        )
    )
    await line.push(voice)
    follow(line.office.store)


def found(office: Office, words: str) -> list[str]:
    with office.store.read() as reading:
        return [number for _, number in find(reading, words, ("", ""), 10)]


async def test_by_every_way_of_asking(line: Line, clock: Clock) -> None:
    await opened(line, clock)
    for words, accounts in {
        "1000000003": ["1000000003"],
        "100000001": ["1000000013"],
        "王小明": ["1000000001", "1000000013"],
        "小明": ["1000000001", "1000000013"],
        "明": ["1000000001", "1000000013", "1000000003"],
        "wxm": ["1000000001", "1000000013"],
        "anna": ["1000000002"],
        "ZHOU": ["1000000002"],
        "wu": [],
        "m-79": ["1000000003"],
        "1380000": ["1000000001", "1000000002"],
        "2222": ["1000000002"],
        "0105551234": ["1000000013"],
        "%": [],
        "nobody": [],
    }.items():
        assert found(line.office, words) == accounts, words


async def test_pages_follow_one_another_without_gap_or_double(line: Line, clock: Clock) -> None:
    await opened(line, clock)
    after, seen = ("", ""), []
    with line.office.store.read() as reading:
        while page := by_name(reading, after, 1):
            after = page[-1]
            seen.append(after)
    assert seen == sorted(seen)
    assert [number for _, number in seen] == ["1000000002", "1000000003", "1000000001", "1000000013"]
