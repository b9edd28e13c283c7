"""Who has a case in hand: through taking, handing, giving back, and the ways a case goes between desks and steps."""

import pytest

from cases.kinds import all_kinds
from tests.workflow.builders import at_work
from tests.workflow.people import OFFICER_A, OFFICER_B, THE_CHIEF, staff
from tests.workflow.walking import Walk
from workflow.decide import choices
from workflow.definition import APPROVER, CHIEF, OFFICER
from workflow.jurisdiction import Jurisdiction
from workflow.past import holder
from workflow.refusal import Impossible

REVIEWER_1, REVIEWER_2, APPROVER_3, _ = staff(11)


def held(walk: Walk) -> int | None:
    """Who has it, by what has happened; the move that led here says the same."""
    case = walk.snapshot
    found = holder(walk.definition, case.past, case.state, case.bureau)
    assert walk.moves[-1].holder == found
    return found


def objection(law: Jurisdiction) -> Walk:
    walk = at_work(all_kinds()["objection"], law)
    walk.do("file")
    return walk


def with_bureau(law: Jurisdiction) -> Walk:
    walk = objection(law)
    walk.do("accept")
    walk.do("refer")
    return walk


def test_a_case_that_nobody_has_taken_is_in_nobodys_hand(law: Jurisdiction) -> None:
    assert held(objection(law)) is None


def test_who_takes_it_has_it_until_they_give_it_back(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    walk.do("note")
    assert held(walk) == OFFICER_A.id
    walk.take("give_back", OFFICER_A, {})
    assert held(walk) is None


def test_another_may_take_it_over_and_only_the_holder_gives_it_back(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    with pytest.raises(Impossible, match="You have not taken this case"):
        walk.take("give_back", OFFICER_B, {})
    with pytest.raises(Impossible, match="You have taken this case already"):
        walk.take("take", OFFICER_A, {})
    walk.take("take", OFFICER_B, {})
    assert held(walk) == OFFICER_B.id


def test_it_is_handed_to_a_colleague(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("hand_to", OFFICER_A, {"person": OFFICER_B.id})
    assert held(walk) == OFFICER_B.id
    walk.take("give_back", OFFICER_B, {})
    assert held(walk) is None


def test_it_bars_nobody(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    offered = choices(walk.definition, walk.snapshot, walk.world, OFFICER_B, walk.now)
    assert all(act.why_not is None for act in offered if act.action.name in ("accept", "refuse", "ask_papers", "take"))
    walk.take("accept", OFFICER_B, {})
    assert walk.state == "comparing"


def test_it_is_the_holders_over_the_steps_that_are_the_same_peoples(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    walk.do("accept")
    assert held(walk) == OFFICER_A.id


def test_it_is_nobodys_where_the_step_is_anothers(law: Jurisdiction) -> None:
    """The approver's step is not the reviewer's, though the enterprise may withdraw from both."""
    walk = with_bureau(law)
    walk.take("take", REVIEWER_1, {})
    walk.do("propose")
    assert held(walk) is None
    walk.take("take", APPROVER_3, {})
    assert held(walk) == APPROVER_3.id
    walk.do("send_back", APPROVER)
    assert held(walk) == REVIEWER_1.id, "back at the step for which it was taken"


def test_the_chiefs_step_is_not_an_officers(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    walk.do("accept")
    walk.do("refer")
    walk.do("return")
    assert held(walk) is None
    walk.take("take", THE_CHIEF, {})
    assert held(walk) == THE_CHIEF.id


def test_it_is_nobodys_at_another_desk_and_the_holders_again_when_it_comes_back(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    walk.do("ask_papers")
    assert held(walk) is None
    walk.do("supply")
    assert held(walk) == OFFICER_A.id


def test_it_is_nobodys_at_another_bureau(law: Jurisdiction) -> None:
    walk = with_bureau(law)
    walk.take("take", REVIEWER_1, {})
    walk.do("return")
    walk.do("assign", bureau=12)
    assert held(walk) is None


def test_a_successor_has_the_same_people_and_so_the_same_holder(law: Jurisdiction) -> None:
    walk = with_bureau(law)
    walk.take("take", REVIEWER_2, {})
    walk.do("succeeded", CHIEF, old_bureau=11, bureau=14)
    assert (walk.snapshot.bureau, held(walk)) == (14, REVIEWER_2.id)


def test_a_closed_case_is_in_nobodys_hand(law: Jurisdiction) -> None:
    walk = objection(law)
    walk.take("take", OFFICER_A, {})
    walk.do("refuse", OFFICER)
    assert held(walk) is None
