"""What an attacker would try against the pages, each mended once and kept from coming back."""

import io
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from application import create_app
from cases.model.tables import Attachment, Case, Event, EventText
from commands.connections import make_server
from notifications.channels import Refused
from notifications.deliver import as_mail
from notifications.letters import Letter
from registry.people import User
from tests.builders import Place, _record
from tests.cases.ledger.ledgers import owner
from tests.conftest import NOW, make_settings
from tests.web.signing import sign_in
from tests.web.stage import PDF
from tests.web.walking import STEPS, walk

pytestmark = pytest.mark.both_databases

HUGE = ("2147483648", "9223372036854775808", "9" * 400, "9" * 5000)
YEAR = """name = "cn"
known_from = 2027-01-01
known_until = {until}
weekend = [6, 7]
off = []
work = []
source = "invented"
"""


@pytest.mark.parametrize(
    "address",
    ["/records/{}", "/records/{}/objection", "/inbox/{}", "/files/{}", "/papers/{}", "/people/{}", "/organisations/{}"],
)
def test_an_id_that_no_database_keeps_leads_nowhere(client: FlaskClient, place: Place, address: str) -> None:
    for who in ("chief", "enterprise"):
        sign_in(client, place, who)
        for number in HUGE:
            assert client.get(address.format(number)).status_code == 404


@pytest.mark.parametrize("address", ["/desk?page={}", "/cases?page={}", "/records?page={}", "/inbox?before={}"])
def test_a_page_beyond_every_number_is_a_page(client: FlaskClient, place: Place, address: str) -> None:
    sign_in(client, place, "office")
    for number in (*HUGE, "-1", "²", ""):
        assert client.get(address.format(number)).status_code == 200


@pytest.mark.parametrize("address", ["/search?q=%E7%8E%AF%00%E7%BD%9A", "/records?q=%00", "/search?%00q=ab"])
def test_a_nul_in_an_address_is_left_out(client: FlaskClient, place: Place, address: str) -> None:
    sign_in(client, place, "office")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/search", "/records", "/file/complaint"])
@pytest.mark.parametrize(
    "text", [" ".join(map(str, range(1500))), "2 " * 1500, "%" * 60_000], ids=["words", "one", "%"]
)
def test_a_text_that_nobody_types_is_not_looked_for(
    client: FlaskClient, place: Place, address: str, text: str
) -> None:  # fmt: skip
    """A thousand words were seconds of the database's time, or more than it takes; so was one word without end."""
    sign_in(client, place, "office")
    for shown in ("", "suggestions"):
        answer = client.get(address, query_string={"q": text, "firm": text, "as": shown})
        assert answer.status_code == 200
        assert "data-case" not in answer.text


@pytest.mark.parametrize("as_file", [False, True], ids=["fields alone", "with a file"])
def test_a_nul_in_any_form_is_left_out(client: FlaskClient, place: Place, as_file: bool) -> None:
    sign_in(client, place, "enterprise")
    claim = {"claims-fine-wrong": "y\0", "claims-fine-value": "0.8\0"}
    form: dict[str, object] = {"ground": "wrong\0", "draft": "\0", **claim}
    if as_file:
        form["files"] = (io.BytesIO(PDF), "凭\0证.pdf")
    begun = client.post(f"/records/{place.record.id}/objection", data=form)
    assert begun.status_code == 302
    assert "/objection/evidence" in begun.location


