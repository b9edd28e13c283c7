"""Several cases at once from the desk: a result for each, nothing all-or-nothing, nothing twice."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine.advance import take_free
from cases.lists.queues import condition
from cases.model.tables import Case, Event
from tests.builders import WORLD, Place
from tests.conftest import NOW
from tests.statements import counting
from tests.web.desk.test_desk import LATE, RECENT, english, read
from tests.web.signing import sign_in
from workflow.refusal import Impossible


def two(place: Place) -> tuple[Case, Case]:
    return place.file(RECENT), place.file(RECENT, record=place.other_record, by="enterprise2")


def ticked(*cases: Case) -> list[str]:
    return [f"{case.number} {case.length}" for case in cases]


def done(session: Session, case: Case, action: str) -> int:
    count = select(func.count()).where(Event.case_id == case.id, Event.action == action)
    return session.scalar(count) or 0


def test_each_case_has_its_own_result_and_what_did_not_go_is_said_first(client: FlaskClient, place: Place) -> None:
    one, other = two(place)
    for case, name in ((one, "office"), (other, "officer2")):
        place.act(case, name, "take", RECENT + timedelta(hours=1))
    client = english(client, place, "office")
    form = {"act": "give_back", "case": ticked(place.case(other.number), one)}
    answer = client.post("/bulk", data=form)
    assert answer.status_code == 200
    assert "2 cases: 1 done, 1 not" in answer.text
    assert "You have not taken this case, so there is nothing to give back." in answer.text
    assert answer.text.index(f'<li class="row" data-case="{other.number}"') < answer.text.index("<h2>1 done")
    assert place.case(one.number).holder_id is None
    assert place.case(other.number).holder_id == place.people["officer2"].id
    again = client.post("/bulk", data=form)
    assert "2 cases: 1 done, 1 not" in again.text, "pressed twice: told as done"
    assert done(place.session, one, "give_back") == 1


def test_who_takes_a_row_that_a_colleague_has_just_taken_is_told_whose_it_is(client: FlaskClient, place: Place) -> None:
    """The list still shows it as free: nothing is changed, and the list that follows opens the next row."""
    case, other = two(place)
    free, late = ticked(case), ticked(other)
    place.act(case, "officer2", "take", RECENT + timedelta(hours=1))
    client = english(client, place, "office")
    answer = client.post("/bulk", data={"act": "take", "case": free, "back": f"/desk?case={case.number}"})
    assert answer.location == f"/desk?case={case.number}"
    desk = read(client, answer.location)
    assert f"{case.number}: officer2人 has taken it since you opened the page. Nothing was changed." in desk
    assert f'class="on acts" id="acts" data-of="{other.number}"' in desk, "its place in the list is not lost"
    assert place.case(case.number).holder_id == place.people["officer2"].id
    several = client.post("/bulk", data={"act": "take", "case": [*free, *late]})
    assert "2 cases: 1 done, 1 not" in several.text
    assert "officer2人 has taken it since you opened the page." in several.text
    over = {"act": "take", "case": ticked(place.case(case.number)), "back": "/desk"}
    assert client.post("/bulk", data=over).location == "/desk", "whoever sees that a colleague has it may take it over"
    assert place.case(case.number).holder_id == place.people["office"].id


def test_what_can_be_done_with_many_is_asked_of_the_database_as_often_as_with_one(
    client: FlaskClient, place: Place
) -> None:
    cases = two(place)
    client = english(client, place, "office")
    counts = []
    for sent in [ticked(*some) for some in (cases[:1], cases)]:  # the test's own session reads the cases before
        with counting(place.session.get_bind().engine) as seen:
            assert client.post("/bulk", data={"case": sent}).status_code == 200
        counts.append(seen[0])
    assert counts[1] <= counts[0] + 1, counts


def test_what_an_act_asks_is_asked_once_and_before_anything_is_done(client: FlaskClient, place: Place) -> None:
    cases = two(place)
    client = english(client, place, "office")
    form = {"act": "note", "case": ticked(*cases)}
    first = client.post("/bulk", data=form)
    assert first.status_code == 200
    assert 'name="words"' in first.text
    empty = client.post("/bulk", data={**form, "step": "answered", "words": " "})
    assert empty.status_code == 422
    assert "This is asked of every case." in empty.text
    assert [done(place.session, case, "note") for case in cases] == [0, 0]
    sent = {**form, "step": "answered", "words": "今天先办这两件。"}
    assert client.post("/bulk", data=sent).status_code == 200
    assert client.post("/bulk", data=sent).status_code == 200, "pressed twice: told as done"
    assert [done(place.session, case, "note") for case in cases] == [1, 1]


def test_a_colleague_gets_several_and_gives_one_back_from_its_row(client: FlaskClient, place: Place) -> None:
    cases = two(place)
    to = place.people["officer2"].id
    form = {"act": "hand_to", "case": ticked(*cases), "step": "answered", "person": str(to)}
    assert english(client, place, "office").post("/bulk", data=form).status_code == 200
    assert {place.case(case.number).holder_id for case in cases} == {to}
    client = english(client, place, "officer2")
    back = f"/desk?case={cases[0].number}"
    now = place.case(cases[0].number)
    answer = client.post("/bulk", data={"act": "give_back", "case": ticked(now), "back": back})
    assert answer.location == back
    assert place.case(now.number).holder_id is None
    answer = client.post(
        "/bulk", data={"act": "take", "case": ticked(place.case(now.number)), "back": "//evil.example"}
    )
    assert answer.status_code == 200, "who is sent elsewhere stays here"


def test_a_step_that_is_the_same_for_each_goes_together_and_a_decision_never(client: FlaskClient, place: Place) -> None:
    cases = two(place)
    client = english(client, place, "office")
    offered = client.post("/bulk", data={"case": ticked(*cases)}).text
    for name in ("accept", "ask_papers", "take", "note"):
        assert f'value="{name}"' in offered, name
    for name in ("refuse", "lapse"):
        assert f'value="{name}"' not in offered, name
    assert client.post("/bulk", data={"act": "refuse", "case": ticked(*cases)}).status_code == 409
    assert client.post("/bulk", data={"act": "accept", "case": ticked(*cases)}).status_code == 200
    assert {place.case(case.number).state for case in cases} == {"comparing"}


def test_nothing_ticked_is_said_and_a_case_that_is_not_the_readers_does_not_exist(
    client: FlaskClient, place: Place
) -> None:
    case, _other = two(place)
    client = english(client, place, "reviewer")
    assert client.post("/bulk", data={"act": "take"}).status_code == 422
    answer = client.post("/bulk", data={"act": "take", "case": ticked(case)})
    assert answer.status_code == 409
    assert "No case bears this number." in answer.text
    assert place.firm.name not in answer.text


def test_the_next_case_is_the_most_urgent_that_nobody_has(client: FlaskClient, place: Place) -> None:
    fresh = place.file(RECENT)
    late = place.file(LATE, record=place.other_record, by="enterprise2")
    client = english(client, place, "office")
    free = condition("free", place.identity("office"), WORLD.calendar, NOW.date())
    assert client.post("/desk/next").location == f"/cases/{late.number}"
    with pytest.raises(Impossible, match="Somebody else"):
        take_free(WORLD, late.id, free, place.person("officer2", late), NOW)
    assert sign_in(client, place, "officer2").post("/desk/next").location == f"/cases/{fresh.number}"
    assert client.post("/desk/next").location == "/desk"
    assert "Nobody&#39;s case is left that you could take." in read(client)
    assert place.case(late.number).holder_id == place.people["office"].id
