"""Promises for tests: a document of the place, recorded by the head of the office."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from registry.in_force import NewPromise, Promise, law_in_force, promises_of, record_promise, rule_of
from tests.builders import LAW, START, Place
from workflow.jurisdiction import Jurisdiction

TODAY, FIRST = date(2026, 9, 7), date(2026, 9, 9)
"""A Monday, and the Wednesday from which it holds."""
NOTICE = StoredFile("b" * 64, "公告.pdf", "application/pdf", 400)


def written(**changes: Any) -> NewPromise:
    """What stands in the document, but for what is changed."""
    said: dict[str, Any] = {
        "title": "示范旗异议办理时限公告（演示）", "number": "示政办发〔2026〕41号", "dated": date(2026, 9, 1), "n": 5,
        "first_day": FIRST, "file": NOTICE, "extension": None, "title_en": "Notice on time limits",
    }  # fmt: skip
    return NewPromise(**{**said, **changes})


def promise(
    place: Place, key: str = "objection.verify", *, seen: str | None = None, law: Jurisdiction = LAW, **changes: Any
) -> Promise:
    """Record a promise as of the first Monday, as who has seen what stands there unless something else is said."""
    session: Session = place.session
    in_force = law_in_force(session, law)
    rule = rule_of(in_force, key, TODAY)
    assert rule, key
    before = promises_of(session, rule)
    seen = seen if seen is not None else (before[0].seal if before else "")
    by = place.people["chief"].id
    row = record_promise(session, in_force, rule, written(**changes), seen, by, TODAY, START)
    session.commit()
    return row
