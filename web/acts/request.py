"""An act that somebody has chosen on a case: the case as they may read it, the row of the procedure, its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import abort, request
from werkzeug.datastructures import FileStorage, MultiDict

from cases.kinds import all_kinds
from cases.model.act_drafts import Sheet, find_act_draft
from cases.model.form_tables import ActDraft
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from cases.model.visibility import find_case, roles_of
from extensions import db
from registry.credit_records import CreditRecord
from web.acts.form import ActForm, act_form
from web.acts.options import asks_of_a_record, left_to_answer, offered, records_of_firm
from web.case.choices import open_to
from web.case.reading import Reading, reading_of
from web.site.access import identity, moment
from web.site.context import world
from web.site.read_log import seen
from web.site.request_limits import number_in
from workflow.answers import asked_of
from workflow.decide import AvailableAction
from workflow.definition import DESKS, FieldKind
from workflow.refusal import say

GONE = say("The case has moved on: this cannot be done now.")


@dataclass(frozen=True)
class Scene:
    """A case as the reader may read it, and the act they have chosen; `record`: the one that it is about."""

    reading: Reading
    open: AvailableAction
    record: CreditRecord | None

    @property
    def name(self) -> str:
        return self.open.action.name

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.reading.identity.user_id, self.reading.file.id, self.name)

    @cached_property
    def draft(self) -> ActDraft | None:
        """What the reader has kept of this form."""
        return find_act_draft(self.reading.session, self.sheet)

    @property
    def chooses_record(self) -> bool:
        """Whether a record is to be chosen before there is a form."""
        return self.record is None and asks_of_a_record(self.open.action)

    @property
    def file_fields(self) -> list[str]:
        return [field.name for field in self.open.action.asks if field.kind is FieldKind.FILES]

    @property
    def uploads(self) -> list[FileStorage]:
        """The files that have come with this request."""
        return [upload for name in self.file_fields for upload in request.files.getlist(name)]

    @property
    def left_out(self) -> list[str]:
        """The files, by their hash, that are not to be kept any more."""
        return [digest for name in self.file_fields for digest in request.form.getlist(f"{name}_out")]

    def form(self, typed: Mapping[str, list[str]] | None = None) -> ActForm:
        """The form as it was sent, or with what was typed before."""
        action = self.open.action
        asked = [left_to_answer(self.reading, action, field) for field in asked_of(action, self.open.role)]
        return act_form(asked, offered(self.reading, action, self.record), MultiDict(typed) if typed else None)


def scene_of(number: str, name: str) -> Scene:
    """The case and the act, where the person may read the case and the act belongs to one of their roles in it, or
    they have words of their own kept there."""
    case = find_case(db.session(), identity(), number) or abort(404)
    if not _may_ask(case, name):
        abort(404)
    seen("case", number, case.id)
    reading = reading_of(db.session(), world(), _file(case.id), identity(), moment())
    for found in open_to(reading):
        if found.action.name == name:
            return Scene(reading, found, _record(reading, found))
    roles, rows = reading.person.roles, reading.definition.actions_named(name)
    kept = find_act_draft(db.session(), Sheet(identity().user_id, case.id, name)) if rows else None
    for row in rows:
        role = next((role for role in row.by if role in roles), row.by[0] if kept else None)
        if role and role.party in DESKS and row.offered:
            return Scene(reading, AvailableAction(row, role, GONE), reading.record)
    return abort(404)


def _may_ask(case: Case, name: str) -> bool:
    """Whether an act of that name could be the reader's in such a case: else nothing more of it is read."""
    rows, roles = all_kinds()[case.kind].actions_named(name), roles_of(identity(), case)
    if any(role in roles for row in rows for role in row.by):
        return True
    return bool(rows) and find_act_draft(db.session(), Sheet(identity().user_id, case.id, name)) is not None


def _record(reading: Reading, found: AvailableAction) -> CreditRecord | None:
    """The record that the act is about: the case's own, or one of the firm's that was chosen."""
    if not asks_of_a_record(found.action):
        return reading.record
    wanted = number_in(request.values.get("record"), 0)
    return next((record for record in records_of_firm(reading) if record.id == wanted), None)


def _file(case_id: int) -> LoadedCase:
    return read_cases(db.session(), [case_id])[0]
