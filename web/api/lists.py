"""Lists over the API: the cases and the records of a body, page by page, and one record."""

from typing import Annotated, Literal

from flask import Response, abort
from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement

from cases.kinds import all_kinds, closed_kinds
from cases.lists.records import RecordRow, find_record, records_after
from cases.lists.worklists import WorkRow, each_page, is_open
from cases.model.tables import Case
from extensions import db
from registry.columns import KINDS
from registry.tokens import READ_CASES, READ_RECORDS
from web.api.asked import Asked
from web.api.cases import named_body
from web.api.cursors import opened, sealed
from web.api.door import answer, pages, query, takes
from web.api.models import ListedCase, ListedCases, ListedRecords, NamedBody, NamedState, ShownDueDay, ShownRecord
from web.site.access import identity, note_read
from web.site.language import in_words
from workflow.calendar import ProvisionalDay
from workflow.refusal import say

PAGE = 100
Cursor = Annotated[str, Field(max_length=400, description="`next` of the page before.")]


class CasesAsked(Asked):
    """Which cases, and where to go on."""

    state: Literal["open", "closed", "any"] = "any"
    after: Cursor = ""


class RecordsAsked(Asked):
    """Which records, and where to go on."""

    since: AwareDatetime | None = Field(None, description="Only those that have changed since.")
    after: Cursor = ""


@pages.get("/cases")
@takes(READ_CASES, ListedCases, 422, query=CasesAsked)
def cases() -> Response:
    """The cases of the body, the newest first, a hundred a page."""
    asked = query(CasesAsked)
    which: list[ColumnElement[bool]] = [Case.kind.not_in(closed_kinds())]
    if asked.state != "any":
        which.append(is_open() if asked.state == "open" else ~is_open())
    found = each_page(db.session(), identity(), *which, sort="-filed", most=PAGE, after=opened("cases", asked.after))
    return answer(ListedCases(cases=list(map(_case, found.rows)), next=sealed("cases", found.after)))


@pages.get("/records")
@takes(READ_RECORDS, ListedRecords, 422, query=RecordsAsked)
def records() -> Response:
    """The records of the body, in the order in which they came, a hundred a page."""
    asked = query(RecordsAsked)
    place = opened("records", asked.after)
    found = records_after(db.session(), identity(), int(place or 0), asked.since, most=PAGE + 1)
    here, more = found[:PAGE], found[PAGE:]
    last = str(here[-1].record.id) if more else ""
    return answer(ListedRecords(records=list(map(_record, here)), next=sealed("records", last)))


@pages.get("/records/<int:record_id>")
@takes(READ_RECORDS, ShownRecord, 404)
def record(record_id: int) -> Response:
    """One record: what it says now."""
    found = find_record(db.session(), identity(), record_id) or abort(404)
    note_read("record", record_id, record_id=record_id)
    return answer(_record(found))


def _case(row: WorkRow) -> ListedCase:
    definition = all_kinds()[row.kind]
    state = definition.state(row.state)
    stands = NamedState(name=state.name, label=in_words(say(state.label)), outcome=state.outcome)
    due = ShownDueDay(on=row.due_on, provisional=isinstance(row.due_on, ProvisionalDay)) if row.due_on else None
    return ListedCase(
        number=row.number,
        kind=row.kind,
        label=in_words(say(definition.label)),
        state=None if row.lost else stands,
        desk="" if row.lost else row.desk or "",
        filed_on=row.filed_on,
        document_number=row.document_number,
        enterprise=row.enterprise,
        due=due,
        version=None if row.lost else row.length,
        lost=row.lost,
    )


def _record(row: RecordRow) -> ShownRecord:
    it = row.record
    return ShownRecord(
        id=it.id,
        kind=it.kind,
        document_number=it.document_number,
        enterprise=NamedBody(code=row.enterprise.code, name=row.enterprise.name),
        determined_by=named_body(row.determined_by),
        supplied_by=named_body(row.supplied_by),
        displayed=it.displayed,
        values={column.key: value for column in KINDS[it.kind] if (value := it.values.get(column.key))},
    )
