"""Today's page says what is wrong with the server itself, to whoever looks."""

from tests.syncserver.test_odd_addresses import signed_in
from tests.syncserver.voice import Line

TROUBLE = "Entries are on one disk only <since today>."


async def today(line: Line) -> str:
    headers = await signed_in(line) | {"Accept-Language": "en"}
    async with line.session.get(f"{line.url}/office/today", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_what_is_wrong_with_the_server_is_told(line: Line) -> None:
    line.office.watched.append(lambda: TROUBLE)
    page = await today(line)
    assert "Entries are on one disk only &lt;since today&gt;." in page
    assert "Nothing asks to be looked at" not in page


async def test_nothing_is_told_where_nothing_is_wrong(line: Line) -> None:
    page = await today(line)
    assert "Nothing asks to be looked at" in page
    assert "runs the server" not in page
