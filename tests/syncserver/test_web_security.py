"""What a browser, and whoever sits in between or beside, can do to the office's pages."""

import asyncio
import logging
import re
import ssl
from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

import aiohttp
import pytest

from common.users import UserRole
from syncserver.office.users import add_user
from tests.syncserver.test_abuse import send_slowly
from tests.syncserver.voice import Line

PASSWORD = "correct horse battery"
SESSION, VISIT = "__Host-kilotill", "__Host-kilotill-visit"


@pytest.fixture(autouse=True)
def _people(office) -> None:
    with office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)


class Browser:
    """Keeps cookies as a browser does, and shows them."""

    def __init__(self, line: Line, **cookies: str) -> None:
        self.line, self.cookies = line, dict(cookies)
        self.set: list[str] = []

    async def ask(self, method: str, path: str, form=None, **headers: str):
        sent = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self.line.session.request(
            method, self.line.url + path, data=form, headers=sent, allow_redirects=False
        ) as answer:
            body = await answer.read()
            self.set = answer.headers.getall("Set-Cookie", [])
            for name, cookie in answer.cookies.items():
                self.cookies[name] = cookie.value
                if not cookie.value:
                    del self.cookies[name]
            return answer, body.decode("utf-8", "replace")

    async def sign_in(self, password: str = PASSWORD, **headers: str):
        if VISIT not in self.cookies and SESSION not in self.cookies:
            await self.ask("GET", "/office/sign-in")
        form = {"user": "liu", "password": password, "form": self.cookies.get(VISIT, "")}
        return (await self.ask("POST", "/office/sign-in", form, **headers))[0]

    async def form(self) -> str:
        _, page = await self.ask("GET", "/office/today")
        return re.search(r'name="form" value="([^"]+)"', page)[1]


async def test_a_cookie_is_for_this_host_over_tls_and_for_no_script(line):
    browser = Browser(line)
    assert (await browser.sign_in()).status == 303
    session = next(text for text in browser.set if text.startswith(f"{SESSION}="))
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in session
    assert "Domain" not in session
    assert len(browser.cookies[SESSION]) >= 43  # 256 bits


async def test_a_session_that_somebody_planted_is_never_signed_in(line):
    planted = "a" * 43
    browser = Browser(line, **{SESSION: planted, VISIT: "planted"})
    assert (await browser.sign_in()).status == 303
    assert browser.cookies[SESSION] != planted
    other = Browser(line, **{SESSION: planted})
    assert (await other.ask("GET", "/office/today"))[0].status == 303


async def test_signing_in_again_and_out_ends_the_session_before(line):
    browser = Browser(line)
    await browser.sign_in()
    first, form = browser.cookies[SESSION], await browser.form()
    answer, _ = await browser.ask("POST", "/office/sign-in", {"user": "liu", "password": PASSWORD, "form": form})
    assert answer.status == 303
    assert (await Browser(line, **{SESSION: first}).ask("GET", "/office/today"))[0].status == 303
    second, form = browser.cookies[SESSION], await browser.form()
    await browser.ask("POST", "/office/sign-out", {"form": form})
    assert SESSION not in browser.cookies
    assert (await Browser(line, **{SESSION: second}).ask("GET", "/office/today"))[0].status == 303


async def test_another_password_ends_every_session(line, office):
    thief = Browser(line)
    await thief.sign_in()
    browser = Browser(line)
    await browser.sign_in()
    new = {"now": PASSWORD, "first": "another horse battery", "second": "another horse battery"}
    answer, _ = await browser.ask("POST", "/office/password", new | {"form": await browser.form()})
    assert answer.status == 303
    assert (await thief.ask("GET", "/office/today"))[0].status == 303


