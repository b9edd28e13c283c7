"""D60: an adverse act names its article, as the table offers it; any other is compared with the text by a person."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from cases.engine.advance import Command, advance
from cases.engine.sweep import sweep
from cases.model.reading import words_of
from cases.model.tables import Case
from notifications.letters import Letter
from notifications.papers import Paper
from tests.builders import START, WORLD, Place, date, day
from tests.cases.engine.test_repair import decided
from workflow.refusal import Incomplete

WHY = {"reasons": "决定书如此记载。"}
KEPT = {name: {"finding": "kept", "reason": "决定书如此记载。"} for name in ("fine", "decided_on")}


def with_bureau(place: Place) -> Case:
    case = place.file()
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对。")
    return case


def refused(place: Place, case: Case, action: str, now_day: int, **answers: object) -> Mapping[str, object]:
    order = Command(place.case(case.number).id, action, {**WHY, **answers})
    with pytest.raises(Incomplete) as refusal:
        advance(WORLD, order, place.person("office", case), day(2026, 9, now_day))
    return refusal.value.fields


def law_of(place: Place, form: str) -> object:
    place.session.expire_all()
    return place.session.scalars(select(Paper).where(Paper.form == form)).one().values["law"]


def test_left_empty_the_article_of_the_table_is_named_in_the_event_and_printed(place: Place) -> None:
    case = place.file()
    place.act(case, "office", "refuse", day(2026, 9, 8), where="向认定单位提出。", **WHY)
    case = place.case(case.number)
    said = [words["law"] for words in words_of(place.session, case.id).values() if "law" in words]
    assert said == ["内蒙古自治区社会信用条例第39条"]
    assert law_of(place, "refusal") == {
        "zh": "内蒙古自治区社会信用条例第39条",
        "en": "Inner Mongolia Social Credit Regulations, Art. 39",
    }


def test_where_the_table_has_no_article_one_is_named_and_compared_or_nothing_is_issued(place: Place) -> None:
    case = place.file()
    place.act(case, "office", "ask_papers", START, missing="营业执照。")
    sweep(WORLD, day(2026, 9, 23))
    assert set(refused(place, case, "lapse", 23)) == {"law"}
    assert set(refused(place, case, "lapse", 23, law="某办法第9条")) == {"law_checked_on"}
    place.act(case, "office", "lapse", day(2026, 9, 23), **WHY)
    assert law_of(place, "lapse") == {
        "zh": "某办法第9条（2026年9月1日与正式文本核对）",
        "en": "某办法第9条 (compared with the official text on 1 September 2026)",
    }


def test_another_article_than_the_tables_needs_the_day_of_comparing(place: Place) -> None:
    case = place.file()
    assert set(refused(place, case, "refuse", 8, where="向认定单位提出。", law="某办法第3条")) == {"law_checked_on"}
    english = "Inner Mongolia Social Credit Regulations, Art. 39"
    place.act(case, "office", "refuse", day(2026, 9, 8), where="向认定单位提出。", law=english, **WHY)
    assert dict(law_of(place, "refusal"))["zh"] == "内蒙古自治区社会信用条例第39条"  # type: ignore[call-overload]


def test_what_is_proposed_names_the_law_of_the_answer(place: Place) -> None:
    case = with_bureau(place)
    found = {**KEPT, "decided_on": {"finding": "undecidable", "reason": "原卷已经灭失。"}}
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=found, **WHY)
    place.act(case, "approver", "approve", day(2026, 9, 11))
    place.act(case, "office", "answer", day(2026, 9, 11), letter="答复如下。")
    assert dict(law_of(place, "answer"))["zh"] == (  # type: ignore[call-overload]
        "内蒙古自治区社会信用条例第39条；参照征信业管理条例第25条"
    )


def test_a_typed_article_is_kept_with_its_day(place: Place) -> None:
    case = with_bureau(place)
    named = {"law": "行政处罚法第44条", "law_checked_on": date(2026, 9, 10)}
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, **WHY, **named)
    place.act(case, "approver", "approve", day(2026, 9, 11))
    place.act(case, "office", "answer", day(2026, 9, 11), letter="答复如下。")
    assert dict(law_of(place, "answer"))["zh"] == "行政处罚法第44条（2026年9月10日与正式文本核对）"  # type: ignore[call-overload]


def test_who_refuses_says_where_to_go_or_that_no_body_is_competent(place: Place) -> None:
    case = place.file()
    assert set(refused(place, case, "refuse", 8)) == {"where"}
    place.act(case, "office", "refuse", day(2026, 9, 8), nowhere=True, **WHY)
    letter = place.session.scalars(select(Letter).where(Letter.name == "refused")).one()
    assert "没有可以受理的机关" in letter.body("zh")


def test_after_a_refusal_the_day_is_named_from_which_one_may_file_again(place: Place) -> None:
    case = place.file()
    place.act(case, "office", "refuse", day(2026, 9, 8), where="信用中国", **WHY)
    paper = place.session.scalars(select(Paper).where(Paper.form == "refusal")).one()
    assert [line["zh"] for line in paper.values["refile"]] == ["你单位可以随时再次提出。"]
    letter = place.session.scalars(select(Letter).where(Letter.name == "refused")).one()
    assert "再次提出" in letter.body("zh")


def test_after_a_denied_repair_each_class_has_its_first_day(place: Place) -> None:
    decided(place, "refuse")
    paper = place.session.scalars(select(Paper).where(Paper.form == "denial")).one()
    assert paper.values["refile"]
    assert all("年" in line["zh"] or "月" in line["zh"] for line in paper.values["refile"])
