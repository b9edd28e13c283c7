"""The page of limits: every one with number, unit, start, mark and basis; ours called ours."""

import csv
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale

from tests.builders import LAW
from web.public.house_decisions import HOUSE_DECISIONS
from web.public.rules import counted, limits_on, marked

DAY = date(2026, 11, 24)


def read(client: FlaskClient, address: str = "/rules", status: int = 200) -> str:
    client.set_cookie("language", "en")
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def rows(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)) for row in re.findall(r"<tr>.*?</tr>", text, re.S)]


def test_everybody_reads_every_limit_in_force(client: FlaskClient) -> None:
    text = " ".join(rows(read(client)))
    for rule in LAW.in_force(DAY):
        assert rule.label in text.replace("&#39;", "'")
        assert rule.counted_from in text.replace("&#39;", "'")
        if rule.citation_en:
            assert rule.citation_en in text


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("The bureau verifies and decides", ("7 working days once longer by 10", "Proposed", "elsewhere 2 to 10")),
        (
            "The enterprise supplies papers",
            ("10 working days", "By analogy", "Administrative Reconsideration Law, Art. 31"),
        ),
        (
            "The bureau withdraws what is displayed",
            ("3 working days", "Law", "Administrative Penalty Law, Arts. 48(2) and 85"),
        ),
        ("The bureau accepts or does not", ("3 working days", "Law unverified", "NDRC Order 36")),
        ("The office reviews", ("5 working days", "from the request for review", "Proposed")),
    ],
)
def test_a_limit_says_its_length_its_mark_and_what_it_rests_on(
    client: FlaskClient, label: str, said: tuple[str, ...]
) -> None:
    row = next(row for row in rows(read(client)) if label in row)
    for words in said:
        assert words in row, row


def test_no_proposal_has_a_citation_or_is_called_a_promise(client: FlaskClient) -> None:
    groups = limits_on(LAW, DAY, "en", ("objection",))
    proposals = [row for group in groups for row in group.rows if row.mark == "proposal"]
    assert proposals
    assert not any(row.citation for row in proposals)
    assert counted(groups)["promise"] == 0
    assert not [row for row in rows(read(client)) if "Promised" in row]


def test_limits_are_those_of_the_filing_day_that_is_asked_for(client: FlaskClient) -> None:
    market = [row for row in rows(read(client, "/rules?on=2025-12-01")) if "market regulation" in row]
    assert "15 working days" in market[0]
    market = [row for row in rows(read(client, "/rules?on=2025-12-25")) if "market regulation" in row]
    assert "7 working days" in market[0]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261124", "2026-W48-2", "<b>"])
def test_a_day_that_cannot_be_read_is_refused_in_words_and_kept(client: FlaskClient, day: str) -> None:
    text = read(client, f"/rules?on={day}", 422)
    assert 'role="alert"' in text
    assert 'href="#on"' in text
    assert f'value="{day.replace("<", "&lt;").replace(">", "&gt;")}"' in text


def test_a_mark_shows_only_its_limits_and_an_unknown_one_all(client: FlaskClient) -> None:
    groups = limits_on(LAW, DAY, "en", ("objection",))
    statutes = marked(groups, "statute")
    assert {row.mark for group in statutes for row in group.rows} == {"statute"}
    assert marked(groups, "nothing") == groups
    assert "The office reviews" not in read(client, "/rules?mark=statute")
    assert "No limit bears this mark" in read(client, "/rules?mark=promise")


def test_kinds_that_are_not_handled_yet_say_so(client: FlaskClient) -> None:
    groups = limits_on(LAW, DAY, "en", ("objection",))
    assert len(groups) == len({rule.kind for rule in LAW.in_force(DAY)}) > 1
    assert all(group.handled is (group.kind == "objection") for group in groups)
    assert "not handled here yet" not in read(client)


def test_the_grounds_the_fee_and_our_own_decisions_stand_there(client: FlaskClient) -> None:
    text = read(client).replace("&#39;", "'")
    for ground in LAW.grounds:
        assert ground.label["en"] in text
        assert ground.citation_en in text
    assert "Credit repair is free by law." in text
    for number, sentence in HOUSE_DECISIONS:
        assert f'<dt id="{number}">' in text
        with force_locale("en"):
            assert str(sentence) in text


def test_how_long_a_record_is_shown_stands_there_by_class_with_its_start_and_source(client: FlaskClient) -> None:
    text = read(client, "/rules?on=2026-11-24").replace("&#39;", "'")
    found = " ".join(rows(text))
    held = [rule for rule in LAW.displays if rule.holds_on(DAY)]
    assert len(held) > 5
    for rule in LAW.displays:
        assert (rule.citation_en in text) or not rule.holds_on(DAY)
    assert "General at least 3 months at most 12 months from the decision Law" in found
    assert re.search(
        "General for: market regulation at least 3 months at most 12 months from the first day of display Law", found
    )
    assert f"rule set {LAW.rule_set(DAY).id}" in text


def test_the_page_is_whole_in_both_languages(client: FlaskClient) -> None:
    chinese = client.get("/rules").get_data(as_text=True)
    assert "沉默既不等于同意" in chinese
    assert "拟定期限，尚未公布" in chinese
    assert set(re.findall("[\u4e00-\u9fff]+", read(client))) <= {"中文", "示范旗"}


def test_the_limits_of_a_day_can_be_taken_along_as_a_sheet_in_either_language(client: FlaskClient) -> None:
    client.set_cookie("language", "zh")
    chinese = client.get("/rules.csv?on=2026-11-24")
    assert chinese.headers["Content-Disposition"] == 'attachment; filename="rules-2026-11-24.csv"'
    lines = list(csv.DictReader(io.StringIO(chinese.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(lines) == sum(1 + bool(rule.binding) for rule in LAW.in_force(DAY))
    verify = next(line for line in lines if line["编号"] == "objection.verify")
    assert (verify["期限"], verify["可延长"], verify["从哪天起"]) == ("7", "10", "2024-09-01")
    assert "拟定期限，尚未公布" in verify.values()
    assert (verify["到哪天为止"], verify["规则版本"]) == ("", LAW.rule_set(DAY).id)
    english = read(client, "/rules.csv").removeprefix("\ufeff")
    assert not re.findall("[\u4e00-\u9fff]", english)
    assert "Credit repair,The bureau decides,market regulation,7,working days,10," in english
