"""A bureau becomes another: its open cases follow, one event each, and no time is lost or gained."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.succession import Following, Order, following, succeed_bureau
from cases.ledger.verify import verify
from cases.lists.worklists import in_hand, rows
from cases.model.reading import read_cases
from cases.model.tables import Case, CaseBureau, Event, TimerRow
from cases.model.visibility import addresses_of, colleagues_in, find_case, roles_of, span_of
from notifications.letters import Letter, letters_of
from notifications.papers import Paper
from registry.identity import identity_of
from registry.organisations import Succession
from tests.builders import APPLICATION, START, WORLD, Place, day
from workflow.definition import REVIEWER
from workflow.refusal import Incomplete

PAPER = "示编发〔2026〕9号"
WHEN, ON = day(2026, 9, 14), date(2026, 9, 10)


def order(place: Place, **other: object) -> Order:
    asked = Order(place.bureau.id, place.other_bureau.id, "", "merged", PAPER, ON)
    return replace(asked, **other)  # type: ignore[arg-type]


def with_the_bureau(place: Place) -> Case:
    """An objection that the bureau verifies."""
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对。")
    return place.case(case.number)


def succeeded(place: Place) -> Sequence[Event]:
    place.session.expire_all()
    return place.session.scalars(select(Event).where(Event.action == "succeeded").order_by(Event.case_id)).all()


def dates(session: Session, case: Case) -> dict[str, tuple[int | None, date | None]]:
    session.expire_all()
    rows = session.scalars(select(TimerRow).where(TimerRow.case_id == case.id, TimerRow.stopped_on.is_(None)))
    return {row.deadline: (row.bureau_id, row.due_on) for row in rows}


def test_open_cases_records_and_people_follow_a_merged_bureau_in_one_act(place: Place, session: Session) -> None:
    case, elsewhere = with_the_bureau(place), place.file(START, place.other_record, "enterprise2")
    about_it = place.complain(START)
    old, new = place.bureau.id, place.other_bureau.id
    before, length = dates(session, case), case.length
    assert following(session, old) == Following(2, 1, 2)
    assert succeed_bureau(WORLD, order(place), place.person("chief"), WHEN) == 2
    assert [event.case_id for event in succeeded(place)] == [case.id, about_it.id]
    assert dates(session, case) == {
        name: (new if bureau == old else bureau, due) for name, (bureau, due) in before.items()
    }
    case, about_it = place.case(case.number), place.case(about_it.number)
    assert (case.bureau_id, case.state, about_it.bureau_id) == (new, "with_bureau", None)
    assert about_it.complained_bureau_id == new
    had = session.scalars(select(CaseBureau).where(CaseBureau.case_id == case.id).order_by(CaseBureau.from_seq))
    assert [(row.bureau_id, row.until_seq) for row in had] == [(old, length + 1), (new, None)]
    assert following(session, old) == Following(0, 0, 0)
    assert place.case(elsewhere.number).length == 1
    assert identity_of(session, place.people["reviewer"]).bureau_id == new
    findings = {name: {"finding": "kept", "reason": "决定书如此。"} for name in ("fine", "decided_on")}
    place.act(case, "reviewer", "propose", WHEN, findings=findings, reasons="决定书如此。")
    place.act(case, "approver2", "approve", WHEN)
    assert verify(session).faults == []


def test_each_filer_is_told_in_writing_and_old_letters_keep_the_old_name(place: Place, session: Session) -> None:
    case = with_the_bureau(place)
    before = [letter.texts for letter in session.scalars(select(Letter).order_by(Letter.id))]
    succeed_bureau(WORLD, order(place), place.person("chief"), WHEN)
    session.expire_all()
    letters = session.scalars(select(Letter).order_by(Letter.id)).all()
    assert [letter.texts for letter in letters[: len(before)]] == before
    [told] = letters[len(before) :]
    assert (told.name, told.case_number, told.to_party) == ("succeeded", case.number, "enterprise")
    for said in (place.bureau.name, place.other_bureau.name, PAPER, "9月10日"):
        assert said in told.texts["zh"]["body"]
    assert "10 September" in told.texts["en"]["body"]


def test_of_a_renamed_bureau_the_cases_stay_and_the_letters_say_both_names(place: Place, session: Session) -> None:
    case, was = with_the_bureau(place), place.bureau.name
    before = dates(session, case)
    renamed = order(place, new_id=None, how="renamed", new_name="示范旗生态环境局")
    assert succeed_bureau(WORLD, renamed, place.person("chief"), WHEN) == 1
    assert dates(session, case) == before
    assert place.case(case.number).bureau_id == place.bureau.id
    [told] = session.scalars(select(Letter).where(Letter.name == "succeeded"))
    for language in ("zh", "en"):
        assert was in told.texts[language]["body"]
        assert "示范旗生态环境局" in told.texts[language]["body"]
    assert verify(session).faults == []


def test_where_one_case_cannot_follow_nothing_has_happened(
    place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = with_the_bureau(place)
    second = place.complain(START)
    lengths = [first.length, second.length]
    with pytest.raises(Incomplete):
        succeed_bureau(WORLD, order(place, on=date(2026, 9, 15)), place.person("chief"), WHEN)

    def broken(*asked: object, **named: object) -> None:
        raise RuntimeError("after the cases have moved")

    monkeypatch.setattr("cases.engine.succession.succeed", broken)
    with pytest.raises(RuntimeError):
        succeed_bureau(WORLD, order(place), place.person("chief"), WHEN)
    assert succeeded(place) == []
    assert session.scalars(select(Succession)).all() == []
    assert place.bureau.successor_id is None
    assert [place.case(case.number).length for case in (first, second)] == lengths


def test_what_was_closed_before_is_read_and_taken_up_by_the_people_who_came_along(
    place: Place, session: Session
) -> None:
    case = with_the_bureau(place)
    findings = {name: {"finding": "kept", "reason": "决定书如此。"} for name in ("fine", "decided_on")}
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=findings, reasons="决定书如此。")
    place.act(case, "approver", "approve", day(2026, 9, 10))
    place.act(case, "office", "answer", day(2026, 9, 11), letter="决定书如此，不予更正。")
    stranger = place.identity("reviewer2")
    assert REVIEWER not in roles_of(stranger, place.case(case.number))
    assert letters_of(session, addresses_of(stranger), case.number, WHEN) == []
    succeed_bureau(WORLD, order(place), place.person("chief"), WHEN)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 15), words="请再看一遍。")
    case = place.case(case.number)
    assert case.bureau_id == place.other_bureau.id
    for who in ("reviewer", "reviewer2"):
        identity = place.identity(who)
        assert find_case(session, identity, case.number) is not None
        assert span_of(session, identity, case).until is None
        assert REVIEWER in roles_of(identity, case)
        assert [row.lost for row in rows(session, identity)] == [False]
        assert [row.number for row in rows(session, identity, in_hand(identity))] == [case.number]
        letters = letters_of(session, addresses_of(identity), case.number, WHEN)
        assert "referral" in {letter.name for letter in letters}


def granted_repair(place: Place) -> Case:
    """A repair that was granted and carried out: it may be revoked within three years."""
    case = place.open("repair", "file", APPLICATION, START)
    place.act(case, "office", "forward", day(2026, 9, 8), received_on=date(2026, 9, 8))
    place.act(case, "reviewer", "accept", day(2026, 9, 8))
    place.act(case, "reviewer", "propose", day(2026, 9, 8), decision="grant", reasons="义务已经全部履行。")
    place.act(case, "approver", "approve", day(2026, 9, 8))
    for what in ("display_ended", "sharing_stopped"):
        place.act(case, "office", "confirm", day(2026, 9, 9), what=what, done_on=date(2026, 9, 9))
    return place.case(case.number)


def test_a_case_that_was_closed_then_is_opened_again_by_the_body_that_stands(place: Place, session: Session) -> None:
    """Nothing of it lies with a body that is no more, and no paper goes out in its name."""
    case, new = granted_repair(place), place.other_bureau
    assert succeed_bureau(WORLD, order(place), place.person("chief"), WHEN) == 0
    place.act(case, "reviewer", "open_revoke", day(2026, 9, 15), facts="承诺不实。", files=())
    place.act(case, "enterprise", "state_views", day(2026, 9, 15), words="已经整改。", files=())
    case = place.case(case.number)
    assert (case.bureau_id, dates(session, case)["revoke"][0]) == (new.id, new.id)
    had = session.scalars(select(CaseBureau).where(CaseBureau.case_id == case.id).order_by(CaseBureau.from_seq))
    assert [(row.bureau_id, row.until_seq) for row in had] == [(place.bureau.id, 9), (new.id, None)]
    assert [who for _, who in colleagues_in(session, read_cases(session, [case.id])[0].snapshot)] == [
        "reviewer人", "reviewer2人"]  # fmt: skip
    assert [row.number for row in rows(session, place.identity("reviewer2"), in_hand(place.identity("reviewer2")))] == [
        case.number]  # fmt: skip
    place.act(case, "reviewer", "propose_revoke", day(2026, 9, 16), decision="revoke", reasons="承诺不实。")
    place.act(case, "approver2", "approve_revoke", day(2026, 9, 16))
    paper = session.scalars(select(Paper).where(Paper.form == "revocation")).one()
    assert paper.values["issuer"]["zh"] == new.name
    assert verify(session).faults == []
