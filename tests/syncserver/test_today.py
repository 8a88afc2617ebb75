"""Today's page says what is wrong with the server itself, to whoever looks."""

import pytest

from syncserver.office.problem import Problem
from tests.syncserver.test_odd_addresses import signed_in
from tests.syncserver.voice import Line

NOT_THERE = "No such file or directory"
TROUBLE = Problem("mirror_fails", "The mirror {folder} fails: {reason}.", {"folder": "/<disk>", "reason": NOT_THERE})


async def today(line: Line, language: str = "en") -> str:
    headers = await signed_in(line) | {"Accept-Language": language}
    async with line.session.get(f"{line.url}/office/today", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The mirror /&lt;disk&gt; fails: it is not there. Entries are on one disk only."),
        ("zh", "镜像 /&lt;disk&gt; 出错：不存在。各条记录只在一块磁盘上。"),
    ],
)
async def test_what_is_wrong_with_the_server_is_told_in_the_readers_language(
    line: Line, language: str, said: str
) -> None:
    line.office.watched.append(lambda: TROUBLE)
    page = await today(line, language)
    assert said in page
    assert "Nothing asks to be looked at" not in page


async def test_nothing_is_told_where_nothing_is_wrong(line: Line) -> None:
    page = await today(line)
    assert "Nothing asks to be looked at" in page
    assert "runs the server" not in page
