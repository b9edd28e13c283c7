"""Every form of paper as PDF, from invented values: PDF/A-2a, tagged, in order, the same bytes wherever it is made."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from cases.papers.pdf import NotSet, setter
from cases.papers.sheet import _Sheet, sheet_data
from config import ROOT
from notifications.papers import Paper, paper_row
from tests.conftest import NOW
from tests.notifications.letter_values import FORMS
from tests.notifications.test_sheets import CODE, new

SITE = "https://credit.example.cn"
RARE = "龑翾㛃䶮𫖯堃玥"
KIND_OF = {"repair_referral": "repair", "grant": "repair", "denial": "repair", "revocation": "repair",
           "revocation_notice": "repair", "opinion": "complaint", "petition_opinion": "complaint",
           "complaint_referral": "complaint", "complaint_extension": "complaint", "inquiry": "complaint",
           "correction_answer": "correction", "correction_referral": "correction"}  # fmt: skip
DECISIONS = {"answer", "objection_answer", "correction_answer", "grant", "opinion", "petition_opinion", "refusal",
             "denial", "lapse", "transfer", "revocation", "review_end"}  # fmt: skip


def made(form: str, language: str = "zh", specimen: bool = False, **values: object) -> bytes:
    row = paper_row(new(form, KIND_OF.get(form, "objection"), **values), 3, NOW)
    paper = Paper(**row | {"check_code": CODE, "specimen": specimen})
    return setter().pdf(sheet_data(paper, FORMS[form], language, "9c4077af03d577af", SITE))


def text_of(content: bytes) -> str:
    """What a reader selects, page after page, without the gaps of a line that was broken."""
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def close(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_set_and_says_in_both_languages_who_what_and_how_to_check_it(form: str) -> None:
    for language in ("zh", "en"):
        text = close(text_of(made(form, language)))
        assert "示信" in text
        assert f"{CODE[:5]}{CODE[5:]}" in text
        assert ("2026年11月24日" if language == "zh" else "24November2026") in text


def test_a_decision_is_laid_out_as_one_and_everything_else_as_a_letter() -> None:
    assert {name for name, form in FORMS.items() if form.decides} == DECISIONS


def test_it_is_a_tagged_pdf_a_2a_that_runs_nothing_and_is_open_to_all() -> None:
    with pikepdf.open(BytesIO(made("answer"))) as pdf:
        assert not pdf.is_encrypted
        assert pdf.check_pdf_syntax() == []
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "zh-CN"
        assert root.StructTreeRoot.K
        assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert "/JavaScript" not in root.get("/Names", {})
        assert "/OpenAction" not in root
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "A")
            assert said["pdfuaid:part"] == "1"
            assert said["xmp:CreateDate"].startswith("2026-11-24")
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        for font in fonts:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_text_is_selected_in_the_order_in_which_it_is_read() -> None:
    text = close(text_of(made("refusal")))
    parts = ("不予受理通知书", "恒源洗煤有限公司（演示）", "经审查，不予受理。", "一、理由", "不服的救济", "六十日内向",
             "核验", "印发")  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_no_name_is_a_box_and_a_character_that_no_font_has_stops_the_rendering() -> None:
    assert RARE in close(text_of(made("receipt", enterprise=f"{RARE}商贸有限公司")))
    with pytest.raises(NotSet, match="could not be displayed"):
        made("receipt", enterprise="\u1820商贸有限公司")


def test_a_specimen_says_so_on_every_page_and_shows_no_seal() -> None:
    with pypdfium2.PdfDocument(made("answer", specimen=True)) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) > 1
    assert all("SPECIMEN" in page for page in pages)
    assert "没有盖章" in close(pages[-1])
    assert "SPECIMEN" not in text_of(made("answer"))


PROGRAM = """
import sys; from hashlib import sha256; from tests.cases.papers.test_pdf import made
print(*(sha256(made(form)).hexdigest() for form in ("answer", "referral")))
"""


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns"])
def test_the_same_paper_gives_the_same_bytes_in_another_process_and_zone(zone: str) -> None:
    here = [sha256(made(form)).hexdigest() for form in ("answer", "referral")]
    assert here == [sha256(made(form)).hexdigest() for form in ("answer", "referral")]
    there = subprocess.run([sys.executable, "-c", PROGRAM], env={**os.environ, "TZ": zone}, cwd=ROOT,
                           capture_output=True, text=True, check=True)  # fmt: skip
    assert there.stdout.split() == here


@pytest.mark.parametrize("html", ["<p>a</p><ul><li>b</li></ul>", "<div>said beside any paragraph</div>"])
def test_a_sheet_that_says_what_the_pdf_would_leave_out_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match="sheet"):
        _Sheet(html)
