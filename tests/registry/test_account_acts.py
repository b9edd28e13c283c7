"""What two people do to an official's account: who proposes, who confirms, for how long it waits."""

from datetime import timedelta

import pytest

from registry.account_acts import (
    LASTS,
    LINK,
    RESET,
    NewPerson,
    confirm_account_act,
    is_official,
    propose_account_act,
    propose_person,
    refuse_account_act,
    waiting_account_acts,
)
from registry.identity import Identity, identity_of
from registry.people import end_person, find_person
from registry.sign_in import person_of_link
from registry.two_persons import ActOfTwo
from tests.builders import Place
from tests.conftest import NOW
from workflow.refusal import Forbidden, Impossible

NEW = NewPerson("bai", "白云", ("officer",))


def who(place: Place, name: str) -> Identity:
    return identity_of(place.session, place.people[name])


def proposed(place: Place, by: str = "chief", whose: str = "reviewer", what: str = LINK) -> ActOfTwo:
    return propose_account_act(place.session, what, place.people[whose], who(place, by), NOW)[0]


def test_an_officer_confirms_what_the_head_of_the_office_proposed(place: Place) -> None:
    act = proposed(place)
    _act, user, token = confirm_account_act(place.session, act.id, who(place, "office"), NOW)
    assert user is place.people["reviewer"]
    assert person_of_link(place.session, token, NOW) is user
    with pytest.raises(Impossible):
        confirm_account_act(place.session, act.id, who(place, "officer2"), NOW)


def test_the_head_of_the_office_confirms_what_the_head_of_a_bureau_proposed(place: Place) -> None:
    act = proposed(place, "approver")
    with pytest.raises(Forbidden):
        confirm_account_act(place.session, act.id, who(place, "office"), NOW)
    assert confirm_account_act(place.session, act.id, who(place, "chief"), NOW)[2]


@pytest.mark.parametrize("by", ["chief", "approver", "reviewer2", "approver2", "auditor", "enterprise"])
def test_nobody_else_confirms(place: Place, by: str) -> None:
    act = proposed(place)
    with pytest.raises(Forbidden):
        confirm_account_act(place.session, act.id, who(place, by), NOW)
    assert waiting_account_acts(place.session, NOW) == [act]


@pytest.mark.parametrize("by", ["office", "auditor", "reviewer", "approver2", "enterprise"])
def test_nobody_else_proposes(place: Place, by: str) -> None:
    with pytest.raises(Forbidden):
        proposed(place, by)


def test_neither_is_whom_it_is_for(place: Place) -> None:
    with pytest.raises(Forbidden):
        proposed(place, "chief", "chief")
    act = proposed(place, "chief", "office")
    with pytest.raises(Forbidden):
        confirm_account_act(place.session, act.id, who(place, "office"), NOW)
    assert confirm_account_act(place.session, act.id, who(place, "officer2"), NOW)[2]


def test_nobody_makes_a_link_for_the_auditor_alone(place: Place) -> None:
    assert is_official(place.session, place.people["auditor"])
    act = proposed(place, "chief", "auditor")
    with pytest.raises(Forbidden):
        confirm_account_act(place.session, act.id, who(place, "chief"), NOW)


def test_a_proposal_lapses_after_a_day_and_the_user_name_is_free_again(place: Place) -> None:
    chief, later = who(place, "chief"), NOW + LASTS
    act, _code = propose_person(place.session, NEW, chief, NOW, demo=True, coded=False)
    assert waiting_account_acts(place.session, later - timedelta(seconds=1)) == [act]
    assert not waiting_account_acts(place.session, later)
    with pytest.raises(Impossible):
        confirm_account_act(place.session, act.id, who(place, "office"), later)
    again, _code = propose_person(place.session, NEW, chief, later, demo=True, coded=False)
    assert confirm_account_act(place.session, again.id, who(place, "office"), later)[1].username == "bai"


def test_what_is_refused_leaves_nobody(place: Place) -> None:
    act, _code = propose_person(place.session, NEW, who(place, "chief"), NOW, demo=True, coded=False)
    refuse_account_act(place.session, act.id, who(place, "office"), NOW)
    assert find_person(place.session, "bai") is None


def test_two_proposals_of_one_sort_do_not_wait_side_by_side(place: Place) -> None:
    proposed(place)
    with pytest.raises(Impossible):
        proposed(place)
    proposed(place, what=RESET)


def test_where_nobody_could_confirm_nothing_is_proposed(place: Place) -> None:
    for name in ("office", "officer2"):
        end_person(place.session, place.people[name], NOW, by=None)
    with pytest.raises(Impossible, match="Nobody here could confirm it"):
        proposed(place)
