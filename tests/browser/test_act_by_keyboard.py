"""Findings proposed with the keyboard alone, kept as they are written; and from there to the next case of the desk."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import Site, sign_in
from tests.browser.test_without_script import tab_to
from tests.pictures import press

pytestmark = pytest.mark.browser


def test_findings_are_proposed_with_the_keyboard_alone(site: Site) -> None:
    number = site.in_state("with_bureau", bureau_of="reviewer")
    page = site.window()
    sign_in(page, "reviewer")
    page.goto(f"{site.address}/cases/{number}")
    press(page, "p")
    expect(page.locator("main[data-act=propose]")).to_be_visible()
    missing = page.locator("#still-missing a")
    before = missing.count()
    for part in page.locator(".finding").all():
        name = part.get_attribute("data-field")
        tab_to(page, f"[name='findings-{name}-finding']")
        page.keyboard.press("Space")
        tab_to(page, f".put[data-into='findings-{name}-reason'] .often button")
        page.keyboard.press("Enter")
        expect(page.locator(f"[name='findings-{name}-reason']")).to_be_focused()
        page.keyboard.type("另外查明如此。")
    expect(page.locator("#draft-line")).to_contain_text("草稿已存")
    expect(missing).to_have_count(1)
    assert before > 1
    left = missing.all_inner_texts()
    counted = page.locator("[name=reasons]").evaluate(
        """field => { field.dispatchEvent(new Event("input", { bubbles: true }));
                      return document.getElementById("still-missing").innerText; }"""
    )
    assert counted.startswith(f"还没有填： {left[0]}"), "what has not been counted since bears no number"
    mended = page.locator("[name=reasons]").evaluate(
        """field => { field.value = "逐项"; field.dispatchEvent(new Event("input", { bubbles: true }));
                      const said = document.getElementById("still-missing").innerText; field.value = "";
                      field.dispatchEvent(new Event("input", { bubbles: true })); return said; }"""
    )
    assert "正在核对" in mended, "a field that was mended is named no more"
    assert left[0] not in mended
    expect(page.locator("#still-missing")).to_contain_text("还差 1 项：")
    expect(page.locator("#still-missing")).not_to_contain_text("还没有填")
    page.context.clear_cookies(name="session")
    tab_to(page, "[name=reasons]")
    page.keyboard.type("登录过期后写的")
    expect(page.locator("#draft-line .trouble")).to_contain_text("登录已过期")
    expect(page.locator("[name=reasons]")).to_have_value("登录过期后写的")
    page.goto(site.address)
    sign_in(page, "reviewer")
    page.goto(f"{site.address}/cases/{number}/propose")
    kept = [one.input_value() for one in page.locator(".finding textarea").all()]
    assert all(one.endswith("另外查明如此。") for one in kept), "what was kept is there again, the phrase in it once"
    tab_to(page, "[name=reasons]")
    page.keyboard.type("逐项核对完毕。")
    press(page, "Control+Enter")
    expect(page.locator("main[data-state=proposed]")).to_be_visible()
    following = page.locator("[data-next]").get_attribute("data-next")
    press(page, "n")
    expect(page.locator(f"main[data-case='{following}']")).to_be_visible()
