"""The number beside an inbox says what is new to whoever works here; a firm's letters count until they are opened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.model.visibility import addresses_of, letters_new_to
from notifications.letters import Letter, unread_count
from tests.builders import WORLD, Place, day


def new_to(place: Place, name: str) -> int:
    who = place.identity(name)
    return unread_count(place.session, addresses_of(who), day(2026, 9, 30), letters_new_to(who))


def test_a_letter_counts_until_its_case_has_moved_on_or_ended(place: Place, session: Session) -> None:
    case = place.file()
    assert new_to(place, "office") == 1
    place.act(case, "office", "note", day(2026, 9, 7, 11), words="先看原件。")
    assert new_to(place, "office") == 1, "a note moves nothing"
    sweep(WORLD, day(2026, 9, 8, 10))
    assert new_to(place, "office") == 2, "a reminder"
    place.act(case, "office", "accept", day(2026, 9, 8, 15))
    assert new_to(place, "office") == 0
    place.act(case, "office", "refer", day(2026, 9, 9, 15), question="请核查。")
    assert new_to(place, "reviewer") == 1
    place.act(case, "enterprise", "withdraw", day(2026, 9, 10))
    assert new_to(place, "office") == new_to(place, "reviewer") == 0
    theirs = session.scalars(select(Letter).where(Letter.to_party == "enterprise", Letter.read_at.is_(None))).all()
    assert new_to(place, "enterprise") == len(theirs) > 1


def test_of_a_complaint_a_letter_counts_until_it_is_opened(place: Place) -> None:
    """A number that fell when the case moves would tell of it whoever may not read it."""
    case = place.complain(day(2026, 9, 7))
    before = new_to(place, "office")
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    assert new_to(place, "office") >= before > 0
