"""What a case is about and from whom it is kept: records it cannot have, variants left open, nobody complained of."""

from workflow.checks.walk import Complaints, Walk, asked_field, listed
from workflow.definition import SHAPES, START, Action, Definition, FieldKind
from workflow.guards import NoOtherOpen, NotComplainedOf, NotHandler, OwnRecord
from workflow.vocabulary import ON_THE_RECORD

IN_A_RECORD = frozenset({"supplied_by", "determined_by"})


def subject_faults(walk: Walk) -> Complaints:
    definition = walk.definition
    yield from _records(definition)
    yield from _variants(definition)
    yield from _closed_to(definition)
    for action in definition.actions:
        yield from _of_no_record(definition, action) if definition.without_record else ()
        yield from _kinds_of_records(definition, action)


def _records(definition: Definition) -> Complaints:
    if definition.shape not in SHAPES:
        yield "shape", f"there is no shape '{definition.shape}'", f"use one of {listed(SHAPES)}"
    asking = (row.name for row in definition.actions if any(isinstance(guard, NoOtherOpen) for guard in row.guard))
    if not definition.one_open:
        for name in asking:
            what = "it is refused beside another open case, and one_open=False lets several be open"
            yield f"action {name}, guard NoOtherOpen", what, "take the guard out, or one_open"
    if definition.without_record and definition.records:
        yield "records", "a case is about no record and is for some kinds of them", "keep one"


def _of_no_record(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    for effect in action.does:
        if effect.name in ON_THE_RECORD or (effect.name == "route" and effect.of in IN_A_RECORD):
            what = f"the effect {effect.name}({effect.of}) acts on a record, and a case is about none"
            yield where, what, "take it out, or without_record"
    for guard in action.guard:
        if isinstance(guard, NotHandler | OwnRecord):
            what = f"the guard {type(guard).__name__} reads a record, and a case is about none"
            yield where, what, "take it out, or without_record"
    for field in action.asks if START in action.source else ():
        if field.kind is FieldKind.CLAIMS:
            what = "it asks what a record should say, and a case is about none"
            yield f"{where}, field {field.name}", what, "take it out, or without_record"


def _kinds_of_records(definition: Definition, action: Action) -> Complaints:
    """No kinds named: of any; then every choice can be offered."""
    if not (definition.records or definition.without_record):
        return
    for field in action.asks:
        for choice in field.choices:
            if choice.records and not set(choice.records) & set(definition.records):
                where = f"action {action.name}, field {field.name}"
                what = f"'{choice.code}' is only for {listed(choice.records)}, and no case is about such a record"
                yield where, what, "name kinds of records=, or take the choice out"


def _variants(definition: Definition) -> Complaints:
    """Else nobody could say which variant a new case is."""
    openings = [action for action in definition.actions if START in action.source]
    several = [row for row in openings if len(row.variants or definition.variants) > 1]
    if definition.starts_as is None:
        for row in several:
            what = f"it leaves open which variant the case is: {listed(row.variants or definition.variants)}"
            mend = "name one in variants=, or say in starts_as how the record tells it"
            yield f"action {row.name}", what, mend
    elif not several or definition.without_record:
        what = "every opening fixes the variant" if not several else "a case is about no record that could tell it"
        yield "starts_as", what, "take it out"


def _closed_to(definition: Definition) -> Complaints:
    """Whom a case is kept from is asked before anybody reads it, of whoever files it (D16)."""
    name = definition.closed_to
    for action in definition.actions:
        where = f"action {action.name}"
        if any(isinstance(guard, NotComplainedOf) for guard in action.guard) and not name:
            yield f"{where}, guard NotComplainedOf", "a case is kept from nobody", "say closed_to"
        if not name or START not in action.source:
            continue
        field = asked_field(action, name)
        if field is None or field.kind is not FieldKind.CHOICE:
            what = f"it opens a case and asks no choice '{name}', from whom it is kept"
            yield where, what, f"ask {name} as a CHOICE, or mend closed_to"
        elif not field.required or field.by or field.only:
            what = "from whom the case is kept can be left unsaid"
            yield f"{where}, field {name}", what, "ask it of everybody, required, without only"