@pytest.mark.parametrize("forged", ["", "x" * 32, "of somebody else"])
async def test_a_form_from_another_site_does_nothing(line, office, forged):
    browser, other = Browser(line), Browser(line)
    await browser.sign_in()
    await other.sign_in()
    token = await other.form() if forged == "of somebody else" else forged
    form = {"user": "eve", "name": "Eve", "role": "administrator", "password": PASSWORD, "form": token}
    answer, _ = await browser.ask("POST", "/office/users", form)
    assert answer.status == 403
    answer, _ = await browser.ask(
        "POST", "/office/users", form | {"form": await browser.form()}, **{"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status == 403


async def test_every_answer_forbids_frames_foreign_content_and_guessing_of_types(line):
    browser = Browser(line)
    await browser.sign_in()
    for path in ("/office/today", "/office/nowhere", "/office/sign-in", "/office/static/nothing", "/office/cases/x/y"):
        answer, _ = await browser.ask("GET", path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_pages_about_people_and_money_are_kept_by_no_cache(line):
    browser = Browser(line)
    await browser.sign_in()
    for path in ("/office/today", "/office/reports?report=month&as=csv", "/office/accounts"):
        answer, _ = await browser.ask("GET", path)
        assert answer.headers["Cache-Control"] == "no-store", path


async def test_a_name_is_locked_after_five_tries_from_wherever_they_come(line, clock):
    for _ in range(5):
        assert (await Browser(line).sign_in("guess")).status == 401
    assert (await Browser(line).sign_in()).status == 429
    clock.now += timedelta(minutes=16)
    assert (await Browser(line).sign_in()).status == 303


async def test_what_was_typed_is_shown_as_text(line):
    browser, evil = Browser(line), "<script>alert(1)</script>\"'><img src=x>"
    await browser.sign_in()
    for path in ("accounts?q=", "receipts?paper=", "sign-in?next=", "cases?state=", "reports?account="):
        _, page = await browser.ask("GET", f"/office/{path}{quote(evil)}")
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "/%0d%0aSet-Cookie: x=1"])
async def test_nobody_is_led_to_another_site_by_signing_in(line, to):
    browser = Browser(line)
    await browser.ask("GET", "/office/sign-in")
    form = {"user": "liu", "password": PASSWORD, "next": to, "form": browser.cookies[VISIT]}
    answer, _ = await browser.ask("POST", "/office/sign-in", form)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/office/")
    assert "\n" not in answer.headers["Location"]


@pytest.mark.parametrize("name", ["..%2f..%2fkeys%2fsigning.pem", "%2e%2e/office.db", "....//office.db", "/etc/passwd"])
async def test_no_address_leads_out_of_the_pages_own_files(line, name):
    answer, page = await Browser(line).ask("GET", f"/office/static/{name}")
    assert answer.status in (303, 404)
    assert "PRIVATE" not in page
    assert "root:" not in page


async def test_the_name_of_an_uploaded_file_is_nobodys_business(line, office):
    browser = Browser(line)
    await browser.sign_in()
    before = sorted(office.folder.path.rglob("*"))
    form = aiohttp.FormData()
    form.add_field("form", await browser.form())
    form.add_field("file", b"KILOTILL?", filename="../../keys/signing.pem", content_type="application/octet-stream")
    answer, _ = await browser.ask("POST", "/office/sticks", form)
    assert answer.status == 422
    assert sorted(office.folder.path.rglob("*")) == before


async def test_an_upload_is_cut_off_at_its_limit(line):
    browser = Browser(line)
    await browser.sign_in()

    async def endless():
        for _ in range(64 * 16 + 32):
            yield b"x" * 65_536

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with suppress(aiohttp.ClientConnectionError):
        answer, _ = await browser.ask("POST", "/office/sticks", endless(), **headers)
        assert answer.status == 413


async def test_who_sends_a_form_byte_by_byte_is_told_and_keeps_nobody_else(line, monkeypatch):
    monkeypatch.setattr("syncserver.api.bodies.SILENT_SECONDS", 1)
    head = b"POST /office/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    slow = [asyncio.create_task(send_slowly(line, head, b"user=liu")) for _ in range(20)]
    await asyncio.sleep(0.2)
    assert (await asyncio.wait_for(Browser(line).sign_in(), 10)).status == 303
    for answer in await asyncio.gather(*slow):
        assert answer.startswith(b"HTTP/1.1 4")


async def test_nothing_below_tls_1_3_is_spoken(line):
    port = int(line.url.rpartition(":")[2])
    old = ssl.create_default_context(cafile=str(line.office.folder.tls_certificate))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=old)
    new = ssl.create_default_context(cafile=str(line.office.folder.tls_certificate))
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=new)
    name, version, _ = writer.get_extra_info("cipher")
    writer.close()
    assert version == "TLSv1.3"
    assert name in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256")


async def test_plain_http_is_not_answered(line):
    port = int(line.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /office/sign-in HTTP/1.1\r\nHost: x\r\n\r\n")
    with suppress(ConnectionResetError):
        assert b"HTTP/1.1 200" not in await asyncio.wait_for(reader.read(1_000), 10)
    writer.close()


async def test_no_log_has_a_password_a_cookie_or_a_forms_proof_in_it(line, caplog):
    caplog.set_level(logging.DEBUG)
    browser = Browser(line)
    await browser.sign_in("wrong horse battery")
    visit = browser.cookies[VISIT]
    await browser.sign_in()
    form = await browser.form()
    await browser.ask("POST", "/office/users/add", {"form": form, "user": "!", "password": "another battery staple"})
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "/office/sign-in" in logged
    for secret in (PASSWORD, "wrong horse battery", "another battery staple", visit, browser.cookies[SESSION], form):
        assert secret not in logged
