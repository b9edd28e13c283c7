"""A complaint is kept from whom it is about (D16): address by address, nothing of it is there, not even its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.tables import Attachment, Case
from notifications.letters import GIVEN_UP, Letter
from notifications.papers import Paper
from tests.builders import Place, day
from tests.web.signing import sign_in

FACTS, SOUGHT, FILE = "窗口拖了三个月，先后跑了五趟。", "请责令当面说明。", "窗口回执照片.pdf"
ASKED = "请说明今年以来办理同类申请的时限。"
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
LISTS = (
    "/desk", "/desk?view=all-in-hand", "/desk?view=others", "/desk?view=taken", "/cases", "/cases?show=closed",
    "/cases?show=all", "/inbox", "/records", "/records?q=恒源", "/overdue", "/overdue?as=table", "/audit", "/rules",
    "/organisations", "/people", "/", "/search?as=suggestions&q=TS", "/search?as=suggestions&q=恒源",
)  # fmt: skip


@dataclass
class Kept:
    """A complaint about a bureau, the objection that it opened, and what must not be found."""

    place: Place
    complaint: Case
    objection: Case

    @property
    def secrets(self) -> tuple[str, ...]:
        who = self.place.people["enterprise"].name
        return (self.complaint.number, self.complaint.check_code, FACTS, SOUGHT, FILE, who)


@pytest.fixture
def kept(app: Flask, place: Place, session: Session) -> Kept:
    """About the bureau that supplied the record; the objection then goes to that very bureau."""
    file = app.extensions["store"].keep(FILE, PDF, "application/pdf")
    complaint = place.complain(day(2026, 11, 16), facts=FACTS, sought=SOUGHT, files=(file,))
    place.act(complaint, "office", "acknowledge", day(2026, 11, 17))
    place.act(complaint, "office", "route", day(2026, 11, 18), route="business_env")
    place.act(complaint, "office", "ask_body", day(2026, 11, 19), words=ASKED)
    place.act(complaint, "office", "open_objection", day(2026, 11, 19, 11), record=place.record.id, ground="wrong",
              claims={"fine": "0.80"}, words="金额与决定书不符。")  # fmt: skip
    objection = session.scalars(select(Case).where(Case.kind == "objection")).one()
    place.act(objection, "office", "refer", day(2026, 11, 20), question="请核对金额。")
    return Kept(place, place.case(complaint.number), place.case(objection.number))


def everywhere(kept: Kept, session: Session) -> list[str]:
    """Every address that could name the complaint, an answer or not: lists, searches, letters, papers, files, acts."""
    number, objection = kept.complaint.number, kept.objection.number
    searches = [f"/search?q={words}" for words in (number, number[-6:], "TS", "恒源", FACTS[:6], "91150699YALKAUR84L")]
    acts = [f"/cases/{one}/{name}" for one in (number, objection)
            for name in ("note", "propose", "return", "withdraw", "object", "receipt", "nothing", "deadlines/decide",
                         "deadlines/verify")]  # fmt: skip
    ids = [(name, id) for name, table in (("inbox", Letter), ("papers", Paper), ("files", Attachment))
           for id in session.scalars(select(table.id))]  # fmt: skip
    records = [f"/records/{kept.place.record.id}", f"/records/{kept.place.record.id}/objection"]
    found = [f"/{name}/{id}" for name, id in ids]
    return [*LISTS, *searches, f"/cases/{number}", f"/cases/{objection}", *acts, *found, *records, "/file/complaint"]


def found_in(text: str, address: str, secrets: Sequence[str]) -> list[str]:
    """What the answer tells beyond what was typed into the address."""
    return [secret for secret in secrets if secret in text and secret not in address]


def read(client: FlaskClient, address: str, language: str) -> tuple[int, str]:
    client.set_cookie("language", language)
    answer = client.get(address, follow_redirects=True)
    return answer.status_code, answer.text if "text" in answer.content_type else answer.data.decode("latin-1")


@pytest.mark.parametrize(("who", "language"), [("reviewer", "zh"), ("approver", "en"), ("reviewer2", "zh")])
def test_the_bureau_complained_of_finds_nothing_of_it_anywhere_and_no_other_bureau_does(
    client: FlaskClient, kept: Kept, session: Session, who: str, language: str
) -> None:
    addresses = everywhere(kept, session)
    sign_in(client, kept.place, who)
    for address in addresses:
        status, text = read(client, address, language)
        assert found_in(text, address, kept.secrets) == [], (address, status)
        if kept.complaint.number in address and "search" not in address:
            assert status == 404, address


def test_its_letter_and_its_paper_are_all_that_it_gets(client: FlaskClient, kept: Kept, session: Session) -> None:
    letter = session.scalars(select(Letter).where(Letter.name == "statement_asked", Letter.to_party == "bureau")).one()
    sign_in(client, kept.place, "approver")
    assert ASKED in read(client, f"/inbox/{letter.id}", "zh")[1]
    assert f'href="/inbox/{letter.id}"' in read(client, "/inbox", "zh")[1]
    assert letter.paper_id
    status, paper = read(client, f"/papers/{letter.paper_id}", "zh")
    assert (status, ASKED in paper) == (200, True)
    for address in (f"/inbox/{letter.id}", f"/papers/{letter.paper_id}"):
        assert "/cases/" not in read(client, address, "zh")[1], address
    for who in ("reviewer", "reviewer2", "approver2"):
        assert read(sign_in(client, kept.place, who), f"/papers/{letter.paper_id}", "zh")[0] == 404, who


def test_the_objection_that_it_opened_says_so_to_the_readers_of_the_complaint_alone(
    client: FlaskClient, kept: Kept
) -> None:
    address = f"/cases/{kept.objection.number}"
    for who in ("enterprise", "office", "chief", "auditor"):
        page = read(sign_in(client, kept.place, who), address, "en")[1]
        assert f'href="/cases/{kept.complaint.number}"' in page, who
        assert f"another case, {kept.complaint.number}" in page, who
    for who in ("reviewer", "approver"):
        page = read(sign_in(client, kept.place, who), address, "en")[1]
        main = page[page.index("<main") : page.index("</main>")]
        assert "omplaint" not in main, who
        assert "another case" not in main, who
        assert 'id="linked"' not in main, who
        assert "Objection opened" in main


def test_on_the_board_it_stands_on_the_row_of_the_desk_it_lies_on(client: FlaskClient, kept: Kept) -> None:
    text = read(sign_in(client, kept.place, "chief"), "/overdue", "en")[1]
    mark = f'<a href="/cases/{kept.complaint.number}"'
    ours = text[text.index("(our office)") :]
    assert mark in ours[: ours.index("</li>")]
    assert text.count(mark) == 1
    label = ours[ours.index(mark) : ours.index("</title>", ours.index(mark))]
    assert kept.place.firm.name not in label


def test_a_list_names_no_complainant_before_it_is_opened(client: FlaskClient, kept: Kept) -> None:
    sign_in(client, kept.place, "office")
    for address in ("/desk", "/cases", "/search?q=TS"):
        text = read(client, address, "en")[1]
        row = text[text.index(f'<tr data-case="{kept.complaint.number}"') :]
        row = row[: row.index("</tr>")]
        assert "open to view" in row, address
        assert kept.place.firm.name not in row, address


@pytest.mark.parametrize("who", ["office", "officer2"])
def test_of_a_complaint_about_an_officer_no_officer_finds_anything(
    client: FlaskClient, place: Place, session: Session, who: str
) -> None:
    case = place.complain(day(2026, 11, 16), complained_of="officer", body=None, officer="某某", facts=FACTS,
                          sought=SOUGHT)  # fmt: skip
    place.act(case, "chief", "acknowledge", day(2026, 11, 17))
    for letter in session.scalars(select(Letter).where(Letter.case_number == case.number)):
        letter.mail_state = GIVEN_UP
    session.commit()
    kept = Kept(place, place.case(case.number), place.file(day(2026, 11, 16)))
    addresses = everywhere(kept, session)
    sign_in(client, place, who)
    for address in addresses:
        text = read(client, address, "zh")[1]
        assert found_in(text, address, (case.number, FACTS, SOUGHT)) == [], address
    letters = session.scalars(select(Letter.id).where(Letter.case_number == case.number)).all()
    assert {client.post(f"/inbox/{id}/send-again", data={"mail": ""}).status_code for id in letters} == {404}
    for reader in ("chief", "auditor", "enterprise"):
        assert read(sign_in(client, place, reader), f"/cases/{case.number}", "zh")[0] == 200, reader


def test_its_page_says_who_reads_it(client: FlaskClient, kept: Kept) -> None:
    page = read(sign_in(client, kept.place, "office"), f"/cases/{kept.complaint.number}", "en")[1]
    assert "Only these read this case" in page
    told = page[page.index('id="read-by"') :]
    assert kept.place.bureau.short_name_en in told[: told.index("</section>")]


def test_a_unit_reads_it_while_it_lies_there_and_nothing_any_more_once_it_does_not(
    client: FlaskClient, kept: Kept, session: Session
) -> None:
    number = kept.complaint.number
    kept.place.act(kept.complaint, "office", "forward", day(2026, 11, 20, 15), bureau=kept.place.other_bureau.id,
                   question="请调查。")  # fmt: skip
    file = session.scalars(select(Attachment.id)).one()
    mine = (f"/cases/{number}", f"/files/{file}", f"/cases/{number}/deadlines/decide", f"/cases/{number}/propose")
    sign_in(client, kept.place, "reviewer2")
    assert [read(client, address, "zh")[0] for address in mine] == [200] * 4
    assert FACTS in read(client, mine[0], "zh")[1]
    kept.place.act(kept.complaint, "reviewer2", "object", day(2026, 11, 23), reasons="不是我局职责。")
    left = [read(client, address, "zh") for address in mine]
    assert [status for status, _page in left] == [403, 404, 403, 403], "what they did there, and nothing of the case"
    assert not any(FACTS in page for _status, page in left)
    for address in ("/desk", "/cases?show=all", "/search?q=TS"):
        assert number not in read(client, address, "zh")[1], address
    assert f"/cases/{number}" not in read(client, "/inbox", "zh")[1], "its letters stay its own, without a link"
    sign_in(client, kept.place, "reviewer")
    assert {read(client, address, "zh")[0] for address in mine} == {404}
