"""Papers as issued in played cases: their numbers, what each must say, in both languages, and what is never issued."""

import re
from datetime import date

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from notifications import printing
from notifications.languages import Bilingual, ToldRemedy
from notifications.letters import Letter
from notifications.papers import SHARED_FORMS, NewPaper, Paper, issue
from tests.builders import Place
from tests.conftest import NOW
from tests.notifications.letter_values import FORMS

CHINESE = re.compile("[\u3400-\u9fff]+")
REMEDY = ToldRemedy(
    Bilingual("可以向{body}申请行政复议", "you may apply to {body}"), Bilingual("示范旗人民政府"), 60, "day", False
)
REFUSAL = {
    "office": "示范旗信用办", "enterprise": "恒源洗煤有限公司（演示）", "record": "示环罚〔2026〕18号",
    "filed_on": date(2026, 11, 11), "reasons": "不是本平台的记录。",
    "law": Bilingual("内蒙古自治区社会信用条例第39条", "Inner Mongolia Social Credit Regulations, Art. 39"),
    "remedies": (REMEDY,),
}  # fmt: skip


def new_paper(**values: object) -> NewPaper:
    return NewPaper(
        FORMS["refusal"], {**REFUSAL, **values}, date(2026, 11, 24), "示信", "objection", "2026-YY-000001", "异"
    )


def printed(paper: Paper | None, language: str = "zh", specimen: bool | None = None) -> Markup:
    assert paper
    return printing.printed(paper, FORMS[paper.form], language, specimen=specimen)


OF_OTHER_KINDS = {"redirection"}
"""Shared forms that no move of an objection issues; `test_sheets.py` prints every form from invented values."""


def test_every_form_of_an_objection_is_issued_by_some_move_and_prints_in_both_languages(lived_in: Place) -> None:
    papers = lived_in.session.scalars(select(Paper)).all()
    issued = {paper.form for paper in papers if "-YY-" in paper.case_number}
    assert issued == {*SHARED_FORMS, *(form.name for form in all_kinds()["objection"].papers)} - OF_OTHER_KINDS
    for paper in papers:
        chinese, english = printed(paper), printed(paper, "en")
        assert paper.number in chinese
        assert paper.number in english
        assert paper.spoken_code in chinese
        assert "{" not in chinese + english
        assert not re.findall("[a-z]{4,}(?!人)\\b", _read(chinese)), _read(chinese)


def test_an_adverse_paper_names_each_remedy_its_body_its_period_and_that_it_is_to_be_confirmed(lived_in: Place) -> None:
    for form in ("refusal", "lapse", "transfer", "review_end"):
        text = _read(printed(lived_in.session.scalars(select(Paper).where(Paper.form == form)).first()))
        assert "六十日内向示范旗人民政府" in text.replace(" ", "").replace("待确认", ""), form
        assert "六个月内向示范旗人民法院" in text.replace(" ", "").replace("待确认", ""), form
        assert "待确认" in text
        assert "行政复议法第20条" in text
        assert "行政诉讼法第46条" in text


def test_a_proposal_is_called_one_on_the_paper(place: Place) -> None:
    place.file()
    receipt = printed(place.session.scalars(select(Paper)).one())
    assert "拟定期限，尚未公布" in receipt
    assert "承诺" not in receipt


def test_a_number_and_its_unit_of_time_stand_close_and_an_address_as_it_was_entered(session: Session) -> None:
    said = Bilingual("示范旗信用办（示范路 1 号），20 个工作日内", "The office (1 Shifan Road), within 20 working days")
    [paper] = issue(session, [new_paper(office=said)], NOW).values()
    assert "示范旗信用办（示范路 1 号），20个工作日内" in printed(paper)


def test_labels_and_bases_that_older_papers_keep_as_codes_are_still_printed(session: Session) -> None:
    kept = {"kind": "Objection", "stage": "Verify", "basis": "proposal", "due": "2026-11-27", "days": 7}
    [paper] = issue(session, [new_paper()], NOW).values()
    paper.form, paper.values = "acceptance", {**paper.values, **kept, "unit": "workday"}
    chinese = printed(paper)
    assert "核查" in chinese
    assert "拟定期限，尚未公布" in chinese
    assert printing.paper_context(paper)["v"]["kind"] == "异议"


def test_one_move_issues_one_paper_however_many_get_it(lived_in: Place) -> None:
    copies = lived_in.session.scalars(select(Letter).where(Letter.name.in_(["answered", "answered_copy"]))).all()
    by_paper: dict[int | None, set[str]] = {}
    for letter in copies:
        by_paper.setdefault(letter.paper_id, set()).add(letter.to_party)
    assert {"enterprise", "bureau"} in by_paper.values()


def test_a_specimen_says_so_three_times_and_stands_without_a_seal(session: Session) -> None:
    [paper] = issue(session, [new_paper()], NOW).values()
    assert "SPECIMEN" not in printed(paper)
    specimen = printed(paper, specimen=True)
    assert specimen.count(">样张<") == specimen.count(">SPECIMEN<") == 3
    assert "没有盖章" in specimen


def _read(html: str) -> str:
    return re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html, flags=re.DOTALL)
