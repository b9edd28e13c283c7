"""The office's main jobs with the keyboard alone and without JavaScript: intake, and who is late."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Site, sign_in
from tests.browser.test_without_script import tab_to
from tests.pictures import follow, press

pytestmark = pytest.mark.browser


def test_intake_goes_by_keyboard_alone(site: Site) -> None:
    """Down the queue, accept, down again, refer with a question; each decision brings the next case."""
    page = site.window()
    sign_in(page, "office")
    by_key_to(page, "/intake")
    first = shown(page)
    press(page, "j")
    expect(page.locator(f"main:not([data-case='{first}'])")).to_be_visible()
    second = shown(page)
    press(page, "k")
    expect(page.locator(f"main[data-case='{first}']")).to_be_visible()
    assert second != first
    accepted = down_to(page, "filed", "accept")
    press(page, "Control+Enter")
    expect(page.locator(f"main:not([data-case='{accepted}'])")).to_be_visible()
    assert site.state(accepted) == "comparing"
    referred = down_to(page, "comparing", "refer")
    tab_to(page, "#act textarea")
    page.keyboard.type("请核对决定书原件。")
    press(page, "Control+Enter")
    expect(page.locator(f"main:not([data-case='{referred}'])")).to_be_visible()
    assert site.state(referred) == "with_bureau"


def test_intake_without_javascript(site: Site) -> None:
    """A choice is a link, its form a form: refuse one with a reason, refer another."""
    page = site.window(script=False)
    sign_in(page, "office")
    follow(page, "nav a[href='/intake']")
    refused = site.in_state("filed")
    follow(page, f".queue li[data-case='{refused}'] a")
    follow(page, "#decide [data-action=refuse] h3 a")
    page.fill("#act [name=reasons]", "这不是异议，请申请信用修复。")
    page.fill("#act [name=where]", "向信用中国申请修复。")
    follow(page, "#act button.final")
    expect(page.locator(f"main:not([data-case='{refused}'])")).to_be_visible()
    assert site.state(refused) == "refused"


def test_who_is_late_is_found_and_supervised_by_keyboard_alone(site: Site) -> None:
    """From the board over the plot to the late ones; a page of its own sends one sheet, and the board says when."""
    page = site.window()
    sign_in(page, "chief")
    by_key_to(page, "/overdue")
    tab_to(page, ".skip-plot")
    page.keyboard.press("Enter")
    tab_to(page, "#late-list a[href*=supervise]")
    press(page, "Enter")
    number = page.locator("input[name=sheet]").input_value().split(" ")[0]
    page.locator("input[name=sheet]").set_checked(True)
    tab_to(page, "button[form=sheets]")
    press(page, "Enter")
    expect(page.locator(f"tr[data-case='{number}']")).to_contain_text("已督办")
    tab_to(page, ".actions-bar a[href='/overdue']")
    press(page, "Enter")
    row = page.locator(f"#late-list li[data-case='{number}']")
    expect(row).to_contain_text("已督办")
    expect(row.locator("a[href*=supervise]")).to_have_count(0)


def test_all_late_ones_of_a_body_and_then_all_are_supervised_without_javascript(site: Site) -> None:
    """From a body's own page first; then what is left, all ticked by hand, with a result for each."""
    page = site.window(script=False)
    sign_in(page, "chief")
    follow(page, "nav a[href='/overdue']")
    left = page.locator("#late-list a[href*=supervise]").count()
    assert left > 1
    follow(page, ".board-rows a[href='/overdue/office']")
    follow(page, ".board-body a[href*=supervise]")
    page.locator("input[name=sheet]").set_checked(True)
    follow(page, "button[form=sheets]")
    expect(page.locator(".results tbody tr")).to_have_count(1)
    follow(page, ".actions-bar a[href='/overdue']")
    follow(page, ".sheet-all a")
    for box in page.locator("input[name=sheet]").all():
        box.set_checked(True)
    follow(page, "button[form=sheets]")
    expect(page.locator(".results tbody tr")).to_have_count(left - 1)
    follow(page, ".actions-bar a[href='/overdue']")
    expect(page.locator("#late-list")).to_be_visible()
    expect(page.locator("#late-list a[href*=supervise], .sheet-all")).to_have_count(0)


def by_key_to(page: Page, address: str) -> None:
    tab_to(page, f"nav a[href='{address}']")
    press(page, "Enter")
    expect(page.locator(f"header nav a[href='{address}'][aria-current=page]")).to_be_visible()


def shown(page: Page) -> str:
    """The case that intake shows."""
    return page.locator("main").get_attribute("data-case") or ""


def down_to(page: Page, state: str, act: str) -> str:
    """Press j until a case in this state is shown whose first choice is this act."""
    for _ in range(page.locator(".queue li").count()):
        main = page.locator("main")
        if main.get_attribute("data-state") == state and page.locator(f"#decide .chosen[data-action={act}]").count():
            return shown(page)
        before = shown(page)
        press(page, "j")
        expect(page.locator(f"main:not([data-case='{before}'])")).to_be_visible()
    pytest.fail(f"no case of the queue is {state}")
