"""How the first person of a firm comes in: four short pages, a code by mail, a sealed paper, and the office."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Clock
from notifications.channels import channel_for
from notifications.deliver import deliver_due
from registry.admission import AdmissionRequest, Application, apply
from registry.identity import identity_of
from registry.organisations import Enterprise
from registry.people import User, find_person
from registry.sign_in import MailCode
from tests.builders import Place
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, running
from tests.web.signing import sign_in
from tests.web.stage import PDF

pytestmark = pytest.mark.both_databases

CODE, FIRM, MAIL = "91150699RU5KH6E956", "某某煤业有限公司", "li@firm.example"


@pytest.fixture
def post(app: Flask) -> Iterator[MailServer]:
    with running(MailServer()) as there:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], smtp_url=there.url)
        yield there


@pytest.fixture
def visitor(client: FlaskClient, post: MailServer) -> FlaskClient:
    client.set_cookie("language", "en")
    return client


def later(app: Flask, by: timedelta) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], clock=Clock(NOW + by - Clock().now()))


def asked(visitor: FlaskClient, code: str = CODE, firm: str = FIRM, mail: str = MAIL) -> None:
    assert visitor.post("/join", data={"firm": firm, "code": code}).location == "/join/person"
    assert visitor.post("/join/person", data={"person": "李某"}).location == "/join/mail"
    assert visitor.post("/join/mail", data={"mail": mail}).location == "/join/code"


def mailed(post: MailServer) -> str:
    found = re.search(r"\d{6}", str(post.taken[-1].get_content()))
    assert found
    return found[0]


def sealed(**values: str) -> dict[str, str]:
    return {"dated": "2026-11-23", "signed_by": "王某", "filed_at": "甲柜 3", "username": "li", **values}


def test_a_firm_comes_in_by_a_code_a_sealed_paper_and_the_office(
    visitor: FlaskClient, post: MailServer, place: Place, session: Session
) -> None:
    asked(visitor)
    assert MAIL in visitor.get("/join/code").text
    code = mailed(post)
    [kept] = session.scalars(select(MailCode)).all()
    assert code not in kept.code_hash, "the database does not hold the code"
    assert visitor.post("/join/code", data={"code": code[:3] + " " + code[3:]}).location == "/join/application"
    paper = visitor.get("/join/application").text
    [row] = session.scalars(select(Application)).all()
    for shown in (row.number, FIRM, CODE, "李某", MAIL, "Seal of the firm"):
        assert str(shown) in paper
    assert find_person(session, "li") is None, "a code proves a mailbox and lets nobody in"
    office = sign_in(visitor.application.test_client(), place, "office")
    office.set_cookie("language", "en")
    assert str(row.number) in office.get("/admissions").text
    page = office.get(f"/admissions/{row.number}").text
    assert "No firm with this code is here yet" in page
    for lacks in ({"dated": ""}, {"dated": "2026-11-25"}, {"signed_by": " "}, {"filed_at": ""}):
        answer = office.post(f"/admissions/{row.number}/admit", data=sealed(**lacks))
        assert answer.status_code == 422, lacks
        assert find_person(session, "li") is None
    scanned = {**sealed(dated="", filed_at=""), "scan": (BytesIO(PDF), "盖章件.pdf")}
    refused = office.post(f"/admissions/{row.number}/admit", data=scanned, content_type="multipart/form-data").text
    assert "Kept: 盖章件.pdf" in refused, "the scan outlives the form that was refused"
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', refused)
    assert kept
    done = office.post(f"/admissions/{row.number}/admit", data=sealed(filed_at="", kept=kept[1]))
    assert done.status_code == 200
    assert "/sign-in/" not in done.text, "the link went by mail and is shown to nobody"
    link = re.search(r"/sign-in/\S+", str(post.taken[-1].get_content()))
    assert link
    user = find_person(session, "li")
    assert user
    firm = session.scalars(select(Enterprise).where(Enterprise.code == CODE)).one()
    here = identity_of(session, user, NOW.date())
    assert (here.enterprise_ids, here.manages, firm.email) == ({firm.id}, {firm.id}, MAIL)
    assert office.post(f"/admissions/{row.number}/admit", data=sealed(username="other")).status_code == 409
    assert office.post(f"/admissions/{row.number}/refuse", data={"reasons": "太晚"}).status_code == 409
    assert "The account is open" in visitor.get("/join/application").text
    visitor.post("/join", data={"firm": "另一煤业有限公司", "code": CODE})
    assert visitor.post("/join/application").location == "/join/mail"
    assert visitor.get("/join/application").location == "/join/mail", "at another's computer nothing stays to be seen"
    assert "另一煤业" not in visitor.get("/join").text, "nor what was typed since"
    fresh = visitor.application.test_client()
    chosen = fresh.post(link[0], data={"password": "three grey horses", "again": "three grey horses"})
    assert chosen.location == "/records?tour=1"


def test_every_application_that_waits_is_listed_a_page_at_a_time(
    client: FlaskClient, place: Place, session: Session
) -> None:
    for number in range(53):
        apply(session, AdmissionRequest(FIRM, CODE, f"李{number}"), f"li{number}@firm.example", "zh", NOW.date(), NOW)
    session.commit()
    office = sign_in(client, place, "office")
    first, second = office.get("/admissions").text, office.get("/admissions?page=2").text
    assert [page.count("data-application") for page in (first, second)] == [50, 3]
    assert 'href="/admissions?page=2" rel="next"' in first
    assert "li52@firm.example" in second


def test_a_refusal_goes_to_the_mailbox_with_its_reasons_and_one_may_apply_again(
    visitor: FlaskClient, post: MailServer, place: Place, session: Session
) -> None:
    asked(visitor, place.firm.code, place.firm.name)
    visitor.post("/join/code", data={"code": mailed(post)})
    [row] = session.scalars(select(Application)).all()
    chief = sign_in(visitor.application.test_client(), place, "chief")
    chief.set_cookie("language", "en")
    page = chief.get(f"/admissions/{row.number}").text
    assert "has people here already" in page
    assert "enterprise人" in page
    assert chief.post(f"/admissions/{row.number}/refuse", data={"reasons": " "}).status_code == 422
    assert chief.post(f"/admissions/{row.number}/refuse", data={"reasons": "公章看不清。"}).status_code == 302
    assert deliver_due(NOW + timedelta(minutes=1), channel_for(post.url)) == 1
    letter = post.taken[-1]
    assert letter["To"] == MAIL
    assert "公章看不清。" in str(letter.get_content())
    assert "inbox" not in str(letter.get_content()), "who has no account has no inbox"
    assert "公章看不清。" in visitor.get("/join/application").text
    asked(visitor, place.firm.code, place.firm.name)
    visitor.post("/join/code", data={"code": mailed(post)})
    assert len(session.scalars(select(Application)).all()) == 2


def test_whether_a_firm_is_known_is_said_nowhere(visitor: FlaskClient, post: MailServer, place: Place) -> None:
    """The same pages, word for word, for a firm that is here and one that is not."""
    seen = []
    for code, mail in ((CODE, MAIL), (place.firm.code, "wang@firm.example")):
        browser = visitor.application.test_client()
        asked(browser, code, FIRM, mail)
        pages = [browser.get(f"/join/{name}").text for name in ("person", "mail", "code")]
        pages.append(browser.post("/join/code", data={"code": mailed(post)}).location)
        pages.append(browser.get("/join/application").text)
        words = "".join(pages).replace(code, "CODE").replace(mail, "MAIL")
        seen.append(re.sub(r"2026-KT-\d{6}|value=\"[^\"]+\"|(?:datetime|title)=\"[^\"]+\"", "", words))
    assert seen[0] == seen[1]


def test_codes_run_out_die_at_the_fifth_try_and_are_not_sent_without_end(
    app: Flask, visitor: FlaskClient, post: MailServer, session: Session
) -> None:
    for typed in (
        {"firm": FIRM, "code": "91150699RU5KH6E957"},
        {"firm": "", "code": CODE},
        {"firm": FIRM, "code": "1"},
    ):
        assert visitor.post("/join", data=typed).status_code == 422
    asked(visitor)
    right = mailed(post)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        assert visitor.post("/join/code", data={"code": wrong}).status_code == 422
    assert visitor.post("/join/code", data={"code": right}).location == "/join/mail", "the code is dead"
    visitor.post("/join/mail", data={"mail": MAIL})
    other = visitor.application.test_client()
    assert other.post("/join/code", data={"code": mailed(post)}).location == "/join/mail", "of this browser alone"
    later(app, timedelta(minutes=16))
    assert visitor.post("/join/code", data={"code": mailed(post)}).location == "/join/mail", "it has run out"
    for _ in range(3):
        assert visitor.post("/join/mail", data={"mail": MAIL}).status_code == 302
    sent = len(post.taken)
    answer = visitor.post("/join/mail", data={"mail": MAIL})
    assert (answer.status_code, len(post.taken)) == (429, sent), "the sixth within the hour is not sent"
    assert MAIL in answer.text, "what was typed is still there"
    later(app, timedelta(hours=2))
    assert visitor.post("/join/mail", data={"mail": MAIL}).status_code == 302
    post.refuses[MAIL] = "550 no such box"
    later(app, timedelta(hours=4))
    failed = visitor.post("/join/mail", data={"mail": MAIL})
    assert failed.status_code == 503
    assert "did not go out" in failed.text
    assert session.scalars(select(Application)).all() == []
    assert session.scalars(select(User)).all() == []


def test_where_no_mail_can_be_sent_the_page_says_how_to_come_in(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    page = client.get("/join/mail").text
    assert "sends no mail at present" in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]


def test_the_demo_alone_shows_the_code_that_it_does_not_mail(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    assert client.post("/join/mail", data={"mail": MAIL}).status_code == 409
    assert client.get("/join/code").location == "/join/mail", "without mail no code is made outside the demo"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mode="demo")
    asked(client)
    shown = re.search(r"The demo sends no mail. It would have said: (\d{6})", client.get("/join/code").text)
    assert shown
    assert client.post("/join/code", data={"code": shown[1]}).location == "/join/application"
