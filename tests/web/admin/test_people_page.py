"""People: admitted with a link that is shown once, given a new one, ended; by the head of the office alone."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.identity import identity_of
from registry.people import Membership, SignInLink, User, find_person
from tests.builders import Place
from tests.notifications.mail_servers import MailServer, running
from tests.web.signing import sign_in

GOOD = "three grey horses"


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def add(client: FlaskClient, **values: object) -> TestResponse:
    data = {"username": "bai", "name": "白云", "role": ["officer"], "language": "zh", **values}
    return client.post("/people/new", data=data)


def link_in(answer: TestResponse) -> str:
    found = re.search(r"/sign-in/([\w-]{20,})", answer.text)
    assert found
    return found[1]


def test_everybody_stands_under_their_body_with_their_roles(chief: FlaskClient, place: Place) -> None:
    text = chief.get("/people").text
    assert place.bureau.name_en in text
    row = text[text.index("approver人") :]
    assert "Approver, Head of the bureau" in row[: row.index("</tr>")]
    firm = text[text.index("Firms") :]
    assert place.firm.name in firm


def test_a_person_is_added_and_signs_in_with_the_link_that_is_shown_once(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    answer = add(chief)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = link_in(answer)
    for address in ("/people", f"/people/{find_person(session, 'bai').id}"):  # type: ignore[union-attr]
        assert token not in chief.get(address).text
    stranger = chief.application.test_client()
    assert stranger.post(f"/sign-in/{token}", data={"password": GOOD, "again": GOOD}).status_code == 302
    assert stranger.get("/desk").status_code == 200


def test_the_first_person_of_a_firm_is_admitted_by_its_code_or_its_name(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    for username, firm in (("bai", place.firm.code.lower()), ("hei", place.other_firm.name)):
        assert add(chief, username=username, role=["filer"], enterprise=firm).status_code == 200
    bai, hei = find_person(session, "bai"), find_person(session, "hei")
    assert bai
    assert hei
    assert identity_of(session, bai).enterprise_ids == {place.firm.id}
    assert identity_of(session, hei).enterprise_ids == {place.other_firm.id}


def test_a_person_may_hold_several_roles_of_one_bureau(chief: FlaskClient, place: Place, session: Session) -> None:
    assert add(chief, role=["approver", "head"], bureau=str(place.bureau.id)).status_code == 200
    bai = find_person(session, "bai")
    assert bai
    held = session.scalars(select(Membership).where(Membership.user_id == bai.id)).all()
    assert {(row.role, row.bureau_id) for row in held} == {("approver", place.bureau.id), ("head", place.bureau.id)}


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"username": ""}, "username", "Choose a user name."),
        ({"username": "a b"}, "username", "without spaces"),
        ({"username": "reviewer2"}, "username", "Choose another"),
        ({"name": ""}, "name", "Write the person"),
        ({"role": []}, "role", "Name at least one role"),
        ({"role": ["king"]}, "role", "Name at least one role"),
        ({"role": ["officer", "reviewer"]}, "role", "All roles of a person belong to one desk"),
        ({"role": ["auditor", "officer"]}, "role", "An auditor only reads"),
        ({"role": ["reviewer"]}, "bureau", "Name the bureau"),
        ({"role": ["filer"]}, "enterprise", "Name the enterprise"),
        ({"role": ["filer"], "enterprise": "无此企业"}, "enterprise", "No firm here has this code or name."),
    ],
)
def test_whoever_cannot_be_added_is_not_and_what_was_typed_stays(
    chief: FlaskClient, session: Session, wrong: dict[str, object], field: str, sentence: str
) -> None:
    before = len(session.scalars(select(User)).all())
    answer = add(chief, email="bai@example.cn", **wrong)
    assert answer.status_code == 422
    assert f'<a href="#{field}' in answer.text
    assert sentence in answer.text
    assert 'value="bai@example.cn"' in answer.text
    assert len(session.scalars(select(User)).all()) == before


def test_a_bureau_that_is_none_is_refused(chief: FlaskClient) -> None:
    answer = add(chief, role=["reviewer"], bureau="999")
    assert answer.status_code == 422
    assert "Choose one of the bureaus in the list." in answer.text


def test_a_new_link_makes_the_earlier_one_useless(chief: FlaskClient, place: Place, session: Session) -> None:
    first = link_in(add(chief))
    bai = find_person(session, "bai")
    assert bai
    second = link_in(chief.post(f"/people/{bai.id}/link"))
    stranger = chief.application.test_client()
    assert stranger.get(f"/sign-in/{first}").status_code == 404
    assert stranger.get(f"/sign-in/{second}").status_code == 200


def test_who_made_and_saw_a_link_stays_for_the_person_and_for_the_auditor(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    user = place.people["reviewer"]
    shown = chief.post(f"/people/{user.id}/link")
    assert "This platform sends no mail yet. So the link is shown to you, and only now." in shown.text
    theirs = chief.application.test_client()
    assert theirs.post(f"/sign-in/{link_in(shown)}", data={"password": GOOD, "again": GOOD}).status_code == 302
    theirs.set_cookie("language", "en")
    auditor = sign_in(chief.application.test_client(), place, "auditor")
    auditor.set_cookie("language", "en")
    pages = [theirs.get("/account"), chief.get(f"/people/{user.id}"), auditor.get("/audit/readers?person=reviewer")]
    for page in pages:
        said = re.findall(r"<li class=\"row\"><span>(.*?)</span>", page.text)
        assert said == ["reviewer人 chose a password with the link",
                        "chief人 was shown the link, since no mail could bring it",
                        "chief人 made a sign-in link"]  # fmt: skip
    assert "chief人" in auditor.get("/audit").text.partition("What was done to accounts last")[2]
    for change in ("UPDATE account_act SET by_id = 1", "DELETE FROM account_act"):
        with pytest.raises(DBAPIError, match="an act on an account is never"):
            session.execute(text(change))
        session.rollback()


def test_where_mail_is_set_up_nobody_sees_the_link_of_another(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    settings = chief.application.config["SETTINGS"]
    with running(MailServer()) as post:
        chief.application.config["SETTINGS"] = replace(settings, smtp_url=post.url)
        answer = add(chief, email="bai@example.cn")
        assert "The sign-in link is on its way to bai@example.cn" in answer.text
        assert "/sign-in/" not in answer.text
        assert "/sign-in/" in str(post.taken[-1].get_content())
        bai = find_person(session, "bai")
        assert bai
        assert "was shown the link" not in chief.get(f"/people/{bai.id}").text
        without = add(chief, username="hei")
        assert "No mail address of 白云 is known." in without.text
        assert link_in(without)


def test_an_ended_account_is_out_at_once_and_gets_no_link(chief: FlaskClient, place: Place, session: Session) -> None:
    user = place.people["reviewer"]
    theirs = sign_in(chief.application.test_client(), place, "reviewer")
    assert theirs.get("/desk").status_code == 200
    assert "The account does not come back." in chief.get(f"/people/{user.id}/end").text
    assert chief.post(f"/people/{user.id}/end").status_code == 302
    assert theirs.get("/desk").status_code == 302
    assert chief.post(f"/people/{user.id}/link").status_code == 409
    assert session.scalars(select(SignInLink).where(SignInLink.user_id == user.id)).all() == []
    assert "Ended" in chief.get("/people").text
    assert chief.get(f"/people/{user.id}/end").status_code == 302


def test_nobody_ends_their_own_account(chief: FlaskClient, place: Place, session: Session) -> None:
    own = place.people["chief"].id
    assert "End this account" not in chief.get(f"/people/{own}").text
    answer = chief.post(f"/people/{own}/end")
    assert answer.status_code == 409
    assert "You cannot end your own account." in answer.text
    assert session.get_one(User, own).is_active


def test_only_the_head_of_the_office_keeps_people(client: FlaskClient, place: Place) -> None:
    target = place.people["reviewer2"].id
    for name in ("office", "auditor", "reviewer", "approver", "enterprise"):
        signed = sign_in(client, place, name)
        for address in ("/people", "/people/new", f"/people/{target}", f"/people/{target}/end"):
            assert signed.get(address).status_code == 404, (name, address)
        for address in ("/people/new", f"/people/{target}/link", f"/people/{target}/end"):
            assert signed.post(address, data={}).status_code == 404, (name, address)


def test_a_person_that_is_not_there_is_not_found(chief: FlaskClient) -> None:
    assert chief.get("/people/9999").status_code == 404
    assert chief.post("/people/9999/link").status_code == 404
