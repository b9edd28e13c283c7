"""Deputies: who may name whom, for which days, and which roles they then hold."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from registry.admission import end_account
from registry.identity import (
    Identity,
    NewDeputy,
    deputies_in_force,
    end_deputy,
    identity_of,
    name_deputy,
    named_by,
    who_may_stand_in,
)
from registry.people import add_person, end_person
from tests.builders import Place
from workflow.definition import APPROVER, HEAD, OFFICER, REVIEWER
from workflow.refusal import Impossible, Incomplete

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
TODAY, FRIDAY, MONDAY = date(2026, 11, 24), date(2026, 11, 27), date(2026, 11, 30)


@pytest.fixture
def place(place: Place) -> Place:
    """The usual place, with a second reviewer at the first bureau."""
    place.add("second", "reviewer")
    return place


def name(place: Place, person: str, deputy: str, by: str = "approver", **days: date) -> int:
    asked = NewDeputy(place.people[person].id, place.people[deputy].id,
                      days.get("first", TODAY), days.get("last", FRIDAY))  # fmt: skip
    return name_deputy(place.session, asked, identity(place, by), TODAY, NOW).id


def identity(place: Place, who: str, day: date = TODAY) -> Identity:
    return identity_of(place.session, place.people[who], day)


def faults(place: Place, person: str, deputy: str, by: str = "approver", **days: date) -> dict[str, str]:
    with pytest.raises(Incomplete) as refused:
        name(place, person, deputy, by, **days)
    return {field: str(message) for field, message in refused.value.fields.items()}


def test_a_deputy_holds_the_roles_of_the_person_from_the_first_day_to_the_last(place: Place) -> None:
    name(place, "approver", "second", first=FRIDAY, last=MONDAY)
    assert identity(place, "second", TODAY).roles == {REVIEWER}
    for day in (FRIDAY, MONDAY):
        acting = identity(place, "second", day)
        assert acting.roles == {REVIEWER, APPROVER, HEAD}
        assert acting.acts_for == {APPROVER: place.people["approver"].id, HEAD: place.people["approver"].id}
        assert identity(place, "reviewer", day).roles == {REVIEWER}
    assert identity(place, "second", date(2026, 12, 1)).acts_for == {}
    assert identity_of(place.session, place.people["second"]).roles == {REVIEWER}


def test_a_role_of_ones_own_is_never_held_for_another(place: Place) -> None:
    name(place, "reviewer", "second")
    assert identity(place, "second") == replace(identity_of(place.session, place.people["second"]), acts_for={})
    name(place, "office", "chief", by="chief")
    assert identity(place, "chief").acts_for == {OFFICER: place.people["office"].id}


def test_who_stands_in_for_two_holds_a_common_role_for_the_one_named_first(place: Place) -> None:
    third = add_person(place.session, "third", "third人", ("approver",), bureau_id=place.bureau.id, demo=True)
    place.people["third"] = third
    name(place, "third", "second")
    name(place, "approver", "second")
    assert identity(place, "second").acts_for == {APPROVER: third.id, HEAD: place.people["approver"].id}


def test_a_deputy_of_a_deputy_does_not_follow_on(place: Place) -> None:
    name(place, "approver", "second")
    name(place, "second", "reviewer")
    assert identity(place, "reviewer").roles == {REVIEWER}


def test_what_was_lent_ends_with_the_row_the_account_or_the_common_body(place: Place) -> None:
    row = name(place, "approver", "second")
    end_deputy(place.session, row, identity(place, "approver"), NOW)
    assert identity(place, "second").acts_for == {}
    name(place, "approver", "second")
    place.session.flush()
    end_person(place.session, place.people["approver"], NOW, by=None)
    assert identity(place, "second").acts_for == {}
    end_person(place.session, place.people["second"], NOW, by=None)
    assert identity(place, "second").roles == frozenset()


def test_only_the_rows_of_the_day_are_in_force(place: Place) -> None:
    now = name(place, "approver", "second")
    name(place, "office", "officer2", by="chief", first=MONDAY, last=MONDAY)
    ended = name(place, "approver", "reviewer")
    end_deputy(place.session, ended, identity(place, "approver"), NOW)
    assert [row.id for row in deputies_in_force(place.session, TODAY)] == [now]
    assert [row.person_id for row in deputies_in_force(place.session, MONDAY)] == [place.people["office"].id]


def test_the_chief_names_for_the_office_and_a_head_for_their_bureau(place: Place) -> None:
    theirs = {user.username for user in who_may_stand_in(place.session, identity(place, "approver"))}
    assert theirs == {"reviewer", "approver", "second"}
    assert {user.username for user in who_may_stand_in(place.session, identity(place, "chief"))} == {
        "office", "officer2", "chief"}  # fmt: skip
    assert who_may_stand_in(place.session, identity(place, "reviewer")) == []
    assert named_by(place.session, identity(place, "approver2")) == []
    row = name(place, "approver", "second")
    assert [one.id for one in named_by(place.session, identity(place, "approver"))] == [row]
    assert named_by(place.session, identity(place, "approver2")) == []
    assert named_by(place.session, identity(place, "chief")) == []


ACROSS = (
    ("approver2", "second", "approver", "person"), ("approver", "reviewer2", "approver", "deputy"),
    ("office", "auditor", "chief", "deputy"), ("auditor", "office", "chief", "person"),
    ("office", "reviewer", "chief", "deputy"), ("enterprise", "office", "chief", "person"),
    ("approver", "second", "reviewer", "person"), ("approver", "second", "office", "person"),
    ("approver", "second", "chief", "person"),
)  # fmt: skip


def test_nobody_stands_in_across_bodies_or_at_the_word_of_somebody_else(place: Place) -> None:
    for person, deputy, by, field in ACROSS:
        assert "in the list" in faults(place, person, deputy, by)[field], (person, deputy, by)


def test_nobody_stands_in_for_themselves_or_with_or_for_an_ended_account(place: Place) -> None:
    assert "themselves" in faults(place, "approver", "approver")["deputy"]
    end_person(place.session, place.people["second"], NOW, by=None)
    assert "in the list" in faults(place, "approver", "second")["deputy"]
    assert "in the list" in faults(place, "second", "reviewer")["person"]


def test_the_days_are_in_order_and_none_is_over(place: Place) -> None:
    assert "before the first" in faults(place, "approver", "second", first=MONDAY, last=FRIDAY)["until_day"]
    assert "is over" in faults(place, "approver", "second", first=date(2026, 11, 23))["from_day"]


def test_the_same_deputy_is_not_named_twice_for_one_time(place: Place) -> None:
    first = name(place, "approver", "second")
    assert "already" in faults(place, "approver", "second", first=FRIDAY, last=MONDAY)["deputy"]
    name(place, "approver", "second", first=MONDAY, last=MONDAY)
    end_deputy(place.session, first, identity(place, "approver"), NOW)
    name(place, "approver", "second", first=FRIDAY, last=FRIDAY)


def test_who_stands_in_for_the_head_names_others_and_not_themselves(place: Place) -> None:
    name(place, "approver", "second")
    assert "not themselves" in faults(place, "reviewer", "second", by="second")["deputy"]
    name(place, "approver", "reviewer", by="second")
    name(place, "reviewer", "approver", by="approver")


def test_a_deputy_does_not_end_the_account_of_the_only_head_of_the_office(place: Place) -> None:
    chief, office = place.people["chief"], place.people["office"]
    with pytest.raises(Impossible, match="only head"):
        end_account(place.session, chief, office.id, NOW)
    add_person(place.session, "chief2", "chief2人", ("chief",), demo=True)
    end_account(place.session, chief, office.id, NOW)
    assert not chief.is_active


def test_only_who_could_name_it_ends_it_and_once(place: Place) -> None:
    row = name(place, "approver", "second")
    for who in ("approver2", "chief", "reviewer"):
        with pytest.raises(Impossible):
            end_deputy(place.session, row, identity(place, who), NOW)
    assert end_deputy(place.session, row, identity(place, "approver"), NOW).ended_at == NOW
    with pytest.raises(Impossible, match="ended already"):
        end_deputy(place.session, row, identity(place, "approver"), NOW)
