"""Fields that no form can ask."""

from collections import Counter

from workflow.checks.walk import Complaints, Pairs, Walk
from workflow.definition import CLOCK, START, Action, Field, FieldKind

FORM_OWN = frozenset({"csrf_token", "version", "token"})
"""Names that every form uses for itself."""
ONE_A_FORM = (FieldKind.CLAIMS, FieldKind.FINDINGS)


def field_faults(walk: Walk) -> Complaints:
    for action in walk.definition.actions:
        yield from _of_the_form(walk, action)
        for field in action.asks:
            where = f"action {action.name}, field {field.name}"
            for what, mend in (*_of_itself(field), *_of_its_askers(action, field), *_of_its_kind(walk, action, field)):
                yield where, what, mend


def _of_the_form(walk: Walk, action: Action) -> Complaints:
    for kind, times in Counter(field.kind for field in action.asks).items():
        if kind in ONE_A_FORM and times > 1:
            what = f"it asks {kind} {times} times in one form"
            yield f"action {action.name}", what, "ask them once"


def _of_itself(field: Field) -> Pairs:
    if not field.name.isidentifier() or field.name in FORM_OWN:
        yield "no form can carry this name", "give it a name of letters that the form does not use itself"
    if not field.label:
        yield "it has no label", "say what the form asks"
    if field.kind not in list(FieldKind):
        yield f"there is no way to ask '{field.kind}'", "use a kind of FieldKind"


def _of_its_askers(action: Action, field: Field) -> Pairs:
    strangers = [role.name for role in field.by if role not in action.by]
    if strangers:
        yield (
            f"it is asked of {', '.join(strangers)}, who may not take the action",
            "mend by= of the field or the action",
        )
    askers = field.by or action.by
    if CLOCK in askers and field.required:
        yield "the clock answers nothing and this is required of it", "limit the field to people with by="


def _of_its_kind(walk: Walk, action: Action, field: Field) -> Pairs:
    if field.kind is FieldKind.CHOICE and not field.choices:
        yield "it is a choice between nothing", "give it choices"
    if field.kind is not FieldKind.CHOICE and field.choices:
        yield f"a field of kind {field.kind} shows no choices", "make it a CHOICE or take the choices out"
    if field.kind is FieldKind.FINDINGS and not _claims_anywhere(walk):
        yield "nothing is ever claimed on which findings could be given", "let an opening ask CLAIMS"
    if (field.settles or field.review) and field.kind is not FieldKind.FINDINGS:
        yield "only findings settle or review", "make it FINDINGS or take the mark out"
    if field.display and field.kind is not FieldKind.CLAIMS:
        yield "only claims dispute a display", "make it CLAIMS or take display out"
    if field.day_of_filing and (field.kind is not FieldKind.DATE or START not in action.source):
        yield "only a day that an opening asks can be that of filing", "ask it as a DATE of the opening"
    for code in (field.only[1:] or ("",)) if field.only else ():
        if field.only and not _is_offered(action, field.only[0], code):
            what = f"it depends on '{code}', which the form's field '{field.only[0]}' does not offer"
            yield what, "name a choice of the same form and its codes"
    for one in field.suggests:
        if one.answer not in [choice.code for choice in field.choices]:
            yield f"it suggests '{one.answer}', which it does not offer", "suggest one of its choices"
        openings = [row for row in walk.definition.actions if START in row.source]
        if not any(_is_offered(row, one.field, one.said) for row in openings):
            what = f"it suggests by '{one.said}', which no opening's field '{one.field}' offers"
            yield what, "name a choice of an opening and one of its codes"
    if field.kind is FieldKind.DEADLINE:
        for node in sorted(walk.nodes_of(action)):
            if not any(node.state in deadline.over for deadline in walk.definition.deadlines_of(node.variant)):
                yield f"no deadline runs in '{node.state}' to choose from", "take the state out of source="


def _is_offered(action: Action, name: str, code: str) -> bool:
    return any(choice.code == code for field in action.asks if field.name == name for choice in field.choices)


def _claims_anywhere(walk: Walk) -> bool:
    return any(field.kind is FieldKind.CLAIMS for action in walk.definition.actions for field in action.asks)
