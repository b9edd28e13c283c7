"""Every form of paper printed from invented values, in both languages and for every kind; no database is asked."""

import re
from datetime import date
from html import unescape

import pytest

from cases.kinds import all_kinds
from notifications.languages import Bilingual
from notifications.papers import SHARED_FORMS, NewPaper, Paper, check, paper_row
from notifications.printing import printed
from tests.conftest import NOW
from tests.notifications.letter_values import FORMS, PAPER_VALUES
from workflow.refusal import say

CASE = "2026-TS-000007"
OF_A_COMPLAINT = ("receipt", "acceptance", "refusal", "redirection", "supervision", "referral", "extension", "inquiry",
                  "opinion", "petition_opinion")  # fmt: skip
ENGLISH = re.compile("[a-z]{4,}")
CODE = "K7M4QX29HD"
"""The paper code stands still: one that is drawn can spell what is looked for."""


def new(form: str, kind: str = "objection", **values: object) -> NewPaper:
    given = {name: value for name, value in {**PAPER_VALUES, **values}.items() if value is not None}
    definition = all_kinds()[kind]
    about_record = not definition.without_record
    return NewPaper(FORMS[form], given, date(2026, 11, 24), "示信", kind, CASE, definition.number_word, about_record)


def form_for(form: str, variant: str, kind: str) -> str:
    return all_kinds()[kind].paper(form, variant, SHARED_FORMS).name


def sheet(form: str, language: str = "zh", kind: str = "objection", **values: object) -> str:
    paper = new(form, kind, **values)
    check(paper)
    row = paper_row(paper, 3, NOW) | {"check_code": CODE}
    return _read(printed(Paper(**row), FORMS[form], language, "9c4077af03d577af"))


@pytest.mark.parametrize("kind", all_kinds())
@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints_in_both_languages_for_whatever_kind(form: str, kind: str) -> None:
    chinese, english = sheet(form, kind=kind), sheet(form, "en", kind)
    assert "None" not in chinese + english
    assert "{" not in chinese + english
    assert not ENGLISH.search(chinese), chinese
    assert "A translation for reading" in english


@pytest.mark.parametrize("form", OF_A_COMPLAINT)
def test_a_complaints_paper_needs_no_record_and_names_none(form: str) -> None:
    text = sheet(form_for(form, "", "complaint"), kind="complaint", record=None)
    assert "信用信息" not in text


def test_a_kinds_own_version_of_a_form_is_chosen_and_a_variants_before_it() -> None:
    assert form_for("answer", "", "objection") == "objection_answer", "of a review; else the shared one"
    assert form_for("answer", "on_request", "correction") == "correction_answer"
    assert form_for("referral", "general", "repair") == "repair_referral"
    assert form_for("opinion", "petition", "complaint") == "petition_opinion"
    assert form_for("opinion", "enforcement", "complaint") == "opinion"
    assert form_for("refusal", "general", "repair") == "refusal"


def test_each_form_of_a_kind_has_a_series_of_its_own() -> None:
    issued = {
        (kind, definition.paper(form, "", SHARED_FORMS).name)
        for kind, definition in all_kinds().items()
        for form in (*SHARED_FORMS, *(one.name for one in definition.papers))
    }
    assert len({new(form, kind).series for kind, form in issued}) == len(issued)


def test_the_inquiry_keeps_and_shows_nothing_of_the_complainant_or_the_case() -> None:
    kept = paper_row(new("inquiry", "complaint"), 3, NOW)["values"]
    assert set(kept) == {"office", "complained_of", "words"}
    for language in ("zh", "en"):
        text = sheet("inquiry", language, "complaint")
        for secret in (CASE, "恒源", "Hengyuan", "91150699MA0DEM005K", "示环罚", "SHF", "2026-YY", "9c40 77af"):
            assert secret not in text
    assert "示范旗住房和城乡建设局" in sheet("inquiry", kind="complaint")
    assert "示信诉询〔2026〕3号" in sheet("inquiry", kind="complaint")


def test_the_request_to_confirm_lists_the_fields_before_and_after() -> None:
    text = " ".join(sheet("confirmation_request", kind="correction").split())
    assert "更正前" not in text
    assert re.search(r"罚款金额 8\.00 ?万元 0\.80 ?万元", text)
    assert re.search(r"整条公示 2028-03-18 停止公示", text)


def test_a_paper_issued_before_amounts_bore_their_unit_still_prints_it_beside_the_field() -> None:
    earlier = [{"field": say("Fine"), "unit": Bilingual("万元", "10,000 yuan"), "before": "8.00", "after": "0.80"}]
    text = " ".join(sheet("confirmation_request", kind="correction", changes=earlier).split())
    assert "罚款金额（万元） 8.00 0.80" in text


def test_a_decision_on_a_repair_stands_under_the_bureau_that_made_it() -> None:
    for form in ("grant", "denial", "revocation_notice", "revocation"):
        text = sheet(form, kind="repair")
        assert text.strip().startswith("示范市生态环境局示范旗分局"), form
        assert "示范旗信用办" not in text
    assert sheet("receipt", kind="repair", issuer=None).strip().startswith("示范旗信用办")


@pytest.mark.parametrize("form", ["denial", "revocation", "refusal", "transfer", "lapse"])
def test_an_adverse_paper_of_the_new_kinds_lacks_neither_reasons_nor_remedies(form: str) -> None:
    for missing in ("reasons", "law", "remedies"):
        with pytest.raises(ValueError, match=missing):
            check(new(form, "repair", findings=(), **{missing: ()}))
    text = sheet(form, kind="repair")
    assert "六十日内向示范旗人民政府" in text.replace(" ", "").replace("待确认", "")
    assert "复核" not in text  # only an objection is reviewed


@pytest.mark.parametrize("form", ["opinion", "petition_opinion", "correction_answer"])
def test_what_may_go_against_the_enterprise_needs_remedies_where_it_does(form: str) -> None:
    kind = form.partition("_")[0] if form.startswith("correction") else "complaint"
    check(new(form, kind, remedies=()))
    with pytest.raises(ValueError, match="remedies"):
        check(new(form, kind, remedies=(), adverse=True))


@pytest.mark.parametrize(
    ("form", "title"),
    [("opinion", "投诉处理意见书"), ("petition_opinion", "信访处理意见书"), ("grant", "准予信用修复决定书"),
     ("denial", "不予修复决定书"), ("correction_answer", "信用信息更正处理答复书"), ("inquiry", "情况询问函")],
)  # fmt: skip
def test_a_paper_bears_the_title_that_the_law_knows(form: str, title: str) -> None:
    assert title in sheet(form, kind="complaint")


def test_a_supervision_sheet_for_a_complaint_names_nobody() -> None:
    text = sheet("supervision", kind="complaint", record=None)
    assert "恒源" not in text
    assert "核查" in text


def test_an_acceptance_says_what_follows_in_each_kind() -> None:
    assert "标注" in sheet("acceptance")
    assert "已转报送单位" in sheet("acceptance", kind="correction")
    assert "信用修复不收费" in sheet("acceptance", kind="repair")
    assert "《信访工作条例》" in sheet("acceptance", kind="complaint", record=None)


def test_a_correction_that_a_bureau_opened_is_not_called_the_enterprises() -> None:
    text = sheet("correction_answer", kind="correction", opened_by_bureau=True)
    assert "启动更正" in text
    assert "主张" not in text
    assert "你单位主张" in sheet("correction_answer", kind="correction")


def _read(html: str) -> str:
    return unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html, flags=re.DOTALL))
