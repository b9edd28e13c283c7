"""What one firm may bring at most: the next is refused with a sentence that says from when, and nothing is written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from cases.model.tables import Case
from tests.builders import LAW, START, WORLD, Place
from workflow.jurisdiction import AtMost
from workflow.refusal import Impossible, NotYet

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law of the place, with limits that a test reaches."""
    at_most = AtMost.model_construct(filings_an_hour=2, complaints_open=2, files_a_case=3)
    law = replace(LAW, place=LAW.place.model_copy(update={"at_most": at_most}))
    monkeypatch.setattr("tests.builders.WORLD", replace(WORLD, jurisdiction=law))


def cases(session: Session) -> int | None:
    return session.scalar(select(func.count(Case.id)))


def test_a_firm_files_so_many_cases_an_hour(place: Place, session: Session) -> None:
    place.complain(START)
    place.complain(START + 10 * MINUTE)
    with pytest.raises(NotYet) as refused:
        place.complain(START + 50 * MINUTE)
    assert refused.value.message.values == {"n": 2, "at": START + HOUR}
    assert cases(session) == 2
    with pytest.raises(Impossible, match="such cases open"):
        place.complain(START + HOUR)
    place.file(START + HOUR)
    assert cases(session) == 3


def test_what_comes_over_the_counter_is_always_taken(place: Place, session: Session) -> None:
    for _case in range(3):
        place.complain(START, by="office", came_by="paper", handed_in_on=START.date())
    assert cases(session) == 3


def test_a_case_takes_so_many_files(place: Place) -> None:
    case = place.file(START)
    files = tuple(StoredFile(f"{n:064x}", f"{n}.pdf", "application/pdf", 9) for n in range(4))
    place.act(case, "enterprise", "add", START + MINUTE, words="甲", files=files[:2])
    with pytest.raises(Impossible) as refused:
        place.act(case, "enterprise", "add", START + 2 * MINUTE, words="乙", files=files[2:])
    assert refused.value.message.values == {"most": 3, "there": 2}
    place.act(case, "enterprise", "add", START + 2 * MINUTE, words="乙", files=files[2:3])
    place.act(case, "enterprise", "add", START + 3 * MINUTE, words="丙")
    place.act(case, "office", "accept", START + 4 * MINUTE)
