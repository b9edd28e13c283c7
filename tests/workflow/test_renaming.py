"""A case's past read by the names that its kind has now."""

from collections.abc import Mapping
from datetime import date

import pytest

from tests.workflow.builders import sound
from workflow.mapping import ENDS, RENAMED, NewNames, called_now, names_for
from workflow.refusal import Impossible
from workflow.snapshot import EventFacts


def event(action: str, source: str, target: str, **codes: object) -> EventFacts:
    return EventFacts(1, action, date(2026, 11, 24), "officer", 7, None, source, target, 1, codes)


def mapped(
    source: str, target: str, states: Mapping[str, str], deadlines: Mapping[str, str] | None = None
) -> EventFacts:
    said = {"states": dict(states), "deadlines": dict(deadlines or {}), "definition": "0123456789abcdef"}
    return event("mapped", source, target, **{RENAMED: said})


def names(past: tuple[EventFacts, ...]) -> list[tuple[str, str]]:
    return [(one.source, one.target) for one in past]


def test_what_came_before_is_called_by_the_new_name_and_the_change_itself_leads_nowhere() -> None:
    past = (event("file", "start", "new"), mapped("new", "filed", {"new": "filed"}))
    assert names(called_now(past)) == [("start", "filed"), ("filed", "filed")]


def test_a_name_that_was_changed_twice_is_the_last_one() -> None:
    past = (event("file", "start", "a"), mapped("a", "b", {"a": "b"}), event("note", "b", "b"),
            mapped("b", "c", {"b": "c"}))  # fmt: skip
    assert names(called_now(past)) == [("start", "c"), ("c", "c"), ("c", "c"), ("c", "c")]


def test_a_name_that_comes_back_with_another_meaning_keeps_it() -> None:
    past = (event("file", "start", "a"), mapped("a", "b", {"a": "b"}), event("return", "b", "a"))
    assert names(called_now(past)) == [("start", "b"), ("b", "b"), ("b", "a")]


def test_a_move_to_another_state_renames_nothing() -> None:
    past = (event("file", "start", "a"), mapped("a", "b", {}))
    assert names(called_now(past)) == [("start", "a"), ("a", "b")]


def test_codes_name_deadlines_as_they_are_called_now_and_one_that_ended_as_it_was() -> None:
    past = (event("remind", "a", "a", deadline="verify", due="2026-11-24"), event("remind", "a", "a", deadline="gone"),
            event("recounted", "a", "a", **{"from": {"verify": "2026-11-24"}, "to": {"verify": "2026-11-25"}}),
            mapped("a", "a", {}, {"verify": "check", "gone": ENDS}))  # fmt: skip
    first, ended, moved, _ = called_now(past)
    assert first.codes == {"deadline": "check", "due": "2026-11-24"}
    assert ended.codes == {"deadline": "gone"}
    assert moved.codes == {"from": {"check": "2026-11-24"}, "to": {"check": "2026-11-25"}}


def test_a_past_without_a_change_of_names_stays_as_it_is() -> None:
    past = (event("file", "start", "filed"), event("refer", "filed", "with_bureau"))
    assert called_now(past) == past


def test_old_names_are_told_apart_by_the_new_ones() -> None:
    found = names_for(sound(), [("new", "filed"), ("checking", "verify"), ("sleep", ENDS)])
    assert found == NewNames({"new": "filed"}, {"checking": "verify", "sleep": ENDS})


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("new", "dreaming", "request has no state and no deadline 'dreaming'. States: filed, awaiting_papers, "),
        ("new", "start", "no state and no deadline 'start'"),
        ("filed", "with_bureau", "request still has 'filed'"),
        ("verify", ENDS, "request still has 'verify'"),
    ],
)
def test_what_is_not_gone_or_not_there_is_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(Impossible, match=why):
        names_for(sound(), [(old, new)])
