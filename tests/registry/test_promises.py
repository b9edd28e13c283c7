"""A limit that was published lies over what was proposed, from its first filing day on; law never gives way."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from application import create_app
from extensions import db
from registry.in_force import GENESIS, all_promises, law_in_force, plan, promises_of, record_promise, rule_of, seal_of
from tests.builders import LAW, START, Place
from tests.conftest import make_settings
from tests.promised import FIRST, TODAY, promise, written
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule, mark_of
from workflow.refusal import Impossible, Incomplete

ONE_DAY = timedelta(days=1)
VERIFY = "objection.verify"


def limit(law: Jurisdiction, on: date, key: str = VERIFY) -> Rule:
    found = rule_of(law, key, on)
    assert found
    return found


def test_without_a_promise_the_law_is_the_one_that_was_shipped(session: Session) -> None:
    assert law_in_force(session, LAW) is LAW


def test_cases_filed_from_the_first_day_have_the_promise_and_those_before_the_proposal(place: Place) -> None:
    promise(place)
    law = law_in_force(place.session, LAW)
    before, after = limit(law, FIRST - ONE_DAY), limit(law, FIRST)
    assert (before.n, mark_of(before), before.valid_until) == (7, "proposal", FIRST - ONE_DAY)
    assert (after.n, mark_of(after), after.valid_until) == (5, "promise", None)
    assert after.citation == "《示范旗异议办理时限公告（演示）》，示政办发〔2026〕41号，2026年9月1日公布"
    assert after.citation_en == "Notice on time limits, 示政办发〔2026〕41号, published on 1 September 2026"
    assert (after.note, after.label, after.counted_from) == ("", before.label, before.counted_from)


def test_a_promise_makes_another_rule_set_from_its_first_day_and_leaves_the_one_before(place: Place) -> None:
    promise(place)
    law = law_in_force(place.session, LAW)
    assert law.rule_set(FIRST - ONE_DAY) == LAW.rule_set(FIRST - ONE_DAY)
    after = law.rule_set(FIRST)
    assert (after.since, after.id != LAW.rule_set(FIRST).id, "示政办发〔2026〕41号" in after.source) == (
        FIRST,
        True,
        True,
    )
    assert law.rule_set(FIRST + 400 * ONE_DAY) == after


def test_whatever_is_promised_whichever_day_only_that_limit_changes_and_only_from_its_day(place: Place) -> None:
    """Promises at random, one after the other: each day before and after the first day of each has its own law."""
    chance, law = random.Random(20261130), LAW
    for _ in range(25):
        rule = chance.choice([one for one in law.in_force(TODAY) if one.basis != "statute"])
        already = max((one.first_day for one in promises_of(place.session, rule)), default=FIRST)
        first, n = already + timedelta(days=chance.randrange(40)), chance.randrange(1, 60)
        old = law
        promise(place, rule.key, n=n, first_day=first, number=f"第{chance.random()}号")
        law = law_in_force(place.session, LAW)
        for on in (TODAY, first - ONE_DAY, first, first + ONE_DAY, first + timedelta(days=chance.randrange(900))):
            changed = on >= first
            expected = {one.key: n if changed and one.key == rule.key else one.n for one in old.in_force(on)}
            assert {one.key: one.n for one in law.in_force(on)} == expected
            assert [one.key for one in law.in_force(on)] == [one.key for one in LAW.in_force(on)]
            assert mark_of(limit(law, on, rule.key)) == ("promise" if changed else mark_of(limit(old, on, rule.key)))
            assert limit(law, on, rule.key).unit == rule.unit


def test_a_text_that_binds_some_cases_keeps_its_number_for_them(place: Place) -> None:
    promise(place, "complaint.route", n=9)
    rule = limit(law_in_force(place.session, LAW), FIRST, "complaint.route")
    assert (rule.n, mark_of(rule)) == (9, "promise")
    assert (rule.bound().n, mark_of(rule.bound())) == (15, "statute")
    promise(place, "complaint.route", n=8, number="第42号")
    assert limit(law_in_force(place.session, LAW), FIRST, "complaint.route").bound().n == 15


def test_an_extension_of_which_the_document_says_nothing_stays_a_proposal(place: Place) -> None:
    promise(place)
    rule = limit(law_in_force(place.session, LAW), FIRST)
    assert (rule.extension, mark_of(rule, extended=True)) == (10, "proposal")
    promise(place, n=6, extension=4, number="第42号")
    rule = limit(law_in_force(place.session, LAW), FIRST)
    assert (rule.n, rule.extension, mark_of(rule, extended=True)) == (6, 4, "promise")


def test_a_statute_that_begins_later_ends_the_promise(place: Place) -> None:
    begins = FIRST + timedelta(days=100)
    statute = {"basis": "statute", "citation": "某法第1条", "citation_en": "A Law, Art. 1", "certainty": "read"}
    rules = [rule for rule in LAW.rules if rule.name != VERIFY]
    old = limit(LAW, TODAY)
    rules += [old.model_copy(update={"valid_until": begins - ONE_DAY}),
              old.model_copy(update={**statute, "n": 3, "valid_from": begins})]  # fmt: skip
    law = replace(LAW, rules=tuple(rules))
    promise(place, law=law)
    law = law_in_force(place.session, law)
    assert [limit(law, on).n for on in (FIRST - ONE_DAY, FIRST, begins - ONE_DAY, begins)] == [7, 5, 5, 3]
    with pytest.raises(Incomplete, match="a text of law sets this limit"):
        plan(place.session, law, limit(law, TODAY), written(first_day=begins), TODAY)


def test_what_a_text_sets_cannot_be_promised(place: Place) -> None:
    for key in ("correction.end_display.decision_changed", "repair.accept", "complaint.decide.petition"):
        rule = limit(LAW, TODAY, key)
        for n in (rule.n - 1, rule.n, rule.n + 1):
            with pytest.raises(Impossible, match="A text of law sets this limit"):
                plan(place.session, LAW, rule, written(n=n), TODAY)


UNFIT: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"title": " "}, "title", "Enter the title"),
    ({"title_en": "x" * 201}, "title_en", "At most 200 characters"),
    ({"number": ""}, "number", "Enter the number of the document"),
    ({"dated": None}, "dated", "on which the document was published"),
    ({"dated": date(1926, 9, 1)}, "dated", "check the year"),
    ({"n": None}, "n", "1 to 250"),
    ({"n": 0}, "n", "1 to 250"),
    ({"n": 251}, "n", "1 to 250"),
    ({"extension": 0}, "extension", "1 to 250"),
    ({"first_day": None}, "first_day", "Enter the first day"),
    ({"first_day": TODAY}, "first_day", "at the earliest: cases filed already keep the limit"),
    ({"first_day": TODAY - ONE_DAY}, "first_day", "at the earliest"),
    ({"dated": FIRST + ONE_DAY}, "first_day", "before the document is published"),
    ({"first_day": date(2062, 9, 9)}, "first_day", "check the year"),
    ({"file": None}, "file", "Add the document"),
)


def test_what_is_missing_or_unfit_is_refused_in_a_sentence(place: Place) -> None:
    for changes, field, said in UNFIT:
        with pytest.raises(Incomplete) as refused:
            promise(place, **changes)
        assert list(refused.value.fields) == [field], changes
        assert said in str(refused.value.fields[field]), changes
    assert all_promises(place.session) == []


def test_the_first_day_may_be_tomorrow_and_the_day_of_publication(place: Place) -> None:
    promise(place, dated=TODAY + ONE_DAY, first_day=TODAY + ONE_DAY)
    assert limit(law_in_force(place.session, LAW), TODAY + ONE_DAY).n == 5


def test_the_same_sent_twice_is_recorded_once(place: Place) -> None:
    first = promise(place)
    assert promise(place, seen="") is first
    assert promise(place, seen="", title=" 《示范旗异议办理时限公告（演示）》 ") is first
    assert len(all_promises(place.session)) == 1


def test_who_has_not_seen_what_another_recorded_meanwhile_is_refused(place: Place) -> None:
    promise(place)
    with pytest.raises(Impossible, match="Meanwhile chief人 has recorded another document"):
        promise(place, seen="", n=4, number="第42号")
    with pytest.raises(Impossible, match="begin again"):
        promise(place, "objection.refer", seen="c" * 64)
    assert len(all_promises(place.session)) == 1


def test_a_newer_document_takes_the_place_of_an_earlier_one_but_cannot_begin_before_it(place: Place) -> None:
    promise(place, first_day=FIRST + timedelta(days=7))
    with pytest.raises(Incomplete, match="another document is recorded already"):
        promise(place, n=4, number="第42号")
    promise(place, n=4, number="第42号", first_day=FIRST + timedelta(days=9))
    law = law_in_force(place.session, LAW)
    assert [limit(law, FIRST + timedelta(days=days)).n for days in (6, 7, 8, 9)] == [7, 5, 5, 4]


def test_each_promise_quotes_the_seal_of_the_one_before_and_seals_what_it_says(place: Place) -> None:
    first, second = promise(place), promise(place, "objection.refer", n=1)
    assert (first.previous, second.previous) == (GENESIS, first.seal)
    place.session.expire_all()
    for row in all_promises(place.session):
        assert seal_of(row) == row.seal


def test_a_promise_whose_recording_was_undone_holds_nowhere(place: Place) -> None:
    session, by = place.session, place.people["chief"].id
    record_promise(session, LAW, limit(LAW, TODAY), written(), "", by, TODAY, START)
    assert limit(law_in_force(session, LAW), FIRST).n == 5
    session.rollback()
    assert law_in_force(session, LAW) is LAW
    promise(place, n=6)
    assert limit(law_in_force(session, law_in_force(session, LAW)), FIRST).n == 6


def test_the_database_refuses_to_change_or_remove_a_promise(place: Place) -> None:
    promise(place)
    for statement in ("UPDATE promise SET n = 9", "DELETE FROM promise", "UPDATE promise SET id = 77"):
        engine = place.session.get_bind().engine
        with engine.connect() as connection, pytest.raises(DBAPIError, match="a promise is never"):
            connection.execute(text(statement))


def test_another_process_on_the_same_database_counts_by_it_at_once(place: Place, tmp_path: Path) -> None:
    url = place.session.get_bind().engine.url.render_as_string(hide_password=False)
    other = create_app(make_settings(tmp_path, url))
    with other.app_context():
        shipped = other.extensions["law"]
        assert limit(law_in_force(db.session(), shipped), FIRST).n == 7
        db.session.remove()
    promise(place)
    with other.app_context():
        assert limit(law_in_force(db.session(), shipped), FIRST).n == 5
        db.session.remove()
        db.engine.dispose()
