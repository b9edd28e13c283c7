"""The same without JavaScript, and with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from registry.people import DEMO_PASSWORD
from tests.browser.steps import Site, file_objection, sign_in
from tests.browser.test_walks import free_record
from tests.pictures import press

pytestmark = pytest.mark.browser


def test_filing_without_javascript(site: Site) -> None:
    record = free_record(site, "enterprise2", "生态环境局")
    page = site.window(script=False)
    sign_in(page, "enterprise2")
    number = file_objection(page, record, {"fine": "0.10"}, "多写了一个零。")
    assert site.state(number) == "filed"


def test_signing_in_and_accepting_with_the_keyboard_alone(site: Site) -> None:
    page = site.window()
    tab_to(page, "header a[href^='/sign-in']")
    press(page, "Enter")
    tab_to(page, "[name=username]")
    page.keyboard.type("office")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    press(page, "Enter")
    expect(page.locator("header .name")).to_be_visible()
    number = site.in_state("filed")
    tab_to(page, "#search")
    page.keyboard.type(number)
    press(page, "Enter")
    expect(page.locator(f"main[data-case='{number}'][data-state]")).to_be_visible()
    tab_to(page, "[data-action=accept]")
    press(page, "Enter")
    expect(page.locator("main[data-act=accept]")).to_be_visible()
    tab_to(page, "main form button[type=submit]")
    press(page, "Enter")
    expect(page.locator("main[data-state=comparing]")).to_be_visible()
    assert site.state(number) == "comparing"


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the element has the focus; it must be seen to have it."""
    page.locator(wanted).first.wait_for()
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert shown != "none", f"the focus on {wanted} is not seen"
            return
    pytest.fail(f"{wanted} cannot be reached with Tab")
