"""The overdue board: every open case on the row of whose deadline is next, and sheets that are sent early."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.sweep import note_stuck, sweep
from cases.model.tables import Case, Event
from notifications.letters import Letter
from tests.builders import WORLD, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from web.oversight.board import MOST_LATE

pytestmark = pytest.mark.both_databases

LATE = day(2026, 11, 18)
"""A Wednesday: to be accepted by Friday 20 November, so two working days late on Tuesday 24."""
LONG_LATE = day(2026, 11, 10)
RECENT = day(2026, 11, 23)


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def read(client: FlaskClient, address: str = "/overdue") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def late_list(text: str) -> str:
    return text[text.index('id="late-list"') :]


def sheets(session: Session, case: Case) -> int:
    statement = select(Event).where(Event.case_id == case.id, Event.action == "supervise")
    return len(session.scalars(statement).all())


def figures(text: str) -> list[int]:
    part = text[text.index("board-figures") :]
    return [int(n) for n in re.findall(r"<b[^>]*>(\d+)</b>", part[: part.index("</ul>")])]


def test_the_board_can_be_narrowed_to_one_kind_in_plot_figures_and_late_list(chief: FlaskClient, place: Place) -> None:
    case = place.file(LATE)
    every = read(chief)
    assert figures(every)[0] == 1
    assert f'href="/cases/{case.number}"' in read(chief, "/overdue?kind=objection")
    other = read(chief, "/overdue?kind=repair")
    assert f'href="/cases/{case.number}"' not in other
    assert figures(other)[0] == 0
    assert 'href="/overdue?kind=repair&amp;as=table"' in other, "the table keeps the filter"
    assert figures(read(chief, "/overdue?kind=none")) == figures(every)


def test_each_open_case_is_one_mark_on_the_row_of_whose_deadline_is_next(chief: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    place.act(case, "office", "accept", RECENT)
    place.act(case, "office", "refer", RECENT, question="请核查。")
    other = place.file(RECENT, record=place.other_record, by="enterprise2")
    text = read(chief)
    assert text.count(f'<a href="/cases/{case.number}"') == 1
    row = text[text.index(f'aria-label="{place.bureau.name_en}"') :]
    assert f'href="/cases/{case.number}"' in row[: row.index("</li>")]
    ours = text[text.index("(our office)") :]
    assert f'href="/cases/{other.number}"' in ours
    assert figures(text) == [0, 0, 1, 0, 2]
    assert "Nothing is late" in text
    for kind in ("Objection", "Correction", "Credit repair", "Complaint"):
        assert f"</svg>{kind}</li>" in text


def test_a_late_case_stands_in_the_list_with_the_day_on_which_its_sheet_goes_by_itself(
    chief: FlaskClient, place: Place
) -> None:
    late = place.file(LATE)
    place.file(RECENT, record=place.other_record, by="enterprise2")
    text = late_list(read(chief))
    assert re.findall(r'<li data-case="([^"]+)"', text) == [late.number]
    assert "<b>2</b>" in text
    assert "Accept or refuse, Fine" in text
    assert 'by itself on <time datetime="2026-11-25"' in text
    assert f"sheet={late.number}+accept" in text


def test_a_case_on_which_the_clock_has_sent_the_sheet_says_on_which_day(chief: FlaskClient, place: Place) -> None:
    late = place.file(LONG_LATE)
    sweep(WORLD, day(2026, 11, 17))
    text = late_list(read(chief))
    assert "Supervised" in text
    assert 'datetime="2026-11-17"' in text
    assert f"sheet={late.number}+accept" not in text


def test_only_the_head_of_the_office_sends_sheets(client: FlaskClient, place: Place, session: Session) -> None:
    late = place.file(LATE)
    for name in ("office", "auditor"):
        assert "Supervise early" not in read(sign_in(client, place, name)), name
    for name in ("office", "auditor", "reviewer", "approver", "enterprise"):
        answer = sign_in(client, place, name).post("/overdue/supervise", data={"sheet": f"{late.number} accept"})
        assert answer.status_code == 404, name
    assert sheets(session, late) == 0


def test_what_became_of_a_sheet_does_not_name_whose_complaint_it_is(chief: FlaskClient, place: Place) -> None:
    late = place.complain(day(2026, 11, 19))
    for status in (200, 409):
        answer = chief.post("/overdue/supervise", data={"sheet": f"{late.number} acknowledge"})
        assert answer.status_code == status
        assert late.number in answer.text
        assert place.firm.name not in answer.text
        assert "open to view" in answer.text


def test_one_press_looks_at_no_more_sheets_than_a_page_offers(chief: FlaskClient) -> None:
    answer = chief.post("/overdue/supervise", data={"sheet": [f"{number} accept" for number in range(500)]})
    assert answer.text.count("data-case=") == MOST_LATE


def test_the_board_is_the_offices(client: FlaskClient, place: Place) -> None:
    for name in ("reviewer", "approver", "enterprise"):
        assert sign_in(client, place, name).get("/overdue").status_code == 404, name


def test_a_sheet_sent_early_is_recorded_and_takes_the_place_of_the_clocks(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    late = place.file(LATE)
    answer = chief.post("/overdue/supervise", data={"sheet": f"{late.number} accept"})
    assert answer.status_code == 200
    assert "1 supervision sheet was sent" in answer.text
    assert sheets(session, late) == 1
    text = late_list(read(chief))
    assert "Supervised" in text
    assert 'datetime="2026-11-24"' in text
    sweep(WORLD, day(2026, 11, 26))
    assert sheets(session, late) == 1


def test_the_heads_desk_says_what_is_late_and_sends_its_sheets(client: FlaskClient, place: Place) -> None:
    late = place.file(LATE)
    client.set_cookie("language", "en")
    desk = sign_in(client, place, "chief").get("/desk").text
    assert 'href="/overdue/supervise"' in desk
    assert "Late and not yet supervised" not in sign_in(client, place, "office").get("/desk").text
    sign_in(client, place, "chief").post("/overdue/supervise", data={"sheet": f"{late.number} accept"})
    assert "Late and not yet supervised" not in client.get("/desk").text


def test_sheets_are_ticked_and_sent_from_a_page_of_their_own(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    """Never many on one click: what somebody has moved today is not ticked, and the words go on each sheet."""
    late = place.file(LATE)
    moved = place.file(LATE, record=place.other_record, by="enterprise2")
    place.act(moved, "office", "take", NOW)
    text = read(chief, "/overdue/supervise")
    boxes = {one: "checked" in one for one in re.findall(r"<input[^>]*checkbox[^>]*>", text)}
    ticked = {case.number: ticked for case in (late, moved) for box, ticked in boxes.items() if case.number in box}
    assert ticked == {late.number: True, moved.number: False}
    assert sheets(session, late) == 0
    assert late.number not in read(chief, f"/overdue/supervise?sheet={moved.number}+accept")
    sent = chief.post("/overdue/supervise", data={"sheet": f"{late.number} accept", "words": "今天下班前回复。"})
    assert sent.status_code == 200
    letters = session.scalars(select(Letter).where(Letter.name == "supervise")).all()
    assert letters
    assert all("今天下班前回复。" in letter.body("zh") for letter in letters)


def test_several_at_once_each_have_a_result_and_one_that_cannot_go_holds_up_none(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    first = place.file(LATE)
    second = place.file(LATE, record=place.other_record, by="enterprise2")
    chief.post("/overdue/supervise", data={"sheet": f"{first.number} accept"})
    wanted = [f"{first.number} accept", f"{second.number} accept", "2026-YY-999999 accept", f"{second.number} review"]
    answer = chief.post("/overdue/supervise", data={"sheet": wanted})
    assert answer.status_code == 200
    assert "4 cases: 1 sent, 3 not" in answer.text
    assert "The supervision sheet for this date has gone out already; only one is sent." in answer.text
    assert "No case bears this number." in answer.text
    assert (sheets(session, first), sheets(session, second)) == (1, 1)


def test_what_cannot_go_at_all_answers_as_a_refusal(chief: FlaskClient, place: Place) -> None:
    assert chief.post("/overdue/supervise", data={"sheet": "nonsense"}).status_code == 409
    assert chief.post("/overdue/supervise", data={}).status_code == 422


def test_the_table_says_what_the_plot_shows(chief: FlaskClient, place: Place) -> None:
    place.file(LATE)
    place.file(RECENT, record=place.other_record, by="enterprise2")
    text = read(chief, "/overdue?as=table")
    assert "board-axis" not in text
    row = text[text.index("(our office)") :]
    assert re.findall(r"<td[^>]*>([^<]+)</td>", row[: row.index("</tr>")]) == ["1", "1", "—", "2"]


def test_a_case_waiting_for_papers_is_on_hold(chief: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    place.act(case, "office", "ask_papers", RECENT, missing="营业执照。")
    text = read(chief)
    assert figures(text) == [0, 0, 0, 1, 1]
    assert "on hold, 2 working days left" in text


def test_a_case_that_the_clock_cannot_move_is_named_until_it_moves(chief: FlaskClient, place: Place) -> None:
    case = place.file(LATE)
    sweep(WORLD, NOW)
    assert 'id="stuck"' not in read(chief)
    note_stuck(case.id, RuntimeError("broken"), day(2026, 11, 19))
    text = read(chief)
    told = text[text.index('id="stuck"') :]
    told = re.sub("<[^>]*>", "", told[: told.index("</div>")])
    assert "The clock cannot move 1 case" in told
    assert f"{case.number}, stuck since 19 November" in told
    assert "RuntimeError" not in text
    sweep(WORLD, NOW)
    assert 'id="stuck"' not in read(chief)


def test_each_body_has_a_page_of_its_open_cases_from_which_its_late_ones_are_supervised(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    """The latest first; ours not left out; a case stands where the board has it, and a late one bears its button."""
    late, ours = place.file(day(2026, 11, 3)), place.file(LATE, record=place.other_record, by="enterprise2")
    place.act(late, "office", "accept", day(2026, 11, 3))
    place.act(late, "office", "refer", day(2026, 11, 4), question="请核查。")
    assert f'href="/overdue/{place.bureau.id}"' in read(chief)
    theirs = read(chief, f"/overdue/{place.bureau.id}")
    assert re.findall(r'<tr data-case="([^"]+)"', theirs) == [late.number]
    assert figures(theirs) == [1, 0, 0, 0, 1]
    assert f"sheet={late.number}+verify" in theirs
    assert "all at once" not in theirs, "one sheet needs no second button"
    mine = read(chief, "/overdue/office")
    assert re.findall(r'<tr data-case="([^"]+)"', mine) == [ours.number]
    assert 'by itself on <time datetime="2026-11-25"' in mine
    chief.post("/overdue/supervise", data={"sheet": f"{late.number} verify"})
    assert "Supervised <time" in read(chief, f"/overdue/{place.bureau.id}").replace("\n", "")
    assert "No case is open here" in read(chief, f"/overdue/{place.other_bureau.id}")
    assert chief.get("/overdue/999999").status_code == 404
