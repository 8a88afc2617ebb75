"""Every page opens, in both languages, says something, and breaks no rule that a program can check."""

from tests.browser.conftest import Open, sign_in
from tests.browser.desk import Desk
from tests.browser.scene import a_week

PAGES = [
    "today", "accounts", "accounts?order=name", "accounts?q=li", "accounts/0001100000", "cases", "cases?state=reported",
    "reports", "reports?by=branch", "reports?report=receipts", "reports?report=shifts", "reports?report=arrears",
    "reports?report=stock", "reports?report=statement&account=0001100000",
    "receipts", "receipts?paper=till-0011-00000002", "tariffs", "tariffs/draft",
    "tariffs/version/zhejiang-2026", "tills", "tills/till-0011", "clerks", "clerks/wang", "cards", "sticks", "journal",
    "journal/till-0011/1", "journal/till-0011/1/3", "users", "users/audit", "alerts", "password",
]  # fmt: skip


def test_every_page_opens_in_both_languages(open_page: Open, desk: Desk) -> None:
    a_week(desk.office)
    for locale in ("en-GB", "zh-CN"):
        page = sign_in(open_page(locale=locale))
        said: list[str] = []
        page.on("console", lambda word, said=said: said.append(word.text) if word.type != "verbose" else None)
        for name in PAGES:
            answer = page.goto(f"/office/{name}")
            assert answer is not None
            assert (answer.status, name) == (200, name)
            assert page.inner_text("h1"), name
        assert said == []