def test_marks_of_direction_and_control_characters_are_left_out(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_in(client, place, "chief")
    person = {"username": "new\u202eone", "name": "张\u2066三\x1b\u200f", "role": "officer", "language": "zh"}
    assert client.post("/people/new", data=person).status_code == 200
    assert session.scalars(select(User.name).where(User.username == "newone")).one() == "张三"


@pytest.mark.parametrize("field", ["username", "name"])
def test_letters_of_two_alphabets_that_look_alike_are_refused_in_a_name(
    client: FlaskClient, place: Place, field: str
) -> None:
    sign_in(client, place, "chief")
    person = {"username": "newone", "name": "Zhang 张", "role": "officer", "language": "zh", field: "ch\u0456ef"}
    answer = client.post("/people/new", data=person)
    assert answer.status_code == 422
    assert "混用了外形相近的不同字母" in answer.text


def test_a_part_of_a_form_without_a_name_is_left_out(client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "enterprise")
    field = "Content-Disposition: form-data"
    heads = (field, f'{field}; filename="a.pdf"', "X: y", f'{field}; name="a\nb"')
    body = "".join(f"--cut\r\n{head}\r\n\r\nx\r\n" for head in heads) + "--cut--\r\n"
    answer = client.post("/feed", data=body.encode(), content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 200


def test_a_nul_in_a_new_persons_name_does_no_harm(client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "chief")
    person = {"username": "new\0one", "name": "新\0来的", "role": "officer", "language": "zh", "email": "a@b.cn\0"}
    assert client.post("/people/new", data=person).status_code == 200
    assert client.post("/people/new", data={**person, "username": "\0", "bureau": HUGE[3]}).status_code == 422
    assert client.post("/people/new", data={**person, "role": "reviewer", "bureau": HUGE[1]}).status_code == 422


@pytest.mark.parametrize("email", ["@", "no address", "a@b.cn, c@d.cn", "a@b.cn\r\nBcc: c@d.cn"])
def test_a_person_is_not_admitted_with_an_address_that_is_none(client: FlaskClient, place: Place, email: str) -> None:
    sign_in(client, place, "chief")
    person = {"username": "newone", "name": "新来的", "role": "officer", "language": "zh", "email": email}
    assert client.post("/people/new", data=person).status_code == 422


def test_a_person_is_not_admitted_to_a_bureau_that_has_a_successor(
    client: FlaskClient, place: Place, session: Session
) -> None:
    place.bureau.successor_id = place.other_bureau.id
    session.commit()
    sign_in(client, place, "chief")
    person = {"username": "newone", "name": "新来的", "role": "reviewer", "language": "zh"}
    assert client.post("/people/new", data={**person, "bureau": str(place.bureau.id)}).status_code == 422
    assert client.post("/people/new", data={**person, "bureau": str(place.other_bureau.id)}).status_code == 200


@pytest.mark.parametrize(
    "address", ["@", " ,", "a @[\x7f\x7f;(", "<a@b.cn>", "a@b.cn\r\nBcc: c@d.cn", "a@b.cn, c@d.cn"]
)
def test_an_address_that_is_none_stops_its_own_letter_alone(address: str) -> None:
    """Anything else that is raised would end the round, and keep every later letter from going out."""
    with pytest.raises(Refused):
        as_mail(
            Letter(id=1, mail=address, written_at=NOW, language="en", texts={"en": {"subject": "S", "body": "B"}}),
            "office@banner.example",
        )


def test_a_version_without_end_is_no_version(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    sign_in(client, place, "enterprise")
    for shown in (*HUGE, "²", "-1"):
        answer = client.post(f"/cases/{case.number}/add", data={"words": "补充。", "shown": shown})
        assert answer.status_code in (302, 409)


@pytest.mark.parametrize("deadline", ["{0}", "{x.__class__}", "{% raise %}"])
def test_what_was_typed_for_a_deadline_is_no_message_to_fill_in(
    client: FlaskClient, place: Place, deadline: str
) -> None:
    """The page of a conflict says what was written; of a name that the kind does not have it made a message."""
    case = walk(place, "accept")
    sign_in(client, place, "chief")
    answer = client.post(
        f"/cases/{case.number}/supervise", data={"words": "请办。", "shown": "1", "deadline": deadline}
    )
    assert answer.status_code in (409, 422)


def test_a_version_beyond_the_case_is_not_the_one_that_was_shown(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    sign_in(client, place, "reviewer")
    answer = client.post("/bulk", data={"act": "take", "case": f"{case.number} {case.length + 9}"})
    assert answer.status_code == 409
    assert place.case(case.number).holder_id is None


def test_a_line_break_in_a_case_number_is_no_header(client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "auditor")
    for number in ("x\r\nSet-Cookie: a=b", "//elsewhere.example", "\\\\elsewhere.example"):
        answer = client.get("/audit", query_string={"number": number})
        assert answer.status_code == 302
        assert answer.location.startswith("/audit/")
        assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("end", ["2099-12-31", "2030-01-01"])
def test_a_pause_of_a_lifetime_is_not_written_out_for_everybody(client: FlaskClient, end: str) -> None:
    answer = client.get(f"/calendar/due?start=2018-01-01&n=1000&pause_from=2018-01-02&pause_to={end}")
    assert answer.status_code == 422
    assert len(answer.text) < 100_000


def test_an_address_with_a_thousand_pauses_counts_those_that_the_form_shows(client: FlaskClient) -> None:
    pauses = "&pause_from=2018-02-01&pause_to=2022-01-31" * 3 + "&pause_from=2022-02-01&pause_to=2026-01-31" * 1000
    few = client.get("/calendar/due?start=2018-01-01&n=1000&pause_from=2018-02-01&pause_to=2022-01-31")
    many = client.get("/calendar/due?start=2018-01-01&n=1000" + pauses)
    assert many.status_code == 200
    assert len(many.text) < len(few.text) + 3 * len(pauses)


@pytest.mark.parametrize(
    "text",
    [
        YEAR.format(until="9999-12-31"),
        YEAR.format(until="2027-12-31") + "a = " + "[" * 5000 + "]" * 5000,
        YEAR.format(until="2027-12-31").replace("[6, 7]", f"[{'9' * 5000}]"),
        YEAR.format(until="2027-12-31").replace("off = []", f"off = [{'2027-01-02, ' * 6_000}]"),
    ],
    ids=["until the last day of all", "brackets without end", "a number without end", "too large"],
)
def test_a_calendar_that_would_break_every_page_is_refused(client: FlaskClient, place: Place, text: str) -> None:
    sign_in(client, place, "chief")
    answer = client.post("/calendar/load", data={"text": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert client.get("/").status_code == 200


def test_a_firm_reads_no_file_of_a_finding_that_nobody_decided_on(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = walk(place, "accept")
    sign_in(client, place, "office")
    found = {f"findings-{field}-finding": "as_claimed" for field in ("fine", "decided_on")}
    form = {**found, "shown": str(case.length), "reasons": "录入有误。", "files": (io.BytesIO(PDF), "本办数据.pdf")}
    answer = client.post(f"/cases/{case.number}/correct_own", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    file = session.scalars(select(Attachment.id).where(Attachment.case_id == case.id)).one()
    assert client.get(f"/files/{file}").status_code == 200
    sign_in(client, place, "enterprise")
    assert client.get(f"/files/{file}").status_code == 404
    assert "本办数据.pdf" not in client.get(f"/cases/{case.number}").text


@pytest.mark.parametrize("address", ["/cases?show=all", "/search?q=2026"])
def test_a_bureau_that_lost_a_case_does_not_read_in_a_list_where_it_stands_now(
    client: FlaskClient, place: Place, address: str
) -> None:
    case = walk(place, "accept", "refer", "return", hours=20)
    place.act(case, "chief", "assign", NOW, bureau=place.other_bureau.id, reasons="由该局核查。")
    client.set_cookie("language", "en")
    for who, reads in (("reviewer2", True), ("office", True), ("reviewer", False)):
        sign_in(client, place, who)
        row = client.get(address).text.partition(f'data-case="{case.number}"')[2].partition("</tr>")[0]
        assert row
        assert ("With the bureau" in row) is reads
        assert ("<time" in row.partition('data-l="Due"')[2]) is reads
        assert ("Another bureau has this case now" in row) is not reads


@pytest.mark.parametrize("forged", ["its case", "its proposer"])
def test_one_damaged_case_takes_the_queue_from_nobody(
    client: FlaskClient, place: Place, session: Session, forged: str
) -> None:
    """Words that claim to be another case's, or an act by nobody: the queue reads all its cases together."""
    case, other = (
        walk(place, "accept", "refer", "propose", hours=20),
        place.file(NOW, place.other_record, "enterprise2"),
    )
    if forged == "its case":
        words = EventText.case_id == other.id
        session.execute(update(EventText).where(words).values(case_id=case.id))
    else:
        with owner(session) as database:
            database.execute(update(Event).where(Event.action == "propose").values(actor="user:999999"))
    session.commit()
    sign_in(client, place, "approver")
    assert case.number in client.get("/approvals").text
    assert client.get(f"/cases/{case.number}").status_code == 200


def test_a_bureau_that_lost_a_case_does_not_learn_on_its_desk_when_it_is_due(
    client: FlaskClient, place: Place, session: Session
) -> None:
    """A case that has left the list opens the row that came after it: of a lost one that would tell its day."""
    case = walk(place, "accept", "refer", "return", hours=20)
    place.act(case, "chief", "assign", NOW, bureau=place.other_bureau.id, reasons="由该局核查。")
    due = place.case(case.number).due_on
    assert due
    others = [_at_the_bureau(place, session, number) for number in (1, 2)]
    for other, days in zip(others, (-1, 1), strict=True):
        session.execute(update(Case).where(Case.number == other).values(due_on=due + timedelta(days=days)))
    session.commit()
    sign_in(client, place, "reviewer")
    assert f'data-of="{others[0]}"' in client.get(f"/desk?case={case.number}").text, "the first of all"


def _at_the_bureau(place: Place, session: Session, number: int) -> str:
    record = _record(place.firm, place.bureau, f"鄂托市监罚〔2026〕{number}号")
    session.add(record)
    session.commit()
    case = place.file(NOW, record=record)
    for who, act, answers in (STEPS["accept"], STEPS["refer"]):
        place.act(case, who, act, NOW, **answers)
    return case.number


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The demo behind its own server, on a port of its own."""
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite'}", "demo")
    app: Flask = create_app(settings)
    server = make_server(app, settings)
    thread = Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    thread.join(timeout=10)


def _run(server: Any) -> None:
    with suppress(OSError):  # closed under it when the test is over
        server.run()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via"])
def test_the_served_demo_sees_that_a_proxy_stands_before_it(served: int, header: str) -> None:
    assert _status(served, "") == 404
    assert _status(served, f"{header}: 10.0.0.1\r\n") == 400


def _status(port: int, header: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(f"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}Connection: close\r\n\r\n".encode())
        return int(line.makefile("rb").readline().split()[1])
