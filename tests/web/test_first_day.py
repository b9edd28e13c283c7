"""The first day: nothing has been entered but accounts, and every page says what will stand there and what is first."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application import create_app
from extensions import db
from registry.organisations import Office
from tests.clients import Browser
from tests.conftest import make_settings
from tests.databases import renew
from tests.web.first_day import ROLES, begin
from tests.web.signing import in_session

SHORTEST = 30
"""Characters that a page has to say, markup and frame left out."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Flask, dict[str, str]]:
    folder = tmp_path_factory.mktemp("first")
    renew(folder / "x.sqlite", sqlite_template)
    settings = replace(make_settings(folder, f"sqlite:///{folder / 'x.sqlite'}"), jurisdiction="cn-nm-etuoke")
    app = create_app(settings, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    return app, begin(app)


def as_(place: tuple[Flask, dict[str, str]], who: str, language: str = "en") -> FlaskClient:
    return in_session(place[0].test_client(), place[1][who] if who else "", language)


def said(page: str) -> str:
    main = re.search(r"<main.*?>(.*)</main>", page, re.DOTALL)
    assert main
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[1])).split())


def addresses(app: Flask) -> list[str]:
    """Every address that a person opens: of things not there yet, one with numbers and names that nothing has."""
    opened = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    rules = {rule for rule in opened if not rule.startswith("/api/v1/")}
    return sorted(re.sub(r"<(?:int[^:]*:|path:)?[^>]+>", "1", rule) for rule in rules - {"/health/scheduler"})


@pytest.mark.parametrize("who", ["", *ROLES])
def test_every_page_opens_on_an_empty_place_and_says_something(place: tuple[Flask, dict[str, str]], who: str) -> None:
    client = as_(place, who)
    for address in addresses(place[0]):
        answer = client.get(address)
        assert answer.status_code in (200, 302, 303, 404), address
        if answer.status_code == 200 and answer.mimetype == "text/html":
            assert len(said(answer.text)) > SHORTEST, f"{address} is blank"


def test_each_role_reads_what_will_stand_on_its_page_and_what_to_do(place: tuple[Flask, dict[str, str]]) -> None:
    for who, address, words in (
        ("enterprise", "/records", "There is no record about your firm here."),
        ("enterprise", "/cases", "A case begins on the page of a record"),
        ("enterprise", "/inbox", "No letter yet"),
        ("reviewer", "/desk", "A case comes here when the office refers it or a firm files it"),
        ("approver", "/records", "They come once the office has taken in"),
        ("approver", "/approvals", "No proposal waits for you"),
        ("office", "/intake", "What is filed next stands here at once"),
        ("office", "/records", "Import a sheet"),
        ("auditor", "/cases", "A case stands here as soon as a firm files it"),
        ("auditor", "/overdue", "Nothing is late"),
    ):  # fmt: skip
        assert words in said(as_(place, who).get(address).text), f"{who} {address}"


def test_the_head_of_the_office_reads_what_to_enter_first_and_each_leads_there(
    place: tuple[Flask, dict[str, str]],
) -> None:
    """On the desk and on the page of what the office keeps; what is done is marked, and nobody else is bothered."""
    chief = as_(place, "chief")
    for address in ("/desk", "/manage"):
        page = chief.get(address).text
        steps = re.findall(r'<li data-step="(\w+)"><a href="([^"]+)">', page)
        assert [name for name, _ in steps] == ["people", "remedies", "calendar", "mail", "records"]
        assert all(chief.get(href).status_code == 200 for _, href in steps)
        text = said(page)
        assert "lack their review body or court" in text
        assert "have not both a reviewer and an approver" in text
        assert "No mail server is set up" in text
        assert "1 of 5 done" in text, "the calendar is known"
    assert "data-step" not in as_(place, "office").get("/manage").text
    assert "data-step" not in as_(place, "reviewer").get("/desk").text
    with place[0].app_context():
        assert db.session.query(Office).count() == 1
