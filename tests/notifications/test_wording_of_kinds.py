"""What the letters of correction, repair and complaint say, whatever was decided, and of a case without a record."""

import re
from datetime import date

import pytest

from cases.kinds import all_kinds
from config import ROOT
from notifications.languages import Bilingual, MissingValue, told
from tests.notifications.letter_values import CODES, LETTERS, VALUES
from tests.notifications.test_wording import CHINESE, ENGLISH_WORD, texts, without, written
from workflow.rules import load_jurisdiction

CORRECTING, REPAIRING, COMPLAINING = (all_kinds()[kind].wordings for kind in ("correction", "repair", "complaint"))
BRANCHES = [(name, part.needs, part.equals) for name, letter in LETTERS.items() for part in letter.body if part.equals]
OF_A_COMPLAINT = sorted({*COMPLAINING, "not_accepted", "led", "remind", "overdue", "overdue_filer", "supervise",
                         "leading_group", "recounted", "mapped", "note", "succeeded", "added", "papers_asked",
                         "papers_came", "papers_late", "papers_late_filer", "answered", "answered_copy"})  # fmt: skip
COMPLAINANT = re.compile("恒源|Hengyuan")
THEIR_OWN = {"papers_came", "papers_late"}
"""Letters that name the enterprise and are of no complaint: it is asked for papers without a state of its own."""


@pytest.mark.parametrize(("name", "value", "code"), BRANCHES)
def test_whatever_was_decided_reads_in_both_languages(name: str, value: str, code: str) -> None:
    assert code in CODES[value]
    zh, en = texts(name, {**VALUES, value: code})
    assert not CHINESE.search(en)
    assert not ENGLISH_WORD.search(zh)
    assert "{" not in zh + en


@pytest.mark.parametrize("name", OF_A_COMPLAINT)
def test_a_letter_of_a_complaint_speaks_of_no_record(name: str) -> None:
    zh, en = texts(name, without("record", "unflagged"))
    assert "记录 " not in zh
    assert not re.search(r"the record\b", en)
    assert "（，" not in zh
    assert "  " not in en


@pytest.mark.parametrize("name", sorted(set(OF_A_COMPLAINT) - THEIR_OWN))
def test_no_letter_of_a_complaint_names_who_complained(name: str) -> None:
    assert not COMPLAINANT.search("".join(texts(name, without("record"))))


def test_the_body_complained_of_reads_the_offices_words_and_the_number_of_a_paper() -> None:
    zh, en = texts("statement_asked")
    for text in (zh, en):
        for secret in ("2026-YY-000412", "恒源", "Hengyuan", "K7M4QX29HD", "示环罚", "SHF"):
            assert secret not in text
    assert zh.startswith("示信异答〔2026〕187号：请书面说明情况")
    assert "请看附件。" in zh
    with pytest.raises(MissingValue):
        texts("statement_asked", without("paper_number"))


def test_only_what_takes_a_mark_off_says_so() -> None:
    marked, unmarked = texts("withdrawn")[0], texts("withdrawn", without("unflagged"))[0]
    assert "标注取消" in marked
    assert "标注" not in unmarked
    assert all("标注" not in texts(name)[0].replace("不加标注", "") for name in (*CORRECTING, *REPAIRING, *COMPLAINING))


@pytest.mark.parametrize("name", ["repair_decided", "revocation_decided"])
@pytest.mark.parametrize("missing", ["reasons", "remedies"])
def test_a_repair_is_not_refused_or_revoked_without_reasons_and_remedies(name: str, missing: str) -> None:
    code = {"repair_decided": "refuse", "revocation_decided": "revoke"}[name]
    with pytest.raises(MissingValue):
        written(name, {**without(missing), "decision": code, "adverse": True})
    kind = {"repair_decided": "grant", "revocation_decided": "keep"}[name]
    written(name, {**without("reasons", "remedies"), "decision": kind})


def test_repair_is_said_to_be_free_with_the_article_and_nothing_else_is() -> None:
    assert "信用修复不收费，任何单位和个人不得收取费用（内蒙古自治区社会信用条例第40条第3款）。" in texts("filed")[0]
    assert "收费" not in texts("filed", without("free"))[0]


def test_the_last_confirmation_closes_the_repair_and_no_other_does() -> None:
    last, earlier = texts("repair_confirmed"), texts("repair_confirmed", without("closed"))
    assert "办结" in last[0]
    assert "办结" not in earlier[0]


def test_a_case_that_a_bureau_opened_promises_no_remedy_for_silence() -> None:
    zh, _ = texts("overdue_filer", without("remedy_from", "remedies"))
    assert "不履职" not in zh
    assert "没有按期办，不等于同意" in zh


def test_the_enterprise_is_told_first_until_when_it_may_speak() -> None:
    letter = written("revocation_opened", VALUES)["zh"]
    assert letter.subject == "异议 2026-YY-000412：请最迟 11月27日（周五）陈述意见"
    assert letter.body.index("陈述意见") < letter.body.index("事实")


def test_days_of_a_succession_and_of_a_display_are_said_in_words() -> None:
    zh, _ = texts("succeeded", {**VALUES, "on_day": date(2026, 11, 1)})
    assert "自11月1日（周日）起" in zh
    zh, _ = texts("revocation_decided", {**VALUES, "decision": "revoke", "shown_until": date(2028, 3, 18)})
    assert "2028年3月18日" in zh


def test_against_the_opinion_on_a_petition_the_superior_organ_is_asked_whoever_gave_it() -> None:
    law = next(
        remedy
        for remedy in load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo").remedies
        if remedy.after == "petition"
    )
    remedy = told(law, Bilingual("谁也不是"), confirmed=False)
    zh, en = texts("opinion", {**VALUES, "remedies": [remedy]})
    assert remedy.complete
    assert "三十日内请求上一级机关复查（信访工作条例第35条）。" in zh
    assert "you may ask the next superior organ for a review within 30 days" in en
    assert "待确认" not in zh
