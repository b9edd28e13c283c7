"""The same without JavaScript, and with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from registry.people import DEMO_PASSWORD
from tests.browser.steps import EVIDENCE, Site, act, file_objection, sign_in
from tests.browser.test_walks import free_record
from tests.pictures import press

pytestmark = pytest.mark.browser


def test_filing_and_sending_papers_without_javascript(site: Site) -> None:
    record = free_record(site, "enterprise2", "生态环境局")
    page = site.window(script=False)
    sign_in(page, "enterprise2")
    number = file_objection(page, record, {"fine": "0.10"}, "多写了一个零。")
    assert site.state(number) == "filed"
    act(site.of("office"), number, "ask_papers", missing="请补缴款凭证。")
    act(page, number, "supply", words="补上缴款凭证。", files=str(EVIDENCE))
    assert site.state(number) == "filed"
    expect(page.locator("main")).to_contain_text("补上缴款凭证。")


def test_filing_and_sending_papers_with_the_keyboard_alone(site: Site) -> None:
    """On a narrow window; a file is chosen in the system's own dialog, to which the keyboard leads."""
    record = free_record(site, "enterprise", "生态环境局")
    page = site.window()
    sign_in(page, "enterprise")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.address}/records/{record}")
    enter(page, "[data-kind=objection]")
    tab_to(page, "[name=ground]")
    page.keyboard.press("Space")
    tab_to(page, "[name='claims-fine-wrong']")
    page.keyboard.press("Space")
    tab_to(page, "[name='claims-fine-value']")
    page.keyboard.type("0.02")
    expect(page.locator("[data-field=fine] .echo p").first).to_be_visible()
    enter(page, "button[value=on]")
    tab_to(page, "[name=words]")
    page.keyboard.type("决定书写的是二百元。")
    add_file(page)
    enter(page, "button[value=on]")
    tab_to(page, "[name=declared]")
    page.keyboard.press("Space")
    enter(page, "main form button.main")
    number = page.locator("[data-receipt]").get_attribute("data-receipt") or ""
    assert site.state(number) == "filed"

    act(site.of("office"), number, "ask_papers", missing="请补缴款凭证。")
    enter(page, "main a.main")
    expect(page.locator("[data-turn=yours]")).to_contain_text("请补缴款凭证")
    enter(page, "[data-action=supply]")
    expect(page.locator("main[data-act=supply]")).to_contain_text("请补缴款凭证")
    tab_to(page, "[name=words]")
    page.keyboard.type("补上缴款凭证。")
    add_file(page)
    enter(page, "main form button.main")
    expect(page.locator("main[data-state=filed]")).to_contain_text("补上缴款凭证。")


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


def enter(page: Page, wanted: str) -> None:
    """Go to a link or a button by Tab, press Enter, and wait for the page it leads to."""
    tab_to(page, wanted)
    press(page, "Enter")


def add_file(page: Page) -> None:
    tab_to(page, "[name=files]")
    with page.expect_file_chooser() as dialog:
        page.evaluate("0")  # the browser has heard that its dialog is awaited: on a busy machine the key was quicker
        page.keyboard.press("Space")
    dialog.value.set_files(EVIDENCE)
