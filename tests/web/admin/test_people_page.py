"""People: let in, given a new link, ended. A firm's by the head of the office; an official's by two."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.factors import PASSKEY, Factor
from registry.identity import identity_of
from registry.people import Membership, SignInLink, User, find_person
from registry.tries import WITH_A_NAME, count_try
from tests.builders import Place
from tests.conftest import NOW
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


def confirm(chief: FlaskClient, place: Place, who: str = "office") -> TestResponse:
    """What was proposed last is confirmed by a second person."""
    second = sign_in(chief.application.test_client(), place, who)
    second.set_cookie("language", "en")
    found = re.findall(r'data-proposal="(\d+)"', second.get("/people/proposals").text)
    return second.post(f"/people/proposals/{found[-1]}/confirm")


def code_in(answer: TestResponse) -> str:
    found = re.search(r'class="hash whole">([a-z0-9]{4}-[a-z0-9]{4})<', answer.text)
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
    answer = add(chief, role=["filer"], enterprise=place.firm.code)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = link_in(answer)
    for address in ("/people", f"/people/{find_person(session, 'bai').id}"):  # type: ignore[union-attr]
        assert token not in chief.get(address).text
    stranger = chief.application.test_client()
    assert stranger.post(f"/sign-in/{token}", data={"password": GOOD, "again": GOOD}).status_code == 302
    assert stranger.get("/records").status_code == 200


def test_an_official_comes_in_by_two_with_half_a_link_from_each(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    proposed = add(chief)
    assert proposed.headers["Cache-Control"] == "no-store"
    assert "/sign-in/" not in proposed.text
    bai = find_person(session, "bai")
    assert bai
    assert not identity_of(session, bai).roles
    assert "Waits for a second person" in chief.get("/people").text
    code, shown = code_in(proposed), confirm(chief, place)
    assert code not in shown.text
    token, chosen = link_in(shown), {"password": GOOD, "again": GOOD}
    assert {role.name for role in identity_of(session, bai).roles} == {"officer"}
    stranger = chief.application.test_client()
    stranger.set_cookie("language", "en")
    assert 'name="code"' in stranger.get(f"/sign-in/{token}").text
    for wrong in ("", "aaaa-bbbb"):
        refused = stranger.post(f"/sign-in/{token}", data={**chosen, "code": wrong})
        assert refused.status_code == 422
        assert "not the code that goes with the link" in refused.text
    assert stranger.post(f"/sign-in/{token}", data={**chosen, "code": f" {code.upper()} "}).status_code == 302
    assert stranger.get("/desk").status_code == 200


def test_the_other_half_of_a_link_is_not_guessed(chief: FlaskClient, place: Place) -> None:
    add(chief)
    token, chosen = link_in(confirm(chief, place)), {"password": GOOD, "again": GOOD, "code": "aaaa-bbbb"}
    tries = [chief.application.test_client().post(f"/sign-in/{token}", data=chosen).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]


def test_the_second_person_refuses_or_the_first_takes_it_back(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    add(chief)
    found = re.search(r'data-proposal="(\d+)"', chief.get("/people/proposals").text)
    assert found
    assert chief.post(f"/people/proposals/{found[1]}/confirm").status_code == 409
    assert chief.post(f"/people/proposals/{found[1]}/refuse").status_code == 302
    assert find_person(session, "bai") is None
    assert add(chief).status_code == 200, "the user name is free again"


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
    confirm(chief, place)
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
        ({"name": ""}, "name", "Enter the person"),
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
    first = link_in(add(chief, role=["filer"], enterprise=place.firm.code))
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
    code, shown = code_in(chief.post(f"/people/{user.id}/link")), confirm(chief, place)
    assert "This platform sends no mail yet. So the link is shown to you, and only now." in shown.text
    theirs, chosen = chief.application.test_client(), {"password": GOOD, "again": GOOD, "code": code}
    assert theirs.post(f"/sign-in/{link_in(shown)}", data=chosen).status_code == 302
    theirs.set_cookie("language", "en")
    auditor = sign_in(chief.application.test_client(), place, "auditor")
    auditor.set_cookie("language", "en")
    pages = [theirs.get("/account"), chief.get(f"/people/{user.id}"), auditor.get("/audit/readers?person=reviewer")]
    for page in pages:
        said = re.findall(r"<li class=\"row\"><span>(.*?)</span>", page.text)
        assert said == ["reviewer人 chose a password with the link",
                        "office人 was shown the link, since no mail could bring it",
                        "office人 made a sign-in link"]  # fmt: skip
    assert "office人" in auditor.get("/audit").text.partition("What was done to accounts last")[2]
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
        add(chief, email="bai@example.cn")
        answer = confirm(chief, place)
        assert "The sign-in link is on its way to bai@example.cn" in answer.text
        assert "/sign-in/" not in answer.text
        assert "/sign-in/" in str(post.taken[-1].get_content())
        bai = find_person(session, "bai")
        assert bai
        assert "was shown the link" not in chief.get(f"/people/{bai.id}").text
        add(chief, username="hei")
        without = confirm(chief, place)
        assert "No mail address of 白云 is known." in without.text
        assert link_in(without)


def test_an_officials_link_that_no_mail_server_takes_is_shown_to_nobody(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    settings = chief.application.config["SETTINGS"]
    with running(MailServer(refuses={"bai@example.cn": "550 no"})) as post:
        chief.application.config["SETTINGS"] = replace(settings, smtp_url=post.url)
        add(chief, email="bai@example.cn")
        answer = confirm(chief, place)
    assert "/sign-in/" not in answer.text
    assert session.scalars(select(SignInLink)).all() == []


def test_an_ended_account_is_out_at_once_and_gets_no_link(chief: FlaskClient, place: Place, session: Session) -> None:
    user = place.people["reviewer"]
    theirs = sign_in(chief.application.test_client(), place, "reviewer")
    assert theirs.get("/desk").status_code == 200
    assert "The account does not come back." in chief.get(f"/people/{user.id}/end").text
    assert chief.post(f"/people/{user.id}/end").status_code == 302
    assert theirs.get("/desk").status_code == 302
    answer = chief.post(f"/people/{user.id}/link")
    assert answer.status_code == 409
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


def test_the_head_of_a_bureau_proposes_for_its_people_and_no_others(client: FlaskClient, place: Place) -> None:
    head = sign_in(client, place, "approver")
    own, other = place.people["reviewer"], place.people["reviewer2"]
    assert own.name in head.get("/people").text
    assert other.name not in head.get("/people").text
    for address in (f"/people/{other.id}", "/people/new", f"/people/{own.id}/end"):
        assert head.get(address).status_code == 404
    assert head.post(f"/people/{other.id}/link").status_code == 404
    head.post(f"/people/{own.id}/link")
    assert (
        'data-proposal="'
        not in sign_in(client.application.test_client(), place, "office").get("/people/proposals").text
    )
    assert link_in(confirm(head, place, "chief"))


def test_the_second_step_and_a_wait_end_by_two(chief: FlaskClient, place: Place, session: Session) -> None:
    user = place.people["reviewer"]
    session.add(Factor(user_id=user.id, sort="totp", secret="x", added_at=NOW))
    session.commit()
    theirs = sign_in(chief.application.test_client(), place, "reviewer")
    for _ in range(5):
        theirs.post("/sign-in", data={"username": "reviewer", "password": "wrong one here"})
    page = chief.get(f"/people/{user.id}").text
    assert "Propose to reset the second step" in page
    assert "Propose to end the wait" in page
    chief.post(f"/people/{user.id}/unwait")
    assert confirm(chief, place).status_code == 302
    assert "Propose to end the wait" not in chief.get(f"/people/{user.id}").text
    chief.post(f"/people/{user.id}/reset")
    assert theirs.get("/desk").status_code == 200, "nothing is changed by one"
    assert confirm(chief, place).status_code == 302
    assert theirs.get("/desk").status_code == 302, "signed out everywhere"
    assert "Propose to reset the second step" not in chief.get(f"/people/{user.id}").text


def row_of(page: str, username: str) -> str:
    return next(row for row in page.split("<tr>") if f'class="code">{username}<' in row)


def test_the_list_says_who_signed_in_when_with_what_and_what_keeps_one_out(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    add(chief)
    holder = find_person(session, "approver")
    assert holder
    session.add(Factor(user_id=holder.id, sort=PASSKEY, secret="x", added_at=NOW))
    for _ in range(WITH_A_NAME.free):
        count_try(session, "office", NOW)
    session.commit()
    sign_in(chief.application.test_client(), place, "approver")
    page = chief.get("/people").text
    assert "Passkey" in row_of(page, "approver")
    assert 'data-l="Last sign-in"><span>' in row_of(page, "approver")
    assert 'data-l="Last sign-in"></td>' in row_of(page, "office"), "never"
    assert "Has to wait" in row_of(page, "office")
    assert "Waits for a second person" in row_of(page, "bai")
    assert "bai" not in chief.get("/people?state=in-use").text
    assert 'class="code">bai<' in chief.get("/people?state=proposed").text
    assert 'class="code">approver<' not in chief.get("/people?state=quiet").text


def test_the_list_can_be_narrowed_to_one_body(chief: FlaskClient, place: Place) -> None:
    text = chief.get(f"/people?body={place.other_bureau.id}").text
    assert 'class="code">reviewer2<' in text
    assert 'class="code">reviewer<' not in text
    assert re.search(rf'href="/people\?state=[a-z-]+&amp;body={place.other_bureau.id}"', text), "both narrow at once"
    assert 'class="code">reviewer<' not in chief.get("/people?body=firms").text
    assert 'class="code">reviewer<' in chief.get("/people?body=nothing").text


def test_firms_are_folded_until_somebody_is_looked_for(chief: FlaskClient, place: Place) -> None:
    assert '<details class="card of-firms">' in chief.get("/people").text
    assert '<details class="card of-firms" open>' in chief.get(f"/people?q={place.firm.name}").text


def test_the_head_of_the_office_signs_a_person_out_and_the_person_reads_by_whom(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    there, elsewhere = (sign_in(chief.application.test_client(), place, "approver") for _ in range(2))
    person = find_person(session, "approver")
    assert person
    at = f"/people/{person.id}"
    first = re.findall(r"/sessions/(\d+)/end", chief.get(at).text)[-1]
    assert chief.post(f"{at}/sessions/{first}/end").status_code == 302
    assert chief.post(f"{at}/sessions/{first}/end").status_code == 404, "it has ended"
    assert there.get("/desk").status_code == 302
    assert elsewhere.get("/desk").status_code == 200
    assert chief.post(f"{at}/sessions/end").status_code == 302
    assert elsewhere.get("/desk").status_code == 302
    assert "Nowhere at the moment" in chief.get(at).text
    back = sign_in(chief.application.test_client(), place, "approver")
    back.set_cookie("language", "en")
    assert re.search(r"signed the person out.*by chief", back.get("/account/sessions").text)


def test_where_another_is_signed_in_is_for_the_head_of_the_office_alone(client: FlaskClient, place: Place) -> None:
    client.set_cookie("language", "en")
    sign_in(client, place, "approver")
    page = client.get("/people").text
    own = re.findall(r'href="(/people/\d+)"', page)
    assert own
    assert all("signed in</h2>" not in client.get(at).text for at in own)


def test_only_the_head_of_the_office_keeps_people(client: FlaskClient, place: Place) -> None:
    target = place.people["reviewer2"].id
    for name in ("office", "auditor", "reviewer", "enterprise"):
        signed = sign_in(client, place, name)
        for address in ("/people", "/people/new", f"/people/{target}", f"/people/{target}/end"):
            assert signed.get(address).status_code == 404, (name, address)
        for address in ("/people/new", f"/people/{target}/link", f"/people/{target}/end"):
            assert signed.post(address, data={}).status_code == 404, (name, address)


def test_a_person_that_is_not_there_is_not_found(chief: FlaskClient) -> None:
    assert chief.get("/people/9999").status_code == 404
    assert chief.post("/people/9999/link").status_code == 404
