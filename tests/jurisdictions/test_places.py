"""What the two shipped places say of themselves, their bureaus, remedies, grounds and display periods."""

import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from string import Formatter

import pytest

from cases.kinds.objection import GROUNDS
from config import ROOT
from tests.jurisdictions.law_by_hand import CITED_ELSEWHERE
from workflow.jurisdiction import BureauEntry, Jurisdiction
from workflow.rules import load_jurisdiction

DEMO_BUREAUS = {
    "111506998QWEAHNE6P": "示范旗市场监督管理局",
    "11150699DBPCNGNP11": "示范旗应急管理局",
    "11150699W7842ALQ11": "示范市生态环境局示范旗分局",
    "111506993GTAH3Y34L": "示范旗住房和城乡建设局",
    "11150699KHPLP9MF6W": "示范旗交通运输局",
    "111506998G8MJ5PY6T": "国家税务总局示范旗税务局",
    "111506998LUDAPYM04": "示范旗消防救援大队",
}


@pytest.fixture(scope="module")
def demo() -> Jurisdiction:
    return load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")


@pytest.fixture(scope="module")
def etuoke() -> Jurisdiction:
    return load_jurisdiction(ROOT / "jurisdictions", "cn-nm-etuoke")


def bureau(place: Jurisdiction, name: str) -> BureauEntry:
    return next(entry for entry in place.bureaus if entry.name == name)


def test_a_place_is_read_in_less_than_a_tenth_of_a_second_of_a_processor() -> None:
    taken = []
    for _ in range(3):
        began = time.process_time()
        load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
        taken.append(time.process_time() - began)
    assert min(taken) < 0.1


