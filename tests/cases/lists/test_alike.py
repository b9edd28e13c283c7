"""Cases with the same mistake are found at the same bureau, before and after their correction; others are not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cases.lists.alike import Alike, Difference, alike, difference_of
from cases.model.disputed import Subject
from cases.model.reading import read_cases
from cases.model.tables import Case
from registry.columns import PENALTY, Type
from tests.builders import Place, _begins, _record, day, make_place
from tests.web.walking import STEPS

pytestmark = pytest.mark.both_databases

KINDS = {column.key: column.type for column in PENALTY}
FILED = day(2026, 11, 16)


@pytest.mark.parametrize(
    ("record", "claim", "kind", "by"),
    [
        ("8.00", "0.80", Type.AMOUNT, ("times", 10)), ("0.80", "8.00", Type.AMOUNT, ("times", -10)),
        ("8.00", "8.00", Type.AMOUNT, None), ("8.00", "0.90", Type.AMOUNT, None), ("8.00", "0", Type.AMOUNT, None),
        ("8.00", "许多", Type.AMOUNT, None), ("8", "NaN", Type.AMOUNT, None),
        ("2026-03-18", "2026-03-13", Type.DATE, ("days", -5)), ("", "2026-03-13", Type.DATE, None),
        ("甲", "乙", Type.TEXT, None),
    ],
)  # fmt: skip
def test_a_difference_is_one_that_can_be_met_again(
    record: str, claim: str, kind: Type, by: tuple[str, int] | None
) -> None:
    expected = Difference("fine", *by) if by else None
    assert difference_of(Subject("fine", record, claim), kind) == expected


def test_the_same_mistake_is_counted_at_its_bureau_with_what_was_corrected(session: Session) -> None:
    place = make_place(session)
    records = [_record(place.firm, place.bureau, f"示环罚〔2026〕{number}号") for number in (81, 82, 83)]
    session.add_all(records)
    session.flush()
    session.add_all(_begins(record) for record in records)
    session.commit()
    claims = zip((place.record, *records), ("0.80", "0.80", "0.90", "0.80"), strict=True)
    here = [_with_bureau(place, place.file(FILED, record, claims={"fine": claim})) for record, claim in claims]
    _with_bureau(place, place.file(FILED, place.other_record, by="enterprise2", claims={"fine": "0.80"}))
    found = {"fine": {"finding": "as_claimed", "reason": ""}}
    place.act(here[1], "reviewer", "propose", _at(3), findings=found, reasons="录错。")
    place.act(here[1], "approver", "approve", _at(4), opinion="")
    place.act(here[1], "office", "carry_out", _at(5))
    ten = Difference("fine", "times", 10)
    assert _found(place, here[0]) == (Alike(ten, (here[3].number, here[1].number), 1),)
    assert _found(place, here[2]) == (), "nine tenths are no mistake that is met again"
    assert _found(place, here[0], who="reviewer2") == (), "another bureau reads none of them"
    assert _found(place, here[0], later=366) == (), "what is older than a year is left out"


def _at(hours: int) -> datetime:
    return FILED + timedelta(hours=hours)


def _with_bureau(place: Place, case: Case) -> Case:
    for hours, name in enumerate(("accept", "refer"), start=1):
        who, action, answers = STEPS[name]
        place.act(case, who, action, FILED + timedelta(hours=hours), **answers)
    return place.case(case.number)


def _found(place: Place, case: Case, who: str = "reviewer", later: int = 0) -> tuple[Alike, ...]:
    file = read_cases(place.session, [case.id])[0]
    today = (FILED + timedelta(days=later)).date()
    return alike(place.session, place.identity(who), file, KINDS, today)
