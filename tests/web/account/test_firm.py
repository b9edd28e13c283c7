"""My firm over HTTP: an agent is let in by a letter that outlives a refused form, and is led only where it goes."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.identity import Authority
from registry.people import find_person
from tests.builders import Place
from tests.web.signing import sign_in
from tests.web.stage import PDF

pytestmark = pytest.mark.both_databases

ASKED = {
    "name": "代理人", "username": "proxy", "from_day": "2026-11-24", "until_day": "2026-12-31", "kinds": ["objection"],
}  # fmt: skip


def kept(page: str) -> str:
    found = re.search(r'<input[^>]*name="kept"[^>]*value="([^"]+)"', page)
    assert found, "the form carries no file"
    return found[1]


def links(page: str) -> list[str]:
    """Where the navigation and the foot lead."""
    head, foot = page[page.index("<header") : page.index("<main")], page[page.index("<footer") :]
    return re.findall(r'<li[^>]*><a href="([^"]+)"', head + foot)


def test_a_letter_of_authority_outlives_a_refused_form_and_leads_the_agent_nowhere_else(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_in(client, place, "enterprise").set_cookie("language", "en")
    nothing = client.post("/firm/agents/new", data={})
    assert nothing.status_code == 422
    for name in ("name", "username", "until_day", "kinds", "letter"):
        assert f'<li><a href="#{name}' in nothing.text, "all that is missing is said at once"
    wrong = {**ASKED, "until_day": "2026-01-01", "letter": (BytesIO(PDF), "委托书.pdf")}
    refused = client.post("/firm/agents/new", data=wrong, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "Kept: 委托书.pdf" in refused.text
    assert client.post("/firm/agents/new", data=ASKED).status_code == 422, "without a letter nobody is let in"
    assert client.post("/firm/agents/new", data={**ASKED, "kept": kept(refused.text)}).status_code == 200
    [row] = session.scalars(select(Authority)).all()
    assert row.name == "委托书.pdf"
    agent = find_person(session, "proxy")
    assert agent
    place.people["proxy"] = agent
    assert "/file/complaint" in links(client.get("/records").text)
    found = links(sign_in(client, place, "proxy").get("/records").text)
    assert "/file/complaint" not in found, "the letter names objections alone"
    for href in found:
        assert client.get(href).status_code == 200, href


def test_nobody_carries_off_the_letter_of_another(client: FlaskClient, place: Place, session: Session) -> None:
    wrong = {**ASKED, "until_day": "2026-01-01", "letter": (BytesIO(PDF), "委托书.pdf")}
    page = sign_in(client, place, "enterprise").post("/firm/agents/new", data=wrong, content_type="multipart/form-data")
    theirs = {**ASKED, "kept": kept(page.text)}
    assert sign_in(client, place, "enterprise2").post("/firm/agents/new", data=theirs).status_code == 422
    assert not session.scalars(select(Authority)).all()