def test_a_day_is_a_day_there(place: Jurisdiction) -> None:
    assert place.day_of(datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 24)
    assert place.day_of(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == date(2026, 11, 25)


def test_an_instant_without_a_zone_is_a_mistake(place: Jurisdiction) -> None:
    with pytest.raises(ValueError, match="time zone"):
        place.day_of(datetime(2026, 11, 24, 12))  # noqa: DTZ001 -- the mistake meant


def test_office_hours_are_ours_until_published(place: Jurisdiction) -> None:
    assert (place.office_opens, place.office_closes) == (clock_time(9), clock_time(17))
    assert place.place.office_hours.basis == "proposal"


def test_the_nation_s_calendar_comes_with_the_place(place: Jurisdiction) -> None:
    assert place.calendar.name == "cn"
    assert place.calendar.is_worked(date(2026, 9, 20))
    assert not place.calendar.is_worked(date(2026, 10, 1))


def test_the_demo_place_has_its_seven_bureaus_with_their_codes(demo: Jurisdiction) -> None:
    assert {entry.code: entry.name for entry in demo.bureaus} == DEMO_BUREAUS
    assert bureau(demo, "示范旗应急管理局").former_names == ("示范旗安全生产监督管理局", "示范旗安监局")
    assert bureau(demo, "示范旗市场监督管理局").kinds_of_records == ("经营异常名录", "食品药品信用等级评定", "产品质量")


def test_in_the_demo_review_bodies_and_courts_are_entered_and_not_confirmed(demo: Jurisdiction) -> None:
    for body in (*demo.bureaus, demo.office):
        tax = "税务" in body.name
        assert body.review_body == ("国家税务总局示范市税务局" if tax else "示范旗人民政府")
        assert body.court == "示范旗人民法院"
        assert body.review_source
        assert body.court_source
        assert (body.review_confirmed, body.court_confirmed) == (False, False)


def test_in_the_real_place_codes_review_bodies_courts_and_addresses_are_for_the_office_to_enter(
    etuoke: Jurisdiction,
) -> None:
    assert len(etuoke.bureaus) == 22
    for body in (*etuoke.bureaus, etuoke.office):
        assert (body.review_body, body.court, body.email) == ("", "", "")
    assert {entry.code for entry in etuoke.bureaus} == {None}
    assert etuoke.leading_group.email == ""


def test_a_bureau_of_2015_leads_to_its_successor_which_is_marked_recalled(etuoke: Jurisdiction) -> None:
    old = bureau(etuoke, "鄂托克旗环境保护局")
    new = bureau(etuoke, old.successor)
    assert (new.name, new.certainty) == ("鄂尔多斯市生态环境局鄂托克旗分局", "recalled")
    assert old.valid_until is not None
    assert new.valid_from is not None
    assert (new.valid_from - old.valid_until).days == 1


def test_two_tax_bureaus_became_one(etuoke: Jurisdiction) -> None:
    into = {entry.name for entry in etuoke.bureaus if entry.successor == "国家税务总局鄂托克旗税务局"}
    assert into == {"鄂托克旗国家税务局", "鄂托克旗地方税务局"}


def test_short_names_tell_the_living_bureaus_apart(place: Jurisdiction) -> None:
    living = [entry.short_name for entry in place.bureaus if entry.valid_until is None]
    assert len(set(living)) == len(living)


def test_the_four_grounds_of_an_objection_are_those_of_article_39(place: Jurisdiction) -> None:
    assert [ground.number for ground in place.grounds] == [1, 2, 3, 4]
    assert [ground.citation[-4:] for ground in place.grounds] == ["（一）项", "（二）项", "（三）项", "（四）项"]
    assert place.grounds[2].label["zh"] == "超过公示期限仍然公示"


def test_a_ground_is_known_by_the_code_and_the_words_of_the_objection_s_form(place: Jurisdiction) -> None:
    assert [(ground.name, ground.label["en"]) for ground in place.grounds] == [
        (choice.code, choice.label) for choice in GROUNDS
    ]


def test_repair_is_free(place: Jurisdiction) -> None:
    assert [(fee.kind, fee.free) for fee in place.fees] == [("repair", True)]


@pytest.mark.parametrize(
    ("name", "n", "unit", "after"),
    [
        ("admin_review", 60, "day", "decision"),
        ("admin_suit", 6, "month", "decision"),
        ("suit_after_review", 15, "day", "review"),
        ("suit_for_inaction", 2, "month", "silence"),
        ("petition_review", 30, "day", "petition"),
        ("petition_final_review", 30, "day", "petition_review"),
    ],
)
def test_a_remedy_has_its_period(place: Jurisdiction, name: str, n: int, unit: str, after: str) -> None:
    remedy = next(remedy for remedy in place.remedies if remedy.name == name)
    assert (remedy.n, remedy.unit.value, remedy.after) == (n, unit, after)


def test_the_words_of_a_remedy_ask_for_the_body_that_it_leads_to_and_no_other(place: Jurisdiction) -> None:
    for remedy in place.remedies:
        for language in ("zh", "en"):
            named = {name for _, name, _, _ in Formatter().parse(remedy.text[language]) if name}
            assert named == {remedy.body}


@pytest.mark.parametrize(
    ("severity", "at_least", "at_most"), [("minor", 0, 3), ("general", 3, 12), ("serious", 12, 36)]
)
def test_a_class_has_its_shortest_and_longest_display(
    place: Jurisdiction, severity: str, at_least: int, at_most: int
) -> None:
    (display,) = (
        row for row in place.displays
        if row.severity == severity and row.field == "general" and row.holds_on(date(2026, 11, 24))
    )  # fmt: skip
    assert (display.at_least, display.at_most, display.counted_from) == (at_least, at_most, "decided_on")


def test_market_regulation_counts_from_the_day_of_display(place: Jurisdiction) -> None:
    starts = {row.counted_from for row in place.displays if row.field == "market_regulation"}
    assert starts == {"displayed_from"}


def test_beside_limits_too_only_texts_of_the_list_are_cited(place: Jurisdiction) -> None:
    rows = (*place.remedies, *place.displays, *place.bars, *place.not_ended_early, *place.grounds, *place.fees)
    assert {row.citation for row in rows} == CITED_ELSEWHERE
