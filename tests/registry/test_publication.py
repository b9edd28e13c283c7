"""What is public on a day: the query finds what the law says of each record, and nothing of natural persons."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.columns import ADVERSE, KINDS
from registry.credit_records import CreditRecord, new_key
from registry.display import ONE_DAY
from registry.organisations import Bureau, Enterprise
from registry.publication import in_time, is_public, public_until
from tests.builders import LAW, VALUES, Place

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.both_databases


def public(session: Session, on: date = TODAY) -> set[int]:
    session.expire_all()
    return set(session.scalars(select(CreditRecord.id).join(Enterprise).where(is_public(LAW, on))))


def test_the_query_finds_what_the_law_says_of_each_record(place: Place) -> None:
    chance = random.Random(15)
    bureaus = place.session.scalars(select(Bureau).order_by(Bureau.id)).all()[:3]
    days = [TODAY - timedelta(days=n) for n in range(1150)]
    made = []
    for n in range(400):
        decided = chance.choice(days)
        shown, until = chance.choice(days), chance.choice(days) + timedelta(days=1100)
        values = {"document_number": f"{n}", "decided_on": decided.isoformat()}
        values |= {"displayed_from": shown.isoformat()} if chance.random() < 0.4 else {}
        made.append(CreditRecord(
            kind=chance.choice(list(KINDS)), enterprise_id=place.firm.id, supplied_by_id=bureaus[0].id,
            determined_by_id=chance.choice(bureaus).id, known_as=f"{n}", document_number=f"{n}", decided_on=decided,
            display_until=until if chance.random() < 0.4 else None, values=values, sheet_says={},
            severity=chance.choice(("", "minor", "general", "serious")),
        ))  # fmt: skip
    place.session.add_all(made)
    place.session.flush()
    by_id = {bureau.id: bureau for bureau in bureaus}
    ends = {one: public_until(one, by_id[one.determined_by_id], LAW.displays, TODAY) for one in made}
    for on in (TODAY, *(end.day + ONE_DAY * step for end in list(ends.values())[:20] if end for step in (0, 1))):
        if not date(2026, 4, 1) <= on:
            continue  # other rules were in force then
        said = {one.id: public_until(one, by_id[one.determined_by_id], LAW.displays, on) for one in made}
        law_says = {one.id for one in made if (end := said[one.id]) and end.day >= on}
        law_says |= {one.id for one in made if one.kind not in ADVERSE and said[one.id] is None}
        of_ours = CreditRecord.id.in_([one.id for one in made])
        found = set(place.session.scalars(select(CreditRecord.id).where(of_ours, in_time(LAW.displays, on))))
        assert found == law_says, on
    assert 50 < len(found) < 350


def test_a_class_that_nobody_stated_ends_with_the_longest_time(place: Place) -> None:
    values = {key: value for key, value in VALUES.items() if key != "display_until"}
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    place.session.execute(of.values(display_until=None, values=values))
    assert place.record.id in public(place.session, date(2029, 3, 18))
    assert place.record.id not in public(place.session, date(2029, 3, 19))


@pytest.mark.parametrize(
    "said",
    [
        {"subject_kind": "自然人"}, {"subject_kind": "个体工商户"}, {"subject_kind": "个人"},
        {"penalty_kind": "警告"}, {"removed_on": "2026-11-24"},
    ],
)  # fmt: skip
def test_what_a_sheet_says_keeps_a_record_from_everybody(place: Place, said: dict[str, str]) -> None:
    assert place.record.id in public(place.session)
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    place.session.execute(of.values(values={**VALUES, **said}))
    assert place.record.id not in public(place.session)


@pytest.mark.parametrize("changed", [{"displayed": False}, {"shared": False}, {"kind": "other"}])
def test_what_has_ended_or_has_no_basis_is_not_public(place: Place, changed: dict[str, object]) -> None:
    place.session.execute(update(CreditRecord).where(CreditRecord.id == place.record.id).values(**changed))
    assert place.record.id not in public(place.session)


def test_an_individual_business_is_not_public_and_who_left_a_list_is_not(place: Place) -> None:
    place.session.execute(
        update(CreditRecord).where(CreditRecord.id == place.record.id).values(kind="serious_list", listed=False)
    )
    of = update(Enterprise).where(Enterprise.id == place.other_firm.id)
    place.session.execute(of.values(code="921506990U0QK8EE8L"))
    assert public(place.session) == set()


def test_nobody_guesses_an_address() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {22}
