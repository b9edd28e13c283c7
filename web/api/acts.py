"""Acts over the API: what the person may do, with what each asks; and doing it, bound to the version that was read."""

import re
from typing import Final

from flask import Response, abort, request
from flask_babel import gettext as _
from pydantic import BaseModel

from cases.engine.advance import Command, advance
from registry.tokens import ACT
from web.acts.request import left_to_answer, offered
from web.api.asked import model_of, read_answers
from web.api.cases import plain, read, version_of
from web.api.door import answer, pages, problem, takes
from web.api.models import NamedState, OfferedField, OfferedStep, OfferedValue, RecordedAct, ShownChoices
from web.api.once import once
from web.case.reading import Reading
from web.site.access import now, world
from web.site.action_form import INPUTS, ListInput, Offered
from web.site.language import in_words
from web.site.record_words import FINDINGS, field_label
from workflow.answers import asked_of, choices_for
from workflow.decide import NO_SYSTEM, AvailableAction
from workflow.definition import FILER, Field, FieldKind
from workflow.past import may_find
from workflow.refusal import Forbidden, say

VERSION: Final = re.compile(r'"(\d{1,9})"')


@pages.get("/cases/<number>/choices")
@takes(ACT, ShownChoices, 404, 422, named=True, versioned=True)
def choices(number: str) -> Response:
    """What the person may do with the case through a system: each act, whether it is open, and what it asks."""
    reading = read(number)
    acts = [_step(reading, one) for one in reading.open_acts]
    version = version_of(reading)
    return answer(ShownChoices(number=number, version=version, acts=acts), version=version)


@pages.post("/cases/<number>/acts/<action>")
@takes(ACT, RecordedAct, 400, 404, 409, 412, 413, 415, 422, 428, named=True, versioned=True, once=True)
def act(number: str, action: str) -> Response:
    """Take a step for the person, once, on the version of the case that `If-Match` names."""
    reading = read(number)
    rows = reading.definition.actions_named(action) or abort(404)
    case = reading.file.snapshot
    row = reading.definition.action(action, case.state, case.variant) or rows[0]
    if not reading.definition.machine_may(row):
        raise Forbidden(NO_SYSTEM)
    shown = _version()
    if request.get_data() and request.mimetype != "application/json":
        abort(415)

    def take() -> tuple[BaseModel, int]:
        role = next((role for role in row.by if role in reading.person.roles), None)
        firm = reading.file.enterprise_id if role is FILER else None
        answers = read_answers(model_of(reading.file.kind, row, role), request.get_data(), firm) if role else {}
        done = advance(world(), Command(reading.file.id, action, answers, shown), reading.person, now())
        state = reading.definition.state(done.state)
        stands = NamedState(name=state.name, label=in_words(say(state.label)), outcome=state.outcome)
        return RecordedAct(number=done.number, version=done.seq, action=action, state=stands, hash=done.head), done.seq

    return once(take)


def _version() -> int:
    """The version that the sender has read; without it nothing is done."""
    found = VERSION.fullmatch(request.headers.get("If-Match", "").strip())
    if not found:
        told = _('Send If-Match with the ETag of the case as you read it, as in "12".')
        abort(problem(428, told))
    return int(found[1])


def _step(reading: Reading, one: AvailableAction) -> OfferedStep:
    may = offered(reading, one.action, reading.record)
    fields = [left_to_answer(reading, one.action, field) for field in asked_of(one.action, one.role)]
    return OfferedStep(
        name=one.action.name,
        label=in_words(say(one.action.label)),
        open=one.refusal is None,
        why_not=in_words(one.why_not) if one.why_not else "",
        asks=[_field(reading, field, may) for field in fields],
    )


def _field(reading: Reading, field: Field, may: Offered) -> OfferedField:
    return OfferedField(
        name=field.name,
        label=in_words(say(field.label)),
        kind=str(field.kind),
        required=field.required,
        only={field.only[0]: list(field.only[1:])} if field.only else {},
        hint=in_words(say(field.hint)) if field.hint else "",
        values=list(_values(reading, field, may)),
        about=[OfferedValue(code=name, label=plain(field_label(reading.record, name))) for name in _about(field, may)],
    )


def _values(reading: Reading, field: Field, may: Offered) -> list[OfferedValue]:
    """The codes of which one is sent."""
    found = INPUTS[field.kind]
    if isinstance(found, ListInput):
        return [OfferedValue(code=code, label=name) for code, name in found.known(may)]
    if field.kind is FieldKind.FINDINGS:
        codes = dict.fromkeys(code for name in may.to_find for code in may_find(field, name))
        return [OfferedValue(code=code, label=plain(FINDINGS[code])) for code in codes]
    return [
        OfferedValue(code=one.code, label=in_words(say(one.label)))
        for one in choices_for(field, may.record_kind, may.subject)
    ]


def _about(field: Field, may: Offered) -> list[str]:
    """The fields of the record that can be disputed, or that are to be found."""
    if field.kind is FieldKind.CLAIMS:
        return [column.key for column in may.columns]
    return list(may.to_find) if field.kind is FieldKind.FINDINGS else []
