"""The figures of a month: counted by hand over a small world, and the public ones with nothing small among them."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cases.engine.closings import count_again, count_missing, differing
from cases.engine.signalling import EXTENDED, HASTY, PAUSED, REOPENED, RETURNED, unlike, write_again
from cases.figures.signals import Signal, signals
from cases.figures.statistics import (
    THE_OFFICE,
    THE_WHOLE,
    Figures,
    Public,
    endings,
    month_figures,
    public_figures,
    shown,
    trend,
)
from cases.model.months import Month
from cases.model.tables import Case, Closing, SignalRow
from tests.builders import LAW, WORLD, Place, _record, day

pytestmark = pytest.mark.both_databases

SEPTEMBER = Month(date(2026, 9, 1))
GRANTED = {"fine": {"finding": "as_claimed", "reason": ""}, "decided_on": {"finding": "as_claimed", "reason": ""}}
KEPT = {name: {"finding": "kept", "reason": "决定书如此。"} for name in GRANTED}
ANSWERS: dict[str, dict[str, object]] = {
    "refer": {"question": "请核查。"}, "extend": {"reasons": "需要调取原始档案。"}, "ask": {"missing": "照片"},
    "supply": {"words": "在此。", "files": ()}, "return": {"reasons": "不是本局作出的。"},
    "answer": {"letter": "见书面答复。"}, "ask_review": {"words": "找到原件了。", "files": ()},
    "propose": {"findings": KEPT, "reasons": "已核对。"},
    "propose_review": {"findings": GRANTED, "reasons": "见原件。"},
    "withdraw": {"words": ""},
}  # fmt: skip


def at(day_: int, hour: int = 10) -> datetime:
    return day(2026, 9, day_, hour)


@pytest.fixture
def september(place: Place, session: Session) -> Place:
    """Five objections filed on Monday 7 September, and what became of them; working days are counted by hand.

    20 September is a Sunday that is worked, 25 a holiday.
    """
    records = [_record(place.firm, place.bureau, f"示环罚〔2026〕{n}号") for n in range(70, 75)]
    session.add_all(records)
    session.commit()
    plain, slow, returned, withdrawn, refused = (place.file(at(7), record=record) for record in records)
    for case in (plain, slow, returned):
        act(place, case, "office", "accept", at(8))
        act(place, case, "office", "refer", at(8, 11))
    # plain: office 1 day (8), bureau 3 (9, 10, 11), office 2 (14, 15): late, the answer was due on the 14th
    act(place, plain, "reviewer", "propose", at(10))
    act(place, plain, "approver", "approve", at(11))
    act(place, plain, "office", "answer", at(15))
    # slow: office 1, bureau 1 (9), firm 2 (10, 11), bureau 9 (14 to 18, 20 worked, 21, 22, 23), office 1 (24).
    # To be verified in 7 days, up to 20 September: 9, 14 to 18, 20. So the bureau was late.
    act(place, slow, "reviewer", "ask", at(9))
    act(place, slow, "enterprise", "supply", at(11))
    act(place, slow, "reviewer", "propose", at(22))
    act(place, slow, "approver", "approve", at(23))
    act(place, slow, "office", "answer", at(24))
    # returned: office 1, bureau 1 (9), office 1 (10), the other bureau 2 (11, 14), office 1 (15)
    act(place, returned, "reviewer", "return", at(9))
    act(place, returned, "chief", "assign", at(10), bureau=place.other_bureau.id, reasons="归该局。")
    act(place, returned, "reviewer2", "propose", at(11))
    act(place, returned, "approver2", "approve", at(14))
    act(place, returned, "office", "answer", at(15))
    act(place, withdrawn, "enterprise", "withdraw", at(8))  # office 1
    # office 2, its limit the 9th
    act(place, refused, "office", "refuse", at(9), reasons="不属于异议。", where="向认定单位提出。")
    # and afterwards: the first decision is changed on review
    act(place, plain, "enterprise", "ask_review", at(16))
    act(place, plain, "officer2", "propose_review", at(17))
    act(place, plain, "chief", "approve_review", at(18))
    act(place, plain, "office", "carry_out", at(18, 11))
    act(place, plain, "office", "answer", at(18, 12))
    return place


def act(place: Place, case: Case, who: str, action: str, now: datetime, **answers: object) -> None:
    place.act(case, who, action, now, **{**ANSWERS.get(action, {}), **answers})


def test_a_month_by_body_is_what_one_counts_by_hand(september: Place, session: Session) -> None:
    found = month_figures(session, SEPTEMBER)
    assert found[THE_WHOLE] == Figures(
        closed=5, late=2, returned=1, extended=0, reviewed=1, overturned=1, changed=0,
        days=6 + 12 + 6 + 1 + 2, office_days=3 + 2 + 3 + 1 + 2, firm_days=2, spread={6: 2, 12: 1, 1: 1, 2: 1},
    )  # fmt: skip
    assert found["bureau", september.bureau.id] == Figures(
        closed=3, late=1, returned=1, reviewed=1, overturned=1, days=3 + 10 + 1, office_days=3 + 2 + 3, firm_days=2,
        spread={3: 1, 10: 1, 1: 1},
    )  # fmt: skip
    assert found["bureau", september.other_bureau.id] == Figures(closed=1, days=2, office_days=3, spread={2: 1})
    assert found[THE_OFFICE] == Figures(
        closed=5, late=1, days=11, office_days=11, firm_days=2, spread={3: 2, 2: 2, 1: 1}
    )
    assert len(found) == 4
    assert (found[THE_WHOLE].share, found["bureau", september.bureau.id].share) == (60, None)
    assert (found[THE_WHOLE].median, found[THE_WHOLE].ninetieth) == (6, 12)
    assert month_figures(session, SEPTEMBER.on(1)) == {}
    assert [(point.of.closed, point.of.late, point.of.median) for point in trend(session, SEPTEMBER.on(1), 3)] == [
        (0, 0, None),
        (5, 2, 6),
        (0, 0, None),
    ]


def test_what_is_kept_of_a_closing_is_what_its_events_give(september: Place, session: Session) -> None:
    assert differing(session, WORLD) == []
    before = month_figures(session, SEPTEMBER)
    row = session.scalars(select(Closing).where(Closing.days == 12)).one()
    number = session.get_one(Case, row.case_id).number
    row.days = 3
    session.commit()
    assert differing(session, WORLD) == [number]
    assert count_again(WORLD) == session.query(Closing).count()
    assert month_figures(session, SEPTEMBER) == before
    session.execute(delete(Closing))
    session.commit()
    assert count_missing(WORLD) == 5
    assert month_figures(session, SEPTEMBER) == before


def seen_by(place: Place, who: str, now: datetime) -> list[Signal]:
    return [one for sort in signals(place.session, place.identity(who), now) for one in sort.cases]


def test_signals_name_what_was_seen_whose_it_was_and_nothing_else(september: Place, session: Session) -> None:
    place = september
    late = place.file(at(8), record=place.record)
    act(place, late, "office", "accept", at(9))
    act(place, late, "office", "refer", at(9))
    act(place, late, "approver", "extend", at(17))  # one day before the last: no signal
    again = place.file(at(8), record=place.other_record, by="enterprise2")
    act(place, again, "office", "accept", at(9))
    act(place, again, "office", "refer", at(9))
    act(place, again, "reviewer2", "ask", at(17))  # the last day but one
    found = seen_by(place, "chief", at(23))
    seen = [(one.name, one.bureau, one.to) for one in found]
    ours, other = place.bureau.id, place.other_bureau.id
    assert seen == [(PAUSED, other, None), (RETURNED, ours, other), (REOPENED, None, None)]
    assert [(sort.name, sort.by_bureau) for sort in signals(session, place.identity("chief"), at(23))] == [
        (PAUSED, [(other, 1)]), (RETURNED, [(ours, 1)]), (REOPENED, [(None, 1)])
    ]  # fmt: skip
    third = _record(place.firm, place.bureau, "示环罚〔2026〕80号")
    session.add(third)
    session.commit()
    hasty = place.file(at(8), record=third)
    act(place, hasty, "office", "accept", at(9))
    act(place, hasty, "office", "refer", at(9))
    act(place, hasty, "approver", "extend", at(18, 12))
    act(place, hasty, "reviewer", "propose", day(2026, 9, 21, 10))
    place.act(hasty, "approver", "approve", day(2026, 9, 21, 10).replace(minute=2), opinion="")
    more = seen_by(place, "chief", at(23))
    assert {(one.name, one.number) for one in more} - {(one.name, one.number) for one in found} == {
        (EXTENDED, hasty.number), (HASTY, hasty.number)
    }  # fmt: skip
    assert signals(session, place.identity("chief"), day(2026, 11, 1)) == []
    assert {one.bureau for one in seen_by(place, "reviewer2", at(23))} == {other, ours}
    assert unlike(session, WORLD) == []
    session.execute(delete(SignalRow).where(SignalRow.case_id == hasty.id, SignalRow.name == HASTY))
    session.commit()
    assert unlike(session, WORLD) == [hasty.number]
    write_again(WORLD)
    assert seen_by(place, "chief", at(23)) == more


def test_a_returned_case_that_the_same_bureau_was_given_again_is_not_called_unassigned(
    place: Place, session: Session
) -> None:
    """The head may insist: the signal says to which bureau it went, though no other has read it since."""
    ours, case = place.bureau.id, place.file(at(7))
    for who, action, n in (("office", "accept", 8), ("office", "refer", 8), ("reviewer", "return", 9)):
        act(place, case, who, action, at(n))
    place.act(case, "chief", "assign", at(10), bureau=ours, reasons="请核查。")
    found = seen_by(place, "chief", at(11))
    assert [(one.name, one.bureau, one.to) for one in found] == [(RETURNED, ours, ours)]


def test_nothing_small_is_shown_to_everybody_nor_can_be_reckoned(september: Place, session: Session) -> None:
    whole = public_figures(session, LAW, [SEPTEMBER], ["objection", "repair"])
    assert whole == [
        Public(SEPTEMBER, "objection", filed=5, closed=5, on_time=None, median=6.0, changed=None),
        Public(SEPTEMBER, "repair", None, None, None, None, None),
    ]
    for closed in range(16):
        for late in range(closed + 1):
            one = shown(SEPTEMBER, "objection", 9, Figures(closed=closed, late=late, changed=late, spread={3: closed}))
            numbers = [n for n in (one.filed, one.closed, one.on_time, one.changed) if n is not None]
            assert all(n >= 5 for n in numbers), one
            if one.closed is None:
                assert (one.on_time, one.changed, one.median) == (None, None, None)
            for part in (one.on_time, one.changed):
                rest = 0 if part is None or one.closed is None else one.closed - part
                assert rest == 0 or rest >= 5, one


def test_every_closing_of_a_month_has_one_end_with_whose_decision_it_was(september: Place, session: Session) -> None:
    """The returned one with the bureau that found, what was withdrawn with whom it lay, the refusal with the office."""
    ours, other = ("bureau", september.bureau.id), ("bureau", september.other_bureau.id)
    told = [(one.body, one.end.outcome, one.closed, one.again) for one in endings(session, SEPTEMBER)]
    assert [end for _body, end, *_ in told] == ["corrected", "kept", "kept", "refused", "withdrawn"]
    assert set(told) == {
        (ours, "corrected", 0, 1), (ours, "kept", 2, 0), (other, "kept", 1, 0), (THE_OFFICE, "refused", 1, 0),
        (THE_OFFICE, "withdrawn", 1, 0),
    }  # fmt: skip
    whole = month_figures(session, SEPTEMBER)[THE_WHOLE]
    assert sum(closed for _body, _end, closed, _again in told) == whole.closed
    assert endings(session, SEPTEMBER.on(1)) == []


def test_a_closing_kept_without_its_end_is_counted_after_the_upgrade(september: Place, session: Session) -> None:
    before = endings(session, SEPTEMBER)
    session.execute(update(Closing).values(outcome="", reviewed=False))
    session.commit()
    assert count_missing(WORLD) == 5
    assert endings(session, SEPTEMBER) == before
    assert differing(session, WORLD) == []
