"""A reviewer's morning without a mouse: down the list, take the next case, open it, propose; and without script."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from extensions import db
from tests.builders import PROOF, Place
from tests.pictures import CHROMIUM, browser_page, faults, serve
from tests.web.desk.test_desk import LATE, RECENT
from tests.web.signing import sign_in

pytestmark = [pytest.mark.sqlite, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture
def place(place: Place) -> Place:
    """Two cases with the reviewer's bureau: an objection, and a repair that is late."""
    case = place.file(RECENT)
    place.act(case, "office", "accept", RECENT)
    place.act(case, "office", "refer", RECENT, question="请核查。")
    repair = place.open("repair", "file", {"words": "已整改。", "files": PROOF, "commitment": True}, LATE)
    place.act(repair, "office", "forward", LATE, received_on=LATE.date())
    return place


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serve(app) as address:
        yield address


def cookies(client: FlaskClient, place: Place, name: str) -> dict[str, str]:
    kept = sign_in(client, place, name).get_cookie("session")
    assert kept
    db.session.commit()
    return {"session": kept.value, "language": "en"}


def row_in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('tr[data-case]')?.dataset.case || ''"))


def test_a_case_is_found_taken_opened_and_proposed_on_by_keyboard_alone(
    client: FlaskClient, place: Place, site: str
) -> None:
    with browser_page(f"{site}/desk", cookies=cookies(client, place, "reviewer")) as page:
        rows = page.locator("#desk tr[data-case]").evaluate_all("rows => rows.map(row => row.dataset.case)")
        assert re.match(r"2026-XF", rows[0]), "the late one stands first"
        page.keyboard.press("j")
        assert row_in_focus(page) == rows[1]
        expect(page.locator(f'#acts[data-of="{rows[1]}"] [data-action=propose] kbd')).to_have_text("P")
        page.keyboard.press("x")
        expect(page.locator("#bulk .ticked")).to_have_text("Ticked: 1")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_have_attribute("open", "")
        expect(page.locator("#keys")).to_contain_text("Propose findings")
        page.dispatch_event("body", "htmx:afterSettle")  # a part of the page has come while the list was open
        expect(page.locator("#keys")).to_contain_text("Propose findings")
        expect(page.locator("#keys")).to_contain_text("take the most urgent case")
        assert not faults(page)
        page.keyboard.press("/")
        page.keyboard.type("njk")
        assert page.locator("#search").input_value() == "njk", "while somebody types, letters are letters"
        assert page.locator("#search").get_attribute("aria-expanded") == "false", "there is none"
        page.locator("#search").fill("恒源")
        expect(page.locator("#suggestions [aria-selected=true]")).to_contain_text("恒源")
        expect(page.locator("#suggested")).to_have_text("2 suggestions")
        first = page.locator("#suggestions [role=option]").first
        expect(page.locator("#search")).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "none")
        assert not faults(page)
        page.keyboard.press("ArrowUp")
        expect(page.locator("#suggestions .all")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(page.locator("#suggestions")).to_be_hidden()
        page.dispatch_event("#search", "input", {"isComposing": True})
        page.dispatch_event("#search", "compositionend")
        expect(page.locator("#suggestions")).to_be_visible()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/cases/2026-"))
        page.go_back()
        page.keyboard.press("n")
        page.wait_for_url(f"{site}/cases/{rows[0]}")
        page.keyboard.press("?")
        expect(page.locator("#keys dt.here", has_text="N").locator("+ dd")).to_contain_text("Next on your desk")
        offered = page.locator("[data-action][data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
        listed = page.locator("#keys dt.here").all_inner_texts()
        assert {letter.upper() for letter in offered} <= set(listed), "each act has its key, and the list has each"
        assert page.locator("[data-action]:not([data-key])").count() == 0
        assert not faults(page)
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).not_to_have_attribute("open", "")
        page.goto(f"{site}/desk")
        page.keyboard.press("J")  # with CapsLock, and before the acts of the row have come
        page.keyboard.press("P")
        page.wait_for_url(f"{site}/cases/{rows[1]}/propose")
        assert page.evaluate("document.activeElement.name") == "findings-fine-finding", "one begins at once"


def test_at_a_phone_and_without_script_the_row_opens_by_its_link(client: FlaskClient, place: Place, site: str) -> None:
    mine = cookies(client, place, "reviewer")
    with browser_page(f"{site}/desk", 390, cookies=mine, script=False) as page:
        page.click("tr[data-case] .open-row")
        page.click('#acts [data-action="take"]')
        page.wait_for_url(re.compile(r"/desk\?case="))
        expect(page.locator('#acts [data-action="give_back"]')).to_be_visible()
        page.goto(f"{site}/search?q=恒源&go=1")
        expect(page.locator("#found h2")).to_contain_text("2 cases")
    with browser_page(f"{site}/desk", 390, cookies=mine) as page:
        assert not faults(page)
        page.goto(f"{site}/search")
        page.fill("#q", "YY-00")
        expect(page.locator("#found h2")).to_contain_text("1 case")
        page.press("#q", "Enter")
        page.wait_for_url(re.compile(r"/cases/2026-YY-000001"))
