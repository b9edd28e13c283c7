"""Filters and chips of a desk: what each holds, and those that people keep for themselves."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cases.lists.queues import sent_back_to
from cases.model.tables import Case
from registry.people import Deputy, add_person
from tests.builders import PROOF, Place, _record, day
from tests.conftest import NOW
from tests.web.desk.test_desk import RECENT, cases_in, english, read
from tests.web.signing import sign_in
from tests.web.walking import STEPS, walk
from workflow.refusal import Incomplete

pytestmark = pytest.mark.both_databases


def listed(client: FlaskClient, *addresses: str) -> list[list[str]]:
    return [cases_in(read(client, address)) for address in addresses]


def test_the_chips_narrow_by_kind_by_whose_work_and_by_what_is_disputed(client: FlaskClient, place: Place) -> None:
    objection = place.file(RECENT, claims={"fine": "0.80"})
    repair = place.open("repair", "file", {"words": "已整改。", "files": PROOF, "commitment": True}, RECENT)
    place.act(repair, "officer2", "take", RECENT + timedelta(hours=1))
    client, other = english(client, place, "office"), place.people["officer2"].id
    asked = "/desk?view=all-in-hand"
    assert listed(
        client, f"{asked}&kind=repair", f"{asked}&holder=none", f"{asked}&holder={other}", f"{asked}&holder=me",
        f"{asked}&field=fine", f"{asked}&field=decided_on", f"{asked}&kind=objection&field=fine", f"{asked}&kind=none",
        "/desk?view=free",
    ) == [
        [repair.number], [objection.number], [repair.number], [], [objection.number], [], [objection.number],
        [repair.number, objection.number], [objection.number],
    ]  # fmt: skip
    text = read(client, f"{asked}&kind=complaint")
    assert "No case stands here." in text
    assert 'href="/desk?view=all-in-hand">Show this filter whole' in text
    assert "2 cases in hand" in text
    assert "1 case of your work is due; you have taken 0" in read(client, asked), "a colleague has the other"


def test_what_waits_for_approval_and_what_was_sent_back_to_whom_proposed_it(client: FlaskClient, place: Place) -> None:
    place.people["reviewer3"] = add_person(
        place.session, "reviewer3", "斯琴", ["reviewer"], demo=True, bureau_id=place.bureau.id
    )
    case = walk(place, "accept", "refer", "propose", filed=day(2026, 11, 18))
    client = english(client, place, "reviewer")
    views = ("/desk?view=approval", "/desk?view=sent-back")
    assert listed(client, *views) == [[case.number], []]
    place.act(case, "approver", "send_back", day(2026, 11, 23), reasons="请再核。")
    assert listed(client, *views) == [[], [case.number]]
    assert listed(english(client, place, "reviewer3"), *views) == [[], []], "it was not theirs"
    place.act(case, "reviewer", "propose", day(2026, 11, 24), reasons="再核过。",
              findings={name: {"finding": "as_claimed"} for name in ("fine", "decided_on")})  # fmt: skip
    assert listed(english(client, place, "reviewer"), *views) == [[case.number], []]


def test_what_was_sent_back_comes_first_whatever_its_day_with_the_reason(client: FlaskClient, place: Place) -> None:
    urgent = walk(place, "accept", "refer", filed=day(2026, 11, 12))
    other = _record(place.firm, place.bureau, "示环罚〔2026〕77号")
    place.session.add(other)
    place.session.commit()
    case = place.file(day(2026, 11, 18), other)
    for hours, (who, action, answers) in enumerate((STEPS[name] for name in ("accept", "refer", "propose")), start=1):
        place.act(case, who, action, day(2026, 11, 18) + timedelta(hours=hours), **answers)
    place.act(case, "approver", "send_back", day(2026, 11, 23), reasons="请附事先告知书。")
    text = read(english(client, place, "reviewer"), "/desk")
    assert text.index(case.number) < text.index(urgent.number)
    first = text[text.index('class="group"') : text.index(urgent.number)]
    assert "Sent back to you" in first
    assert "请附事先告知书。" in first


def test_a_proposal_sent_back_is_not_sent_again_as_it_was(place: Place) -> None:
    case = walk(place, "accept", "refer", "propose", filed=day(2026, 11, 18))
    place.act(case, "approver", "send_back", day(2026, 11, 23), reasons="请再核。")
    who, action, answers = STEPS["propose"]
    with pytest.raises(Incomplete) as refused:
        place.act(case, who, action, day(2026, 11, 24), **answers)
    assert list(refused.value.fields) == ["reasons"]
    again = {**answers, "reasons": f"{answers['reasons']}事先告知书即决定书所附。"}
    place.act(case, who, action, day(2026, 11, 24), **again)
    assert place.case(case.number).state == "proposed"


def test_who_stands_in_finds_what_the_other_has_taken_until_their_last_day(client: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    place.act(case, "officer2", "take", RECENT)
    other = place.people["officer2"]
    days = {"from_day": date(2026, 11, 23), "until_day": date(2026, 11, 27), "named_at": NOW}
    place.session.add(Deputy(person_id=other.id, deputy_id=place.people["office"].id,
                             named_by_id=place.people["chief"].id, **days))  # fmt: skip
    client = english(client, place, "office")
    assert "officer2人 (until <time" in read(client)
    assert listed(client, f"/desk?view=for-{other.id}", "/desk") == [[case.number], []]
    assert listed(client, "/desk?view=for-999999", "/desk?view=for-x") == [[], []]
    assert "Standing in" not in read(sign_in(client, place, "chief"))


def test_a_filter_is_kept_under_a_name_used_renamed_and_removed(client: FlaskClient, place: Place) -> None:
    case = place.file(RECENT, claims={"fine": "0.80"})
    place.file(RECENT, record=place.other_record, by="enterprise2", claims={"decided_on": "2026-03-13"})
    client = english(client, place, "office")
    asked = {"view": "all-in-hand", "field": "fine", "kind": "nonsense"}
    assert 'value="fine"' in read(client, "/filters?view=all-in-hand&field=fine")
    kept = client.post("/filters", data={**asked, "name": "金额写错单位"})
    assert kept.location == "/desk?view=all-in-hand&field=fine"
    text = read(client)
    assert re.search(
        r'href="/desk\?view=all-in-hand&amp;field=fine"[^>]*><span>金额写错单位</span> <span class="count">1<', text
    )
    assert listed(client, kept.location) == [[case.number]]
    again = client.post("/filters", data={**asked, "name": " 金额写错单位 "})
    assert again.status_code == 422
    assert "You have a filter of this name: choose another." in again.text
    assert 'value=" 金额写错单位 "' in again.text, "what was typed is kept"
    assert "金额写错单位" not in read(english(client, place, "officer2"), "/filters"), "nobody else sees it"
    own = re.search(r'action="/filters/(\d+)"', read(english(client, place, "office"), "/filters"))
    assert own
    assert sign_in(client, place, "officer2").post(f"/filters/{own[1]}", data={"do": "remove"}).status_code == 404
    client = sign_in(client, place, "office")
    assert client.post(f"/filters/{own[1]}", data={"name": "", "do": "rename"}).status_code == 422
    client.post(f"/filters/{own[1]}", data={"name": "金额", "do": "rename"})
    assert "<b>金额</b>" in read(client, "/filters")
    client.post(f"/filters/{own[1]}", data={"do": "remove"})
    assert "You have kept no filter yet." in read(client, "/filters")


def test_a_search_finds_former_names_the_newest_first_and_opens_the_only_one(client: FlaskClient, place: Place) -> None:
    place.firm.former_names = ["老恒源煤厂"]
    old = place.file(day(2026, 11, 12))
    new = place.open("repair", "file", {"words": "已整改。", "files": PROOF, "commitment": True}, RECENT)
    client = english(client, place, "office")
    assert listed(client, "/search?q=煤厂", "/search?q=恒源&go=1") == [[new.number, old.number]] * 2
    assert "2 cases with" in read(client, "/search?q=煤厂")
    assert client.get("/search?q=XF-0000&go=1").location == f"/cases/{new.number}"
    assert client.get("/search?q=XF-0000").status_code == 200, "while one types nothing opens"
    assert listed(client, "/search?q=恒源&page=9") == [[]]


def test_a_desk_without_any_case_says_how_one_comes(client: FlaskClient, place: Place) -> None:
    assert "No case is in hand yet." in read(english(client, place, "reviewer"))


def test_a_case_that_nobody_sent_back_is_known_not_to_be(place: Place) -> None:
    number = walk(place, "accept", "refer").number
    reviewer = place.identity("reviewer")
    for asked, found in ((sent_back_to(reviewer), []), (~sent_back_to(reviewer), [number])):
        assert place.session.scalars(select(Case.number).where(asked)).all() == found


def test_a_heading_counts_the_list_shown_and_not_the_readers_own_work(client: FlaskClient, place: Place) -> None:
    walk(place, "accept", "refer")  # with the bureau, due within three days: nothing of it is the office's to do now
    assert re.search(
        r"Within 3 working days</[^>]*>\s*<[^>]*>1<", read(english(client, place, "office"), "/desk?view=bureau")
    )
