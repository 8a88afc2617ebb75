"""Whoever has no mouse, no JavaScript, a small screen or large letters can use the pages as well."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, sign_in
from tests.browser.desk import PASSWORD, Desk
from tests.browser.scene import a_week, conflicts
from tests.browser.test_pages import PAGES

CHECK = """
() => {
  const wrong = [];
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of ids) if (ids.filter(o => o === id).length > 1) wrong.push('id twice: ' + id);
  if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  if (!document.documentElement.lang) wrong.push('no language');
  if (!document.title) wrong.push('no title');
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (field.hidden) continue;
    const named = field.labels.length || field.getAttribute('aria-label');
    if (!named) wrong.push('no label: ' + field.name);
  }
  for (const described of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
    for (const id of ((described.getAttribute('aria-describedby') || '') + ' ' +
                      (described.getAttribute('aria-labelledby') || '')).trim().split(/\\s+/))
      if (!document.getElementById(id)) wrong.push('names nothing: ' + id);
  for (const button of document.querySelectorAll('button, a'))
    if (!button.textContent.trim() && !button.getAttribute('aria-label')) wrong.push('nameless: ' + button.outerHTML);
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption) wrong.push('table without caption');
    for (const head of table.querySelectorAll('th')) if (!head.scope) wrong.push('th without scope');
  }
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3')) {
    const now = Number(heading.tagName[1]);
    if (now > level + 1) wrong.push('heading skips: ' + heading.textContent);
    level = now;
  }
  if (document.querySelector('[style], [onclick]')) wrong.push('inline style or script');
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!c.endsWith(', 0)') && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.getClientRects().length || element.closest('.unseen, .skip, svg')) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(2) + ': ' + element.outerHTML.slice(0, 80));
  }
  return wrong;
}
"""


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_page_keeps_the_rules_and_fits_a_small_screen(open_page: Open, desk: Desk, colours: str) -> None:
    """320 pixels wide is also what a window of 1280 shows at 400%: WCAG 2.2, 1.4.10."""
    a_week(desk.office)
    key = conflicts(desk.office)
    page = sign_in(open_page(viewport={"width": 320, "height": 640}, color_scheme=colours))
    wrong: dict[str, object] = {}
    for name in [*PAGES, f"cases/{key}"]:
        page.goto(f"/office/{name}")
        found = page.evaluate(CHECK)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("scrolls to the side")
        if found:
            wrong[name] = found
    assert wrong == {}


def test_a_case_is_decided_by_keys_alone(open_page: Open, desk: Desk) -> None:
    conflicts(desk.office)
    page = open_page()
    page.goto("/office/sign-in")
    page.keyboard.type("super")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/today")
    page.keyboard.press("Tab")
    assert focused(page) == "To the content"
    page.keyboard.press("Enter")
    page.goto("/office/cases")
    tab_to(page, "The same make-up given twice")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/cases/*/**")
    tab_to(page, "", "input[name=option]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("seen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/cases")
    assert "Decided" in page.inner_text("[role=status]")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def tab_to(page: Page, text: str, selector: str = "") -> None:
    """Press Tab until it is there; where the focus is must be seen each time."""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if (selector and page.evaluate(f"document.activeElement.matches('{selector}')")) or (
            text and focused(page) == text
        ):
            return
    raise AssertionError(f"no key leads to {text or selector}")


def test_everything_works_without_javascript(open_page: Open, desk: Desk) -> None:
    conflicts(desk.office)
    page = sign_in(open_page(java_script_enabled=False))
    page.goto("/office/cases")
    page.click("tbody a >> nth=0")
    page.check(".choice input >> nth=0")
    page.fill("#reason", "seen")
    page.click("main button")
    page.wait_for_url("**/office/cases")
    assert "Decided" in page.inner_text("[role=status]")


def test_what_the_browser_may_do_is_said_with_every_answer(page: Page, desk: Desk) -> None:
    for path in ("/office/today", "/office/nothing-there", "/office/users/nobody"):
        answer = page.goto(path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert page.locator("h1").inner_text() == "There is no such page."
    hosts = page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).host)")
    assert set(hosts) <= {desk.url.removeprefix("https://")}
