"""The approver's queue: what waits, what has changed since, and approving together only what was looked at."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from cases.engine.marks import marks_of
from cases.model.tables import Case
from registry.credit_records import correct
from tests.builders import APPLICATION, PROOF, Place, day
from tests.conftest import NOW
from tests.statements import counting
from tests.web.desk.test_desk import cases_in, english, read
from tests.web.signing import sign_in
from tests.web.walking import walk

EARLIER = day(2026, 11, 20)


@pytest.fixture
def place(place: Place) -> Place:
    place.add("second", "approver", name="其其格")
    return place


def proposed(place: Place) -> Case:
    """An objection with the approver: one field as claimed, one kept."""
    return walk(place, "accept", "refer", "propose")


def repair_proposed(place: Place) -> Case:
    """A repair of the same record on which a grant is proposed."""
    case = place.open("repair", "file", APPLICATION, EARLIER)
    place.act(case, "office", "forward", EARLIER, received_on=EARLIER.date())
    place.act(case, "reviewer", "accept", EARLIER)
    place.act(case, "reviewer", "propose", EARLIER, decision="grant", reasons="已缴清，已整改。")
    return place.case(case.number)


def sign_of(client: FlaskClient, case: Case, action: str = "approve") -> str:
    """The sign with which the page of the decision says what was shown."""
    text = read(client, f"/cases/{case.number}/{action}")
    found = re.search(r'name="seen" value="([^"]+)"', text)
    assert found, text
    return found[1]


def mark(client: FlaskClient, case: Case) -> None:
    assert client.post("/approvals/mark", data={"seen": sign_of(client, case)}).location == "/approvals/next"


def test_the_queue_says_what_is_proposed_by_whom_and_what_has_changed_since(client: FlaskClient, place: Place) -> None:
    case = proposed(place)
    client = english(client, place, "approver")
    text = read(client, "/approvals")
    assert cases_in(text) == [case.number]
    for words in ("¥80,000</span> → ", ": Keep the record", "reviewer人", '<span class="soft">no change</span>'):
        assert words in text, words
    place.act(case, "enterprise", "add", day(2026, 11, 23), words="补一份。", files=())
    place.act(case, "reviewer", "note", day(2026, 11, 23, 11), words="请看补交的。")
    place.act(case, "reviewer", "take", day(2026, 11, 23, 12))
    text = read(client, "/approvals")
    assert "Papers added" in text
    assert "Internal note" in text
    assert "Taken in hand" not in text, "whose work it is changes nothing"
    assert cases_in(read(english(client, place, "approver2"), "/approvals")) == []


def test_what_came_after_the_proposal_is_shown_with_its_words_files_and_values(
    client: FlaskClient, place: Place
) -> None:
    case = proposed(place)
    place.act(case, "enterprise", "add", day(2026, 11, 23), words="缴款书是八千元。", files=PROOF)
    place.act(case, "reviewer", "note", day(2026, 11, 23, 11), words="请看补交的缴款书。")
    record = place.session.merge(place.record)
    correct(place.session, record, {"offence": "噪声污染"}, None, day(2026, 11, 23, 12), "import:sheet.xlsx")
    place.session.commit()
    client = english(client, place, "approver")
    for address in ("/approvals", f"/cases/{case.number}/approve"):
        text = read(client, address)
        for words in (
            "缴款书是八千元。",
            "请看补交的缴款书。",
            "Kind of offence 未采取有效措施防治扬尘污染 → 噪声污染",
        ):
            assert words in text, (address, words)
    since = text.partition("Changed since the proposal")[2].partition("</section>")[0]
    assert PROOF[0].name in since


def test_who_may_not_decide_reads_why_and_who_can(client: FlaskClient, place: Place) -> None:
    place.record.entered_by_id = place.people["approver"].id
    case = proposed(place)
    text = read(english(client, place, "approver"), "/approvals")
    assert cases_in(text) == [case.number]
    assert "You entered this record" in text
    assert "Today this can be done by: 其其格." in text
    assert "names a deputy" not in text
    assert client.get("/approvals/next").location == "/approvals", "nothing is there for them to look at"


def test_only_what_was_opened_is_marked_and_then_approved_in_one_post(client: FlaskClient, place: Place) -> None:
    case = proposed(place)
    before = case.length
    client = english(client, place, "approver")
    assert client.get("/approvals/next").location == f"/cases/{case.number}/approve"
    refused = client.post("/approvals", data={"case": case.number})
    assert refused.status_code == 409
    assert "You have not marked this case: open it first." in refused.text
    assert client.post("/approvals", data={}).status_code == 422
    sign = sign_of(client, case)
    assert sign_in(client, place, "second").post("/approvals/mark", data={"seen": sign}).status_code == 422
    mark(english(client, place, "approver"), case)
    assert f"{case.number} is marked." in read(client, f"/cases/{case.number}"), "said on the page that follows"
    other = repair_proposed(place)
    assert 'href="/approvals" aria-current="true"' in read(client, f"/cases/{other.number}/approve")
    assert "data-next=" not in read(client, f"/cases/{other.number}"), "what is marked is not the next to look at"
    text = read(client, "/approvals")
    assert f'name="case" value="{case.number}"' in text
    ticked = re.search(rf'value="{case.number}" id="[^"]+"( checked)?', text)
    assert ticked
    assert not ticked[1], "what keeps the record against the firm is not ticked by itself"
    done = client.post("/approvals", data={"case": case.number, "opinion": "逐件看过，同意。"})
    assert done.status_code == 200
    assert "1 case was approved" in done.text
    assert place.case(case.number).state == "carrying_out"
    again = client.post("/approvals", data={"case": case.number})
    assert again.status_code == 200, "pressed twice, it is done once and said to be done"
    assert place.case(case.number).length == before + 1


def test_what_has_changed_meanwhile_does_not_go_and_is_said_first(client: FlaskClient, place: Place) -> None:
    case = proposed(place)
    other = repair_proposed(place)
    client = english(client, place, "approver")
    mark(client, case)
    mark(client, other)
    place.act(case, "enterprise", "add", day(2026, 11, 24, 11), words="营业执照。", files=())
    assert "since you marked it" in read(client, "/approvals")
    answer = client.post("/approvals", data={"case": [case.number, other.number]})
    assert answer.status_code == 200
    assert "2 cases: 1 approved, 1 not" in answer.text
    assert answer.text.index("Something has changed since you marked it.") < answer.text.index("<h2>1 approved")
    assert "Papers added" in answer.text
    assert place.case(case.number).state == "proposed"
    assert place.case(other.number).state != "proposed"
    assert set(marks_of(place.session, place.people["approver"].id)) == {case.id}
    client.post("/approvals/unmark", data={"case": case.number})
    assert marks_of(place.session, place.people["approver"].id) == {}


def test_of_two_who_marked_the_same_case_one_approves_it(client: FlaskClient, place: Place) -> None:
    case = proposed(place)
    before = case.length
    for name in ("approver", "second"):
        mark(english(client, place, name), case)
    assert english(client, place, "approver").post("/approvals", data={"case": case.number}).status_code == 200
    late = english(client, place, "second").post("/approvals", data={"case": case.number})
    assert late.status_code == 409
    assert "Findings approved" in late.text, "what happened meanwhile is said"
    assert place.case(case.number).length == before + 1
    assert place.act(case, "office", "carry_out", EARLIER + timedelta(days=4)).state == "answering"


def test_an_empty_queue_says_so(client: FlaskClient, place: Place) -> None:
    assert "No proposal waits for your decision." in read(english(client, place, "chief"), "/approvals")


def test_the_queue_asks_the_database_as_often_however_many_proposals_wait(client: FlaskClient, place: Place) -> None:
    """Also where one is marked and something has happened since."""
    case, counts = repair_proposed(place), []
    client = english(client, place, "approver")
    mark(client, case)
    place.act(case, "reviewer", "note", NOW, words="已电话核实。")
    for more in (None, proposed):
        if more:
            more(place)
        read(client, "/approvals")
        with counting(place.session.get_bind().engine) as seen:
            text = read(client, "/approvals")
        counts.append(seen[0])
    assert "since you marked it" in text
    assert len(cases_in(text)) == 2
    assert counts[1] <= counts[0], counts
