"""A page that is slow to come is said to be on its way after a second and not before; a form is sent once."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import Site

pytestmark = pytest.mark.browser

NOWHERE = """() => {
  window.sent = 0;
  window.addEventListener("click", (event) => { if (event.target.closest("a")) event.preventDefault(); });
  window.addEventListener("click", () => { window.pressed ??= performance.now(); }, true);
  new MutationObserver(() => { window.said ??= performance.now(); }).observe(
    document.querySelector("#waiting"), { childList: true, characterData: true, subtree: true });
  window.addEventListener("submit", (event) => { window.sent += !event.defaultPrevented; event.preventDefault(); });
}"""
"""Whatever is asked for never comes: the page stays, as it does while an answer is awaited."""


def test_what_is_slow_says_so_after_a_second_and_is_not_sent_twice(site: Site) -> None:
    page = site.of("office")
    for selector, words in (("a[href='/cases']", "正在读取。"), ("main form button.main", "正在提交，点一次就够。")):
        page.goto(f"{site.address}/account")
        page.evaluate(NOWHERE)
        line, pressed = page.locator("#waiting"), page.locator(selector).first
        assert line.get_attribute("role") == "status"
        pressed.click()
        pressed.evaluate("it => it.click()")  # Playwright itself would wait for the button to be free
        expect(line).to_have_text(words)
        assert page.evaluate("window.said - window.pressed") > 950, "nothing is said before a second has gone"
        assert page.evaluate("window.sent") == int(selector.startswith("main"))
    assert pressed.get_attribute("aria-disabled") == "true"
