"""Reports as pages: one that would take a server minutes is refused, and says how it is had."""

import pytest

from common.entries import ShiftOpened
from syncserver.web.pages import reports
from tests.syncserver.test_odd_addresses import signed_in
from tests.syncserver.voice import Clock, Line


async def look(line: Line, cookie: dict[str, str], asked: str) -> tuple[int, str]:
    async with line.session.get(f"{line.url}/office/reports?{asked}", headers=cookie) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("report", ["closed", "shifts"])
async def test_what_is_too_long_is_refused_and_a_branch_is_not(
    line: Line, clock: Clock, monkeypatch: pytest.MonkeyPatch, report: str
) -> None:
    voice = await line.till(clock)
    for number in ("A1", "A2"):
        voice.open_account(number)
        voice.freeze(number)
        voice.write(ShiftOpened(shift=f"{voice.till}/{number}", clerk="wang", opening_float=0))
    await line.push(voice)
    cookie = await signed_in(line)
    monkeypatch.setattr(reports, "_MOST_MADE", 1)
    status, page = await look(line, cookie, f"report={report}")
    assert status == 422
    assert "go through 2 lines" in page
    assert f"syncserver report {report}" in page
    status, _ = await look(line, cookie, f"report={report}&branch=lake")
    assert status == 200
    monkeypatch.setattr(reports, "_MOST_MADE", 2)
    status, _ = await look(line, cookie, f"report={report}")
    assert status == 200
