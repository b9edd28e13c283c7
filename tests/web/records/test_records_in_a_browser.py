"""Records, filing and inbox in a real browser: nobody is shut out, nothing scrolls sideways, the echo under a field."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from extensions import db
from tests.bench.album.scenes.papers import EVIDENCE
from tests.builders import Place
from tests.pictures import CHROMIUM, browser_page, faults, faults_at_each_width, follow, serve
from tests.web.signing import sign_in

pytestmark = [pytest.mark.sqlite, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


def cookies(client: FlaskClient, place: Place, name: str, spoken: str = "zh") -> dict[str, str]:
    kept = sign_in(client, place, name).get_cookie("session")
    assert kept
    db.session.commit()
    return {"session": kept.value, "language": spoken}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serve(app) as address:
        yield address


@pytest.mark.parametrize(("width", "spoken"), [(1366, "zh"), (390, "en")])
def test_nobody_is_shut_out(client: FlaskClient, place: Place, site: str, width: int, spoken: str) -> None:
    record = place.record.id
    mine = cookies(client, place, "enterprise", spoken)
    found: dict[str, list[str]] = {}
    with browser_page(f"{site}/records", width, cookies=mine) as page:
        found["records"] = faults(page)
        page.goto(f"{site}/records/{record}")
        found["record"] = faults(page)
        page.goto(f"{site}/records/{record}/objection")
        found["ground"] = faults(page)
        page.check("input[value=wrong]")
        page.check("#claims-fine-wrong")
        page.fill("#claims-fine-value", "0.8o")
        follow(page, "button[value=on]")
        found["fields, refused"] = faults(page)
        page.fill("#claims-fine-value", "0.80")
        follow(page, "button[value=on]")
        page.fill("#words", "决定书写的是八千元。")
        follow(page, "button[value=on]")
        found["check"] = faults(page)
        page.check("#declared")
        follow(page, "button.main")
        assert re.search(r"/cases/2026-YY-\d{6}/receipt$", page.url)
        found["receipt"] = faults(page)
        page.goto(f"{site}/inbox")
        found["inbox"] = faults(page)
    assert not {name: faults for name, faults in found.items() if faults}


def test_the_office_is_not_shut_out(client: FlaskClient, place: Place, site: str) -> None:
    found = {}
    addresses = ("/records", "/records/import", f"/records/{place.record.id}", "/inbox")
    with browser_page(f"{site}/records", cookies=cookies(client, place, "office")) as page:
        for address in addresses:
            page.goto(site + address)
            found[address] = faults_at_each_width(page)
    assert not {name: faults for name, faults in found.items() if faults}


def test_the_difference_is_said_beside_the_field_while_one_types(client: FlaskClient, place: Place, site: str) -> None:
    address = f"{site}/records/{place.record.id}/objection"
    with browser_page(address, cookies=cookies(client, place, "enterprise", "en")) as page:
        expect(page.locator("#claims-fine-wrong")).to_be_hidden()
        page.check("input[value=expired]")
        expect(page.locator("#claims-fine-wrong")).to_be_hidden()
        page.check("input[value=wrong]")
        expect(page.locator("#claims-fine-value")).to_be_hidden()
        page.check("#claims-fine-wrong")
        page.fill("#claims-fine-value", "0.80")
        said = page.locator("[data-field=fine] div.echo").inner_text()
        assert "¥72,000 less; the record is 10 times the claim" in said
        assert "entered in units of ¥10,000?" in said
        page.check("#claims-decided_on-wrong")
        page.fill("#claims-decided_on-value", "2026-03-13")
        assert "5 days earlier" in page.locator("[data-field=decided_on] div.echo").inner_text()
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        page.go_back()
        expect(page.locator("#claims-fine-value")).to_have_value("0.80")


def test_without_script_the_whole_way_can_be_gone(client: FlaskClient, place: Place, site: str) -> None:
    address = f"{site}/records/{place.record.id}/objection"
    with browser_page(address, cookies=cookies(client, place, "enterprise"), script=False) as page:
        page.check("input[value=wrong]")
        page.check("#claims-fine-wrong")
        page.fill("#claims-fine-value", "0.80")
        follow(page, "button[value=on]")
        page.fill("#words", "决定书写的是八千元。")
        follow(page, "button[value=on]")
        page.check("#declared")
        follow(page, "button.main")
        assert page.url.endswith("/receipt")


def test_a_file_chosen_while_the_words_are_being_saved_is_kept(client: FlaskClient, place: Place, site: str) -> None:
    """The dialog of the phone's camera is open longer than a draft takes to be saved."""
    address = f"{site}/records/{place.record.id}/objection"
    with browser_page(address, cookies=cookies(client, place, "enterprise")) as page:
        page.check("input[value=expired]")
        follow(page, "button[value=on]")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("#words").press_sequentially("公示期已过。")
            with page.expect_file_chooser() as dialog:
                page.click("#files")
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        dialog.value.set_files(EVIDENCE)
        expect(page.locator(".kept-files li")).to_have_count(1)
        page.locator(".kept-files input").check()
        expect(page.locator(".kept-files li")).to_have_count(0)
