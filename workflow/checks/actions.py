"""What is wrong with a row: nobody can ever take it, it leads nowhere, no form can ask it, an effect has no object."""

from collections import Counter
from collections.abc import Callable, Iterable

from workflow.checks.walk import Complaints, Pairs, Walk, asked_field, listed
from workflow.definition import (
    CASE,
    CLOCK,
    RECOUNTED,
    SENDS_BACK,
    START,
    STAY,
    Action,
    Branch,
    Definition,
    Field,
    FieldKind,
    Party,
)
from workflow.guards import Within
from workflow.vocabulary import EFFECTS, Effect


def action_faults(walk: Walk) -> Complaints:
    definition = walk.definition
    if not any(START in action.source for action in definition.actions):
        yield "actions", "none opens a case", f"give one of them the source {START}"
    for action in definition.actions:
        yield from _written(definition, action)
        if isinstance(action.target, Branch):
            yield from _branches(action, action.target)
        yield from _opening(definition, action)
        yield from _out_of_an_end(definition, action)
        yield from _never_taken(walk, action)


def _written(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    if not action.label:
        yield where, "it has no label", "say what its button says"
    if not action.done:
        yield where, "the time line has no words for it", "say in done= what has happened then"
    if not action.by:
        yield where, "nobody may take it", "name a role in by="
    if not action.source:
        yield where, "it leaves no state", "name its states in source="


def _branches(action: Action, branch: Branch) -> Complaints:
    where, question = f"action {action.name}", branch.question
    led, given = {value for value, _ in branch.targets}, set(question.values)
    if not given:
        yield where, f"the question '{question.name}' names no values", "name those that it can give"
    for value in sorted(given - led):
        yield where, f"the branch for '{value}' has no target", "say where the case goes then, or write BySome"
    for value in sorted(led - given):
        what = f"'{value}' is no value of the question '{question.name}'"
        yield where, what, f"branch on one of {listed(given)}"


def _opening(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    if START not in action.source:
        if CASE in action.by and action.moves and action.part is not SENDS_BACK:
            what = "another case can only open a case or add to one, and this row leaves an open one"
            yield where, what, f"give it the source {START}, another role, the part SENDS_BACK, or let it STAY"
        return
    if len(action.source) > 1:
        what = "it opens a case and also leaves states"
        yield where, what, "write two rows"
    if STAY in action.targets:
        yield where, "it opens a case and names no state for it", "give it a target"
    if CLOCK in action.by:
        yield where, "the clock cannot open a case", "name a person's role or CASE"
    for target in action.targets:
        state = definition.by_state.get(str(target))
        if state is not None and state.final:
            yield where, f"it opens a case in the end '{state.name}'", "lead it to an open state"


def _out_of_an_end(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    ends = [name for name in action.source if name in definition.by_state and definition.state(name).final]
    leaves = bool(ends) and action.moves
    if leaves and not action.reopens:
        what = f"it leaves the end {listed(ends)} without reopening"
        yield where, what, "mark it reopens=True with a within guard, or let it STAY"
    if action.reopens and not leaves:
        yield where, "it reopens a case and leaves no end", "take reopens out or name an end as source"
    if action.reopens and len(ends) < len(action.source):
        yield where, "it reopens a case that is still open", "write a row of its own for the ends"
    if action.reopens and not any(isinstance(guard, Within) for guard in action.guard):
        yield where, "it reopens a case for ever", "give it a within guard"
    for target in action.targets if action.reopens else ():
        state = definition.by_state.get(str(target))
        if state is not None and state.final:
            what = f"it reopens a case into the end '{state.name}'"
            yield where, what, "lead it to an open state"


def _never_taken(walk: Walk, action: Action) -> Complaints:
    definition, where = walk.definition, f"action {action.name}"
    nodes = walk.nodes_of(action)
    known = [name for name in action.source if name in definition.by_state or name == START]
    reached = {node.state for node in nodes}
    if known and not reached and any(target is STAY or target in definition.by_state for target in action.targets):
        yield where, "it can never be taken: no case stands in its states", "mend source or variants"
        return
    for name in known:
        if reached and name not in reached:
            what = f"it can never be taken in '{name}': no case stands there in its variants"
            yield where, what, "take the state out of source="
    bureaus_alone = START not in action.source and {role.party for role in action.by} == {Party.BUREAU}
    if nodes and bureaus_alone and not any(node.routed for node in nodes):
        what = "it can never be taken: no bureau has been named where it stands"
        yield where, what, "put route(…) before it, or name another role"
    if action.by == (CLOCK,) and reached and not _clock_comes(walk, action):
        what = "it can never be taken: no rung of a deadline that runs there names it"
        yield where, what, "name it in a rung or take it out"


def _clock_comes(walk: Walk, action: Action) -> bool:
    """A rung leads the clock there; to recount, a new calendar does, wherever a deadline runs."""
    running = [deadline for node in walk.nodes_of(action) for deadline in walk.running(node.variant, node.state)]
    if action.name == RECOUNTED:
        return bool(running)
    return any(rung.action == action.name for deadline in running for rung in deadline.rungs)


FORM_OWN = frozenset({"csrf_token", "version", "token", "shown", "proposal", "kept"})
"""Names that every form uses for itself."""
ONE_A_FORM = (FieldKind.CLAIMS, FieldKind.FINDINGS)


def field_faults(walk: Walk) -> Complaints:
    for action in walk.definition.actions:
        for kind, times in Counter(field.kind for field in action.asks).items():
            if kind in ONE_A_FORM and times > 1:
                yield f"action {action.name}", f"it asks {kind} {times} times in one form", "ask them once"
        for field in action.asks:
            where = f"action {action.name}, field {field.name}"
            for what, mend in (*_of_itself(field), *_of_its_askers(action, field), *_of_its_kind(walk, action, field)):
                yield where, what, mend


def _of_itself(field: Field) -> Pairs:
    if not field.name.isidentifier() or field.name in FORM_OWN:
        yield "no form can carry this name", "give it a name of letters that the form does not use itself"
    if not field.label:
        yield "it has no label", "say what the form asks"
    if field.kind not in list(FieldKind):
        yield f"there is no way to ask '{field.kind}'", "use a kind of FieldKind"


def _of_its_askers(action: Action, field: Field) -> Pairs:
    if strangers := ", ".join(role.name for role in field.by if role not in action.by):
        yield f"it is asked of {strangers}, who may not take the action", "mend by= of the field or the action"
    if CLOCK in (field.by or action.by) and field.required:
        yield "the clock answers nothing and this is required of it", "limit the field to people with by="


def _of_its_kind(walk: Walk, action: Action, field: Field) -> Pairs:
    kinds = {one.kind for row in walk.definition.actions for one in row.asks}
    if field.kind is FieldKind.CHOICE and not field.choices:
        yield "it is a choice between nothing", "give it choices"
    if field.kind is not FieldKind.CHOICE and field.choices:
        yield f"a field of kind {field.kind} shows no choices", "make it a CHOICE or take the choices out"
    if field.kind is FieldKind.FINDINGS and FieldKind.CLAIMS not in kinds:
        yield "nothing is ever claimed on which findings could be given", "let an opening ask CLAIMS"
    if (field.settles or field.review) and field.kind is not FieldKind.FINDINGS:
        yield "only findings settle or review", "make it FINDINGS or take the mark out"
    if field.display and field.kind is not FieldKind.CLAIMS:
        yield "only claims dispute a display", "make it CLAIMS or take display out"
    if field.waits and (field.kind is not FieldKind.CLAIMS or CASE not in action.by):
        yield "only claims that another case adds can wait", "make it CLAIMS of a row by CASE, or take waits out"
    if field.day_of_filing and (field.kind is not FieldKind.DATE or START not in action.source):
        yield "only a day that an opening asks can be that of filing", "ask it as a DATE of the opening"
    for code in (field.only[1:] or ("",)) if field.only else ():
        if field.only and not _is_offered([action], field.only[0], code):
            what = f"it depends on '{code}', which the form's field '{field.only[0]}' does not offer"
            yield what, "name a choice of the same form and its codes"
    for one in field.suggests:
        if one.answer not in [choice.code for choice in field.choices]:
            yield f"it suggests '{one.answer}', which it does not offer", "suggest one of its choices"
        openings = [row for row in walk.definition.actions if START in row.source]
        if not _is_offered(openings, one.field, one.said):
            what = f"it suggests by '{one.said}', which no opening's field '{one.field}' offers"
            yield what, "name a choice of an opening and one of its codes"
    if field.kind is FieldKind.DEADLINE:
        for node in sorted(walk.nodes_of(action)):
            if not any(node.state in deadline.over for deadline in walk.definition.deadlines_of(node.variant)):
                yield f"no deadline runs in '{node.state}' to choose from", "take the state out of source="


def _is_offered(rows: Iterable[Action], name: str, code: str) -> bool:
    asked = (field for row in rows for field in row.asks if field.name == name)
    return any(choice.code == code for field in asked for choice in field.choices)


WITHOUT_ARGUMENT = frozenset(
    {"flag", "unflag", "show_again", "delist", "stop_sharing", "keep_statement", "drop_review", "take", "give_back"}
)
SAID_BY = {
    "extend": FieldKind.NUMBER,
    "succeed": FieldKind.BUREAU,
    "end_display": FieldKind.DATE,
    "delist": FieldKind.DATE,
    "stop_sharing": FieldKind.DATE,
}
"""What kind of field gives the length, the successor or the day."""
KNOWN_BUREAUS = frozenset({"supplied_by", "determined_by", "own_bureau"})


def effect_faults(walk: Walk) -> Complaints:
    for action in walk.definition.actions:
        for effect in action.does:
            yield from _effect(walk, action, effect)


def _effect(walk: Walk, action: Action, effect: Effect) -> Complaints:
    where = f"action {action.name}"
    written = f"{effect.name}({effect.of})"
    if effect.name not in EFFECTS:
        yield where, f"there is no effect '{effect.name}'", f"use one of {listed(EFFECTS)}"
    elif effect.name in WITHOUT_ARGUMENT and effect.of:
        yield where, f"the effect {effect.name} takes nothing and was given '{effect.of}'", "take it out"
    elif effect.name in ARGUMENTS and (effect.of or effect.name != "end_display"):
        yield from (
            (where, f"the effect {written} {what}", mend)
            for what, mend in ARGUMENTS[effect.name](walk, action, effect.of)
        )
    for code in (effect.only[1:] or ("",)) if effect.only else ():
        if effect.only and not _is_offered(walk.definition.actions, effect.only[0], code):
            what = f"the effect {written} depends on '{code}', which no field '{effect.only[0]}' offers"
            yield where, what, "name a choice and its codes"
    if effect.by:
        field, kind = asked_field(action, effect.by), SAID_BY.get(effect.name)
        if field is None:
            what = f"the effect {written} reads '{effect.by}', which the action does not ask"
            yield where, what, "ask that field, or take it out of the effect"
        elif field.kind is not kind:
            what = f"the effect {written} reads '{effect.by}', which is no {kind}"
            yield where, what, f"ask it as {kind.name}" if kind else "take it out of the effect"


def _findings(walk: Walk, action: Action, of: str) -> Pairs:
    kinds = {field.kind for row in walk.definition.actions for field in row.asks if field.name == of}
    if not kinds & {FieldKind.FINDINGS, FieldKind.CLAIMS}:
        yield "reads a field that asks no findings", "name a field of kind FINDINGS or CLAIMS"


def _bureau(walk: Walk, action: Action, of: str) -> Pairs:
    field = asked_field(action, of)
    if of not in KNOWN_BUREAUS and (field is None or field.kind is not FieldKind.BUREAU):
        mend = "name supplied_by, determined_by, own_bureau or a field of kind BUREAU that the action asks"
        yield "names no bureau", mend


def _variant(walk: Walk, action: Action, of: str) -> Pairs:
    field = asked_field(action, of)
    if field is None or field.kind is not FieldKind.CHOICE:
        yield "names no choice", "name a field of kind CHOICE that the action asks"
        return
    for choice in field.choices:
        if choice.code not in walk.definition.variants:
            yield f"may set '{choice.code}', which is no variant", f"offer {listed(walk.definition.variants)}"


def _deadline(walk: Walk, action: Action, of: str) -> Pairs:
    for node in sorted(walk.nodes_of(action)):
        named = [d for d in walk.definition.deadlines_of(node.variant) if d.name == of]
        if not any(node.state in deadline.over for deadline in named):
            yield f"names no deadline that runs in '{node.state}'", "name one that does, or take the state out"


def _kind(walk: Walk, action: Action, of: str) -> Pairs:
    if not of:
        yield "opens no kind", "name the kind of the case that it opens"


def _asked_as(kind: FieldKind) -> Callable[[Walk, Action, str], Pairs]:
    def complaints(_walk: Walk, action: Action, of: str) -> Pairs:
        field = asked_field(action, of)
        if field is None or field.kind is not kind:
            yield f"names no {kind}", f"name a field of kind {kind.name} that the action asks"

    return complaints


ARGUMENTS: dict[str, Callable[[Walk, Action, str], Pairs]] = {
    "correct": _findings,
    "end_display": _findings,
    "refuse_sheet": _findings,
    "route": _bureau,
    "set_variant": _variant,
    "extend": _deadline,
    "open_case": _kind,
    "hand_to": _asked_as(FieldKind.PERSON),
    "succeed": _asked_as(FieldKind.BUREAU),
}
