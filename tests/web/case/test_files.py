"""Files and papers through the scope: who may open them, and as what they are sent."""

import io
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.evidence import Store, name_to_serve
from cases.model.tables import Attachment, Case
from notifications.papers import Paper
from tests.builders import Place, day
from tests.web.signing import sign_in
from tests.web.walking import WALK, walk

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture
def case(app: Flask, place: Place) -> Case:
    """A case with one file."""
    store: Store = app.extensions["store"]
    return place.file(now=day(2026, 11, 19), files=(store.keep("../决定书\r\n.pdf", PDF, "application/pdf"),))


def file_id(session: Session) -> int:
    return session.scalars(select(Attachment.id)).one()


def test_a_file_is_sent_as_what_it_is_and_under_a_harmless_name(
    client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    answer = sign_in(client, place, "enterprise").get(f"/files/{file_id(session)}")
    assert answer.status_code == 200
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert ".." not in answer.headers["Content-Disposition"]
    assert "\n" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "media_type", "served"),
    [
        ("a.pdf", "application/pdf", "a.pdf"),
        ("a.pdf.exe", "application/pdf", "a_pdf.pdf"),
        ("决定书.2026.html", "image/jpeg", "决定书_2026.jpg"),
        ("a", "image/png", "a.png"),
        (".png", "image/png", "_png.png"),
    ],
)
def test_a_name_is_given_out_with_one_ending_that_fits(name: str, media_type: str, served: str) -> None:
    assert name_to_serve(name, media_type) == served


@pytest.mark.parametrize(
    ("who", "status"),
    [("enterprise", 200), ("office", 200), ("auditor", 200), ("enterprise2", 404), ("reviewer", 404),
     ("reviewer2", 404)],
)  # fmt: skip
def test_a_file_is_there_for_who_may_read_the_case(
    client: FlaskClient, place: Place, case: Case, session: Session, who: str, status: int
) -> None:
    assert sign_in(client, place, who).get(f"/files/{file_id(session)}").status_code == status


def test_nobody_reads_a_file_without_signing_in(
    client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    assert client.get(f"/files/{file_id(session)}").status_code == 302
    assert sign_in(client, place, "office").get("/files/999999").status_code == 404


def test_a_bureau_that_lost_the_case_does_not_read_what_came_later(
    app: Flask, client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    place.act(case, "office", "accept", day(2026, 11, 19, 11))
    place.act(case, "office", "refer", day(2026, 11, 19, 12), question="请核对。")
    place.act(case, "reviewer", "return", day(2026, 11, 20), reasons="不是本局。")
    place.act(case, "chief", "assign", day(2026, 11, 20, 11), bureau=place.other_bureau.id, reasons="该局。")
    store: Store = app.extensions["store"]
    late = store.keep("后来.pdf", PDF + b"%", "application/pdf")
    place.act(case, "enterprise", "add", day(2026, 11, 23), words="后来的", files=(late,))
    ids = session.scalars(select(Attachment.id).order_by(Attachment.id)).all()
    sign_in(client, place, "reviewer")
    assert [client.get(f"/files/{id}").status_code for id in ids] == [200, 404]
    sign_in(client, place, "reviewer2")
    assert [client.get(f"/files/{id}").status_code for id in ids] == [200, 200]


def test_each_paper_of_a_case_opens_for_whom_it_is(client: FlaskClient, place: Place, session: Session) -> None:
    walk(place, *WALK)
    papers = {paper.form: paper.id for paper in session.scalars(select(Paper))}
    assert {"receipt", "acceptance", "referral", "answer"} <= set(papers)
    for language in ("zh", "en"):
        client.set_cookie("language", language)
        sign_in(client, place, "enterprise")
        opened = {form: client.get(f"/papers/{id}").status_code for form, id in papers.items()}
        bureaus = ("referral", "confirmation_request")
        assert opened == {form: 404 if form in bureaus else 200 for form in papers}
    sign_in(client, place, "enterprise2")
    assert {client.get(f"/papers/{id}").status_code for id in papers.values()} == {404}
    sign_in(client, place, "auditor")
    assert {client.get(f"/papers/{id}").status_code for id in papers.values()} == {200}


def archived(client: FlaskClient, place: Place, who: str, case: Case) -> dict[str, bytes]:
    answer = sign_in(client, place, who).get(f"/cases/{case.number}/papers.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_holds_each_paper_that_its_reader_may_open_and_no_other(
    app: Flask, client: FlaskClient, place: Place, case: Case
) -> None:
    place.act(case, "office", "accept", day(2026, 11, 20, 11))
    place.act(case, "office", "refer", day(2026, 11, 23, 12), question="请核对。")
    receipt, acceptance, referral = place.session.scalars(select(Paper).order_by(Paper.id))
    mine = archived(client, place, "enterprise", case)
    assert list(mine) == [f"2026-11-19 {receipt.number}.pdf", f"2026-11-20 {acceptance.number}.pdf"]
    assert all(content.startswith(b"%PDF") for content in mine.values())
    assert list(archived(app.test_client(), place, "office", case))[2:] == [f"2026-11-23 {referral.number}.pdf"]
    assert client.get("/cases/2026-YY-999999/papers.zip").status_code == 404


def test_the_files_of_a_case_are_read_one_after_the_other_where_the_case_is_read(
    app: Flask, client: FlaskClient, place: Place, session: Session
) -> None:
    store: Store = app.extensions["store"]
    picture = store.keep("现场.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "image/png")
    case = place.file(now=day(2026, 11, 19), files=(store.keep("决定书.pdf", PDF, "application/pdf"), picture))
    first, second = session.scalars(select(Attachment.id).order_by(Attachment.id)).all()
    client.set_cookie("language", "en")
    reader, address = sign_in(client, place, "office"), f"/cases/{case.number}"
    assert 'id="file"' not in reader.get(address).text
    shown = reader.get(f"{address}?file=1").text
    assert f'data-paper="/files/{first}"' in shown, "a PDF stands in the viewer of the browser, where it has one"
    assert f'rel="next" href="{address}?file=2#file"' in shown
    assert 'rel="prev"' not in shown
    shown = reader.get(f"{address}?file=2").text
    assert f'<img src="/files/{second}"' in shown
    assert f'rel="prev" href="{address}?file=1#file"' in shown
    assert f'href="/files/{second}"' in shown, "without script the file is a link"
    for none in ("3", "0", "x", "99999999999"):
        assert 'id="file"' not in reader.get(f"{address}?file={none}").text
