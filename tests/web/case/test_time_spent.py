"""In whose hands the time of a case was: its stays, their sum, and how that agrees with the clock of the whole case."""

import re
from collections import Counter
from html import unescape

from flask.testing import FlaskClient

from tests.builders import Place, day
from tests.web.signing import sign_in
from tests.web.walking import WALK, walk


def told(client: FlaskClient, number: str) -> str:
    client.set_cookie("language", "en")
    page = client.get(f"/cases/{number}/time")
    assert page.status_code == 200
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.text[page.text.index("<main") :]).split()))


def test_the_clock_of_the_whole_case_is_told_for_the_time_that_it_counts(client: FlaskClient, place: Place) -> None:
    running = walk(place, "accept", "refer")
    page = told(sign_in(client, place, "office"), running.number)
    assert "Up to today this case has taken 6 working days" in page
    assert "shows the same 6 working days, of the 20" in page


def test_a_case_that_was_opened_again_has_a_clock_that_began_afresh(client: FlaskClient, place: Place) -> None:
    """The sum is of all its time, the clock only of the time since then: they are not said to be the same."""
    again = walk(place, *WALK, "ask_review")
    page = told(sign_in(client, place, "office"), again.number)
    assert "Since the case was opened again the clock of the whole case shows 1 working day, of the 20" in page
    assert "the same" not in page


def lanes(client: FlaskClient, number: str) -> dict[str, tuple[list[str], str]]:
    """The lanes of the page by their deadline: the classes of the cells, and the words beside them."""
    client.set_cookie("language", "en")
    page = client.get(f"/cases/{number}/time").text
    rows = re.findall(r'<li[^>]* data-stage="(\w+)">(.*?)</li>', page, re.DOTALL)
    return {
        name: (re.findall(r'<g class="([^"]+)">', row), " ".join(unescape(re.sub("<[^>]+>", " ", row)).split()))
        for name, row in rows
    }


def test_every_stage_is_a_lane_and_those_of_the_officials_add_up_to_the_whole(
    client: FlaskClient, place: Place
) -> None:
    """Filed on Wednesday 11 November: a day to accept, one to refer, three and one to verify with three of waiting
    between them; what is to come after the 24th is only outlined."""
    case = place.file(now=day(2026, 11, 11))
    place.act(case, "office", "accept", day(2026, 11, 12))
    place.act(case, "office", "refer", day(2026, 11, 13), question="请核对。")
    place.act(case, "reviewer", "ask", day(2026, 11, 18), missing="拍摄日期证明")
    place.act(case, "enterprise", "supply", day(2026, 11, 23), words="见附件。", files=())
    found = lanes(sign_in(client, place, "enterprise"), case.number)
    assert list(found) == ["accept", "refer", "verify", "supplement", "carry_out", "answer", "whole"]
    cells = {name: Counter(drawn) for name, (drawn, _words) in found.items()}
    assert cells["verify"] == {"past bureau": 4, "hold bureau": 3, "maybe": 3}
    assert cells["supplement"] == {"past enterprise": 3}
    assert (cells["whole"]["past whole"], cells["whole"]["hold whole"]) == (6, 3)
    officials = sum(
        cells[name][f"past {who}"] for name, who in (("accept", "office"), ("refer", "office"), ("verify", "bureau"))
    )
    assert officials == cells["whole"]["past whole"]
    assert set(cells["carry_out"]) == set(cells["answer"]) == {"maybe"}
    assert "limit 10 working days, took 3 working days" in found["supplement"][1]
    page = told(client, case.number)
    assert "Every stage within its limit" in page
    assert "The time in which the firm was awaited counts against nobody." in page
    assert "You don't need to do anything now." in page


def test_a_stage_that_is_late_is_named_first_and_waiting_makes_nobody_late(client: FlaskClient, place: Place) -> None:
    case = place.file(now=day(2026, 11, 9))
    place.act(case, "office", "accept", day(2026, 11, 12))
    place.act(case, "office", "refer", day(2026, 11, 13), question="请核对。")
    found = lanes(sign_in(client, place, "enterprise"), case.number)
    assert Counter(found["accept"][0]) == {"past office": 2, "late office": 1}
    assert "1 working day late" in found["accept"][1]
    page = told(client, case.number)
    assert "“Accept or refuse” was 1 working day late, due on Wednesday 11 November" in page
    assert "Every stage within its limit" not in page
