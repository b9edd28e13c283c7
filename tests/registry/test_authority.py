"""An agent acts for a firm under a dated letter, in the cases that it names, until its last day is over there."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from cases.model.visibility import find_case, letters_readable_by, records_visible_to, roles_of, ways_to_open
from registry.admission import NewAgent, NewColleague, add_colleague, end_agent, end_colleague, link_for, name_agent
from registry.credit_records import CreditRecord
from registry.identity import Authority, identity_of
from registry.sign_in import person_of_link
from tests.builders import LAW, Place, day
from workflow.refusal import Forbidden, Impossible, Incomplete

pytestmark = pytest.mark.both_databases

LETTER = StoredFile("c" * 64, "委托书.pdf", "application/pdf", 10)
FIRST, LAST = date(2026, 9, 7), date(2026, 9, 11)
NOW = day(2026, 9, 7, 9)


def let_act(place: Place, *kinds: str, last: date = LAST, username: str = "agent") -> Authority:
    new = NewAgent(username, "代理人", "", FIRST, last, kinds)
    by = place.identity("enterprise")
    row, token = name_agent(place.session, place.firm.id, new, LETTER, by, FIRST, NOW, demo=True)
    if token:
        agent = person_of_link(place.session, token, NOW)
        assert agent
        place.people[username] = agent
    return row


def test_an_agent_acts_from_the_first_day_to_the_last_and_no_moment_longer(place: Place, session: Session) -> None:
    row = let_act(place)
    agent, case = place.people["agent"], place.file()

    def firms(moment: object) -> frozenset[int]:
        return identity_of(session, agent, LAW.day_of(moment)).enterprise_ids  # type: ignore[arg-type]

    the_end = day(2026, 9, 12, 0)
    assert firms(NOW - timedelta(days=1)) == frozenset()
    assert firms(NOW) == firms(the_end - timedelta(seconds=1)) == {place.firm.id}
    assert firms(the_end) == frozenset()
    there, gone = (identity_of(session, agent, on) for on in (LAST, LAST + timedelta(days=1)))
    assert find_case(session, there, case.number)
    assert not find_case(session, gone, case.number)
    assert {role.name for role in roles_of(there, case)} == {"filer"}
    assert not roles_of(gone, case)
    visible = session.query(CreditRecord).where(records_visible_to(there)).all()
    assert [record.id for record in visible] == [place.record.id]
    assert there.manages == frozenset(), "an agent lets nobody in"
    end_agent(session, row.id, place.identity("enterprise"), day(2026, 9, 9))
    assert identity_of(session, agent, date(2026, 9, 9)).enterprise_ids == frozenset(), "ended early, at once"
    with pytest.raises(Impossible, match="ended already"):
        end_agent(session, row.id, place.identity("enterprise"), day(2026, 9, 9))


def test_a_letter_for_some_kinds_opens_these_kinds_alone(place: Place, session: Session) -> None:
    let_act(place, "repair")
    objection = place.file()
    repair = place.open("repair", "file", {"words": "已改正。", "files": (LETTER,), "commitment": True})
    agent = identity_of(session, place.people["agent"], FIRST)
    assert find_case(session, agent, repair.number)
    assert not find_case(session, agent, objection.number)
    assert not roles_of(agent, objection)
    assert {way.kind for way in ways_to_open(agent, place.record)} == {"repair"}
    assert ways_to_open(agent, None) == ()
    from notifications.letters import Letter

    read = session.query(Letter).where(Letter.to_party == "enterprise", letters_readable_by(agent)).all()
    assert {letter.case_number for letter in read} == {repair.number}
    let_act(place, "objection")
    both = identity_of(session, place.people["agent"], FIRST)
    assert find_case(session, both, objection.number)
    let_act(place)
    assert not identity_of(session, place.people["agent"], FIRST).narrowed, "a letter for everything narrows nothing"


def test_a_letter_is_refused_in_words(place: Place, session: Session) -> None:
    by = place.identity("enterprise")

    def refused(new: NewAgent, letter: StoredFile | None = LETTER) -> set[str]:
        with pytest.raises(Incomplete) as caught:
            name_agent(session, place.firm.id, new, letter, by, FIRST, NOW, demo=True)
        return set(caught.value.fields)

    right = NewAgent("someone", "某人", "", FIRST, LAST)
    assert refused(right, None) == {"letter"}
    assert refused(NewAgent("someone", " ", "no mail", FIRST, FIRST - timedelta(days=1))) == {
        "name", "email", "until_day",
    }  # fmt: skip
    assert refused(NewAgent("someone", "某人", "", FIRST, date(2036, 9, 11))) == {"until_day"}
    for username in ("reviewer", "enterprise2", "office"):
        assert refused(NewAgent(username, f"{username}人", "", FIRST, LAST)) == {"username"}, "nobody else's account"
    let_act(place)
    assert refused(NewAgent("agent", "别人", "", FIRST, LAST)) == {"username"}, "the name does not fit"
    for other in ("enterprise2", "agent", "reviewer"):
        identity = identity_of(session, place.people[other], FIRST)
        with pytest.raises(Forbidden):
            name_agent(session, place.firm.id, right, LETTER, identity, FIRST, NOW, demo=True)


def test_who_manages_lets_people_in_and_ends_them_and_nobody_else_does(place: Place, session: Session) -> None:
    by, firm = place.identity("enterprise"), place.firm.id
    second, _ = add_colleague(session, firm, NewColleague("second", "第二人"), by, NOW, demo=True)
    mine = identity_of(session, second, FIRST)
    assert (mine.enterprise_ids, mine.manages) == ({firm}, frozenset())
    for refused in (
        lambda: add_colleague(session, firm, NewColleague("third", "第三人"), mine, NOW, demo=True),
        lambda: end_colleague(session, place.people["enterprise"], mine, NOW),
        lambda: link_for(session, place.people["enterprise"], mine, NOW),
        lambda: end_colleague(session, place.people["enterprise2"], by, NOW),
        lambda: link_for(session, place.people["reviewer"], by, NOW),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(Impossible):
        end_colleague(session, place.people["enterprise"], by, NOW)
    assert person_of_link(session, link_for(session, second, by, NOW), NOW) is second
    end_colleague(session, second, by, NOW)
    assert not second.is_active
