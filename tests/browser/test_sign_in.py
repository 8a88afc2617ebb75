"""Who gets in, who does not, and what the browser is told to keep."""

from datetime import timedelta

from playwright.sync_api import Page

from tests.browser.conftest import Open, sign_in
from tests.browser.desk import PASSWORD, Desk


def heading(page: Page) -> str:
    return page.inner_text("h1")


def test_sign_in_look_at_today_sign_out(open_page: Open) -> None:
    page = sign_in(open_page())
    assert heading(page).startswith("Today")
    assert "No till is enrolled yet." in page.inner_text("main")
    page.click("text=Sign out")
    page.wait_for_url("**/office/sign-in")
    page.goto("/office/today")
    assert "/office/sign-in?next=/today" in page.url


def test_a_name_is_locked_after_five_wrong_passwords_and_opens_again(open_page: Open, desk: Desk) -> None:
    page = open_page()
    for name in ("admin", "nobody-at-all"):
        page.goto("/office/sign-in")
        for left in (4, 3, 2, 1):
            try_with(page, name, "not the right one")
            assert f"{left} tries are left" in page.inner_text("[role=alert]")
        try_with(page, name, "not the right one")
        assert "locked for a quarter of an hour" in page.inner_text("[role=alert]")
    try_with(page, "admin", PASSWORD)
    assert "locked after too many wrong passwords" in page.inner_text("[role=alert]")
    desk.clock.now += timedelta(minutes=16)
    sign_in(page)


def try_with(page: Page, name: str, password: str) -> None:
    page.fill("#user", name)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_load_state()


def test_a_session_ends_by_itself(open_page: Open, desk: Desk) -> None:
    page = sign_in(open_page())
    desk.clock.now += timedelta(minutes=29)
    page.goto("/office/today")
    assert heading(page).startswith("Today")
    desk.clock.now += timedelta(minutes=31)
    page.goto("/office/today")
    assert "/office/sign-in" in page.url


def test_the_pages_speak_chinese_when_asked(open_page: Open) -> None:
    page = sign_in(open_page(locale="zh-CN"))
    assert heading(page).startswith("今日")
    page.click("header >> text=English")
    assert heading(page).startswith("Today")
    page.goto("/office/password")
    assert heading(page) == "Change your password"
