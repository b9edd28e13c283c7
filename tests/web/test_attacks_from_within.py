"""What somebody would try who has an account, or had one: each mended once and kept from coming back."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from notifications.letters import DIGEST, GIVEN_UP, PERSON, Letter
from registry.admission import NewAgent, end_agent, name_agent
from registry.identity import Authority, identity_of
from registry.people import Membership, User, find_person
from tests.builders import Place
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, running
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases

LETTER = StoredFile("a" * 64, "授权书.pdf", "application/pdf", 12)


@pytest.fixture
def place(place: Place) -> Place:
    managing = Membership.user_id == place.people["enterprise"].id
    place.session.execute(update(Membership).where(managing).values(manages=True))
    place.session.commit()
    return place


def an_agent(place: Place, session: Session) -> Authority:
    new = NewAgent("agent", "代理人", "", date(2026, 11, 1), date(2027, 1, 1))
    manager = identity_of(session, place.people["enterprise"], NOW.date())
    row, _link = name_agent(session, place.firm.id, new, LETTER, manager, NOW.date(), NOW, demo=True)
    place.people["agent"] = session.get_one(User, row.agent_id)
    session.commit()
    return row


def test_an_agent_whose_letter_has_ended_finds_nothing_of_the_firm_in_the_forms_begun(
    client: FlaskClient, place: Place, session: Session
) -> None:
    row = an_agent(place, session)
    sign_in(client, place, "agent")
    begun = client.post(f"/records/{place.record.id}/objection", data={"ground": "expired"})
    assert place.record.document_number in client.get("/records").text
    end_agent(session, row.id, identity_of(session, place.people["agent"], NOW.date()), NOW)
    session.commit()
    for address in ("/records", "/cases", "/inbox"):
        assert place.record.document_number not in client.get(address).text, address
    assert client.get(begun.location).status_code == 404


@pytest.mark.parametrize("address", ["/filters?view=for-{}", "/desk?view=for-{}"])
def test_a_filter_of_the_desk_tells_nobody_whose_a_number_is(client: FlaskClient, place: Place, address: str) -> None:
    sign_in(client, place, "reviewer")
    for name in ("enterprise2", "chief", "reviewer2"):
        answer = client.get(address.format(place.people[name].id))
        assert answer.status_code == 200
        assert place.people[name].name not in answer.text


def test_a_link_that_is_mailed_leads_to_the_site_whatever_the_request_calls_its_host(
    client: FlaskClient, place: Place
) -> None:
    """Else whoever asks for somebody's link decides where that person types a new password."""
    sign_in(client, place, "enterprise")
    with running(MailServer()) as post:
        here = client.application.config["SETTINGS"]
        client.application.config["SETTINGS"] = replace(
            here, smtp_url=post.url, site_url="https://credit.banner.example"
        )
        person = {"name": "新同事", "username": "colleague", "email": "colleague@firm.example"}
        kept = client.get_cookie("session")
        assert kept
        elsewhere = {"Host": "elsewhere.example", "Cookie": f"session={kept.value}"}
        browser = client.application.test_client(use_cookies=False)
        assert browser.post("/firm/people/new", data=person, headers=elsewhere).status_code == 200
        mail = str(post.taken[-1].get_content())
    assert "https://credit.banner.example/sign-in/" in mail
    assert "elsewhere.example" not in mail


def test_who_lets_people_in_fills_nobodys_mailbox_and_writes_no_lines_of_their_own(
    client: FlaskClient, place: Place, session: Session
) -> None:
    """The sixth link within the hour goes to nobody, and makes no account; to another address one goes."""
    sign_in(client, place, "enterprise")
    with running(MailServer()) as post:
        here = client.application.config["SETTINGS"]
        client.application.config["SETTINGS"] = replace(here, smtp_url=post.url)

        def let_in(n: int, mail: str = "victim@elsewhere.example") -> int:
            person = {
                "name": "某人\r\n\r\n请登录 https://elsewhere.example",
                "username": f"colleague{n}",
                "email": mail,
            }
            return client.post("/firm/people/new", data=person).status_code

        assert [let_in(n) for n in range(6)] == [200] * 5 + [429]
        assert find_person(session, "colleague5") is None
        user = find_person(session, "colleague4")
        assert user
        assert client.post(f"/firm/people/{user.id}/link").status_code == 429
        assert len(post.taken) == 5
        assert not [line for line in str(post.taken[0].get_content()).splitlines() if line.startswith("请登录")]
        assert let_in(6, "other@firm.example") == 200


def test_a_workbook_that_unpacks_to_fill_the_memory_is_not_unpacked(client: FlaskClient, place: Place) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<si><t>a</t></si>" * 2_000_000)
    assert packed.tell() < 200_000
    client.set_cookie("language", "en")
    sheet = {"sheet": (io.BytesIO(packed.getvalue()), "records.xlsx")}
    answer = sign_in(client, place, "office").post("/records/import", data=sheet, content_type="multipart/form-data")
    assert "The workbook is too large" in answer.text


@pytest.mark.parametrize(("whose", "by_an_officer"), [("chief", False), ("auditor", False), ("officer2", True)])
def test_a_lost_digest_of_who_reads_more_is_sent_again_by_no_officer(
    client: FlaskClient, place: Place, session: Session, whose: str, by_an_officer: bool
) -> None:
    """It names complaints about officers, and an officer could have it sent to an address of their own."""
    digest = Letter(
        to_party=PERSON, to_id=place.people[whose].id, to_role="", mail="lost@lost.example", language="zh",
        name=DIGEST, case_number="", texts={"zh": {"subject": "今日待办一封", "body": "…"}}, written_at=NOW,
        served_at=NOW, mail_state=GIVEN_UP, failing_since=NOW, last_error="550",
    )  # fmt: skip
    session.add(digest)
    session.commit()
    for who, may in (("office", by_an_officer), ("chief", True)):
        sign_in(client, place, who)
        assert ("今日待办一封" in client.get("/inbox").text) is may
        answer = client.post(f"/inbox/{digest.id}/send-again", data={"mail": ""})
        assert answer.status_code == (302 if may else 404)
        digest.mail_state = GIVEN_UP
        session.commit()


@pytest.mark.parametrize(("address", "form"), [("/feed", {}), ("/cases/{}/withdraw/draft", {"reasons": "撤回。"})])
def test_what_one_person_keeps_from_two_windows_at_once_is_kept(
    client: FlaskClient, place: Place, session: Session, address: str, form: dict[str, str]
) -> None:
    """A draft that the page keeps by itself while its button is pressed; an address of the feed made twice."""
    number = place.file(NOW).number
    windows = [sign_in(client.application.test_client(), place, "enterprise") for _ in range(4)]
    session.commit()
    session.close()
    together = Barrier(len(windows))

    def send(window: FlaskClient) -> int:
        together.wait()
        return window.post(address.format(number), data=form).status_code

    with ThreadPoolExecutor(len(windows)) as pool:
        assert set(pool.map(send, windows)) <= {200, 302}
