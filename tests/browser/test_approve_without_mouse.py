"""Proposing, approving, approving several and searching: without script, and with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Site, send, sign_in
from tests.browser.test_without_script import tab_to

pytestmark = pytest.mark.browser

HAS_VIEWER = "Object.defineProperty(navigator, 'pdfViewerEnabled', {get: () => %s})"


def test_proposing_and_approving_without_script(site: Site) -> None:
    """The way on is a link or a button at every step, and the search finds the case by two characters of the firm."""
    page = site.window(script=False)
    sign_in(page, "reviewer2")
    first, second = _proposed(site, page), _proposed(site, page)
    assert first != second
    approver = site.window(script=False)
    sign_in(approver, "approver2")
    approver.fill("#search", first)
    approver.press("#search", "Enter")
    expect(approver.locator(f"main[data-case='{first}'][data-state=proposed]")).to_be_visible()
    approver.goto(f"{site.address}/approvals")
    approver.locator(f"tr[data-case='{first}'] a.button").click()
    expect(approver.locator(".exhibits img, .exhibits a[target=evidence]").first).to_be_visible()
    send(approver)
    assert site.state(first) in ("carrying_out", "answering")
    approver.goto(f"{site.address}/search")
    approver.fill("#q", "有限")
    approver.press("#q", "Enter")
    expect(approver.locator("#found tr[data-case]").first).to_be_visible()


def test_several_are_approved_with_the_keyboard_alone(site: Site) -> None:
    """Each is opened and marked with a key; then one button approves them, with a result for each."""
    page = site.window()
    sign_in(page, "approver2")
    page.goto(f"{site.address}/approvals")
    waiting = page.locator("tr[data-case]").evaluate_all("rows => rows.map(row => row.dataset.case)")
    assert len(waiting) > 1
    page.keyboard.press("n")
    for number in waiting:
        expect(page.locator(f"html.by-key main[data-case='{number}']")).to_be_visible()
        page.keyboard.press("x")
    expect(page.locator(".approve-all")).to_be_visible()
    for box in page.locator("input[name=case]:not(:checked)").all():
        tab_to(page, f"#{box.get_attribute('id')}")
        page.keyboard.press("Space")
    tab_to(page, ".approve-all button.main")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"{len(waiting)} 件已批准")
    expect(page.locator(f"main a[href='/cases/{waiting[0]}']").first).to_be_visible()
    assert {site.state(number) for number in waiting} <= {"carrying_out", "answering"}


def test_a_paper_is_shown_beside_the_findings_where_the_browser_has_a_viewer(site: Site) -> None:
    """Else its name is a link, and nothing is loaded that would be saved as a file."""
    number = site.in_state("with_bureau", bureau_of="reviewer")
    for viewer in (True, False):
        page = site.window()
        page.add_init_script(
            f"Object.defineProperty(navigator, 'pdfViewerEnabled', {{get: () => {str(viewer).lower()}}})"
        )
        page.route("**/files/*", lambda route: route.fulfill(content_type="text/html", body="<p>paper</p>"))
        sign_in(page, "reviewer")
        page.goto(f"{site.address}/cases/{number}/propose")
        expect(page.locator(".exhibits a[target=evidence]").first).to_be_visible()
        expect(page.locator(".exhibits iframe")).to_have_count(int(viewer))


def _proposed(site: Site, page: Page) -> str:
    """A case of the bureau with every field found as the firm claims; gives its number."""
    number = site.in_state("with_bureau", bureau_of="reviewer2")
    page.goto(f"{site.address}/cases/{number}")
    page.locator("[data-action=propose]").first.click()
    for part in page.locator(".finding").all():
        part.locator("label[for$='-finding-0']").click()
    page.fill("[name=reasons]", "已逐项核对。")
    send(page)
    assert site.state(number) == "proposed"
    return number
