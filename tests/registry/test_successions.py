"""A bureau becomes another: what follows it, what stays, and what may not be recorded."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord
from registry.identity import identity_of
from registry.organisations import (
    MERGED,
    RENAMED,
    Bureau,
    Order,
    Succession,
    bodies,
    changes_of,
    find_bureau,
    latest_old_name,
    load_bureaus,
    people_following,
    records_following,
    succeed,
    successions_of,
)
from registry.people import add_person, end_person
from tests.builders import LAW, Place, _record
from workflow.refusal import Impossible, Incomplete

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 24), date(2026, 11, 20)
PAPER = "示编发〔2026〕9号"


def become(place: Place, old: Bureau, new: Bureau, on: date) -> Succession:
    order = Order(old.id, new.id, "", MERGED, PAPER, on)
    return succeed(place.session, order, old, new, place.people["chief"].id, NOW)


def merge(place: Place) -> Succession:
    row = become(place, place.bureau, place.other_bureau, DAY)
    place.session.commit()
    place.session.expire_all()
    return row


def test_records_and_people_follow_a_merged_bureau_and_nobody_elses_do(place: Place, session: Session) -> None:
    gone = add_person(session, "gone", "走了", ["reviewer"], bureau_id=place.bureau.id)
    end_person(session, gone, NOW, by=None)
    session.commit()
    kinds = {*place.bureau.kinds_of_records, *place.other_bureau.kinds_of_records}
    assert (records_following(session, place.bureau.id), people_following(session, place.bureau.id)) == (1, 2)
    row = merge(place)
    old, new = place.bureau, place.other_bureau
    assert (old.successor_id, old.valid_until) == (new.id, date(2026, 11, 19))
    assert set(new.kinds_of_records) == kinds
    assert find_bureau(session, name=old.name) is new
    assert (place.record.determined_by_id, place.record.supplied_by_id) == (new.id, new.id)
    for name in ("reviewer", "approver", "reviewer2"):
        assert identity_of(session, place.people[name]).bureau_ids == {new.id, old.id}
    assert {role.name for role in identity_of(session, place.people["approver"]).roles} == {"approver", "head"}
    assert (records_following(session, old.id), people_following(session, old.id)) == (0, 0)
    assert [(one.how, one.old_name, one.document, one.on_day) for one in successions_of(session, new.id)] == [
        (MERGED, old.name, PAPER, DAY)
    ]
    assert (row.recorded_by_id, row.recorded_at) == (place.people["chief"].id, NOW)
    assert latest_old_name(session, new.id) == ""


def test_a_renamed_bureau_is_the_same_row_and_keeps_what_it_has(place: Place, session: Session) -> None:
    bureau, was = place.bureau, place.bureau.name
    order = Order(bureau.id, None, "示范旗生态环境局", RENAMED, PAPER, DAY)
    succeed(session, order, bureau, bureau, place.people["chief"].id, NOW)
    session.commit()
    session.expire_all()
    assert (bureau.name, bureau.successor_id, bureau.valid_until) == ("示范旗生态环境局", None, None)
    assert was in bureau.former_names
    assert latest_old_name(session, bureau.id) == was
    assert (records_following(session, bureau.id), people_following(session, bureau.id)) == (1, 2)
    changed = {change.field: (change.before, change.after) for change in changes_of(session, bureau)}
    assert changed.keys() == {"name", "name_en", "short_name", "short_name_en"}
    assert changed["name"] == (was, "示范旗生态环境局")
    assert (bureau.name_en, bureau.short_name, bureau.short_name_en) == ("", "", "")
    load_bureaus(session, LAW.bureaus, LAW.office)
    assert bureau.short_name == ""


def test_two_records_of_one_document_are_told_apart_by_sheets_still(place: Place, session: Session) -> None:
    twin = _record(place.firm, place.other_bureau, place.record.known_as)
    noise = _record(place.other_firm, place.bureau, place.record.known_as)
    session.add_all((twin, noise))
    session.commit()
    number = twin.known_as
    merge(place)
    records = session.scalars(select(CreditRecord).order_by(CreditRecord.id)).all()
    assert {record.determined_by_id for record in records} == {place.other_bureau.id}
    assert (twin.known_as, noise.known_as) == (number, number)
    assert place.record.known_as == f"{number} #{place.record.id}"
    assert place.record.document_number == number


def test_what_may_not_be_recorded_is_said_by_field(place: Place, session: Session) -> None:
    old, new = place.bureau, place.other_bureau
    right = {"old_id": old.id, "new_id": new.id, "new_name": "", "how": MERGED, "document": PAPER, "on": DAY}
    assert bodies(session, Order(**right), TODAY) == (old, new)
    renamed = {**right, "how": RENAMED, "new_id": None, "new_name": "示范旗生态环境局"}
    assert bodies(session, Order(**renamed), TODAY, lock=True) == (old, old)
    old.valid_from = date(2026, 11, 20)
    session.flush()
    for base, wrong, field in (
        (right, {"how": "closed"}, "how"), (right, {"new_id": None}, "successor"),
        (right, {"new_id": old.id}, "successor"), (right, {"new_id": 999}, "successor"),
        (right, {"document": " "}, "document"), (right, {"document": "长" * 201}, "document"),
        (right, {"on": None}, "on_day"), (right, {"on": date(2026, 11, 25)}, "on_day"), (right, {}, "on_day"),
        (renamed, {"new_name": " "}, "name"), (renamed, {"new_name": old.name}, "name"),
        (renamed, {"new_name": new.former_names[0]}, "name"), (renamed, {"new_name": "长" * 201}, "name"),
    ):  # fmt: skip
        with pytest.raises(Incomplete) as refused:
            bodies(session, Order(**{**base, **wrong}), TODAY)
        assert field in refused.value.fields, wrong


def test_a_body_has_one_successor_and_follows_none_that_has_ended(place: Place, session: Session) -> None:
    merge(place)
    third = find_bureau(session, name="示范旗市场监督管理局")
    back = Order(place.other_bureau.id, place.bureau.id, "", MERGED, PAPER, DAY)
    with pytest.raises(Incomplete) as refused:
        bodies(session, back, TODAY)
    assert "successor" in refused.value.fields
    with pytest.raises(Impossible, match="successor already"):
        bodies(session, Order(place.bureau.id, third.id, "", MERGED, PAPER, DAY), TODAY)


def test_what_followed_once_follows_again_and_leads_to_the_body_that_stands(place: Place, session: Session) -> None:
    third = find_bureau(session, name="示范旗市场监督管理局")
    merge(place)
    become(place, place.other_bureau, third, TODAY)
    session.commit()
    session.expire_all()
    assert (place.bureau.successor_id, place.other_bureau.successor_id) == (third.id, third.id)
    assert place.record.determined_by_id == third.id
    assert identity_of(session, place.people["reviewer"]).bureau_ids == {
        third.id, place.bureau.id, place.other_bureau.id,
    }  # fmt: skip
    assert [row.old_bureau_id for row in successions_of(session, place.bureau.id)] == [place.bureau.id]
