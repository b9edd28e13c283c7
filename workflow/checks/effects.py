"""Effects that do not exist, or whose argument names nothing where they are used."""

from collections.abc import Callable

from workflow.checks.walk import Complaints, Pairs, Walk, asked_field, listed
from workflow.definition import Action, FieldKind
from workflow.vocabulary import EFFECTS, Effect

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
            yield from _of(walk, action, effect)


def _of(walk: Walk, action: Action, effect: Effect) -> Complaints:
    where = f"action {action.name}"
    written = f"{effect.name}({effect.of})"
    if effect.name not in EFFECTS:
        yield where, f"there is no effect '{effect.name}'", f"use one of {listed(EFFECTS)}"
    elif effect.name in WITHOUT_ARGUMENT and effect.of:
        what = f"the effect {effect.name} takes nothing and was given '{effect.of}'"
        yield where, what, "take it out"
    elif effect.name in ARGUMENTS:
        yield from (
            (where, f"the effect {written} {what}", mend)
            for what, mend in ARGUMENTS[effect.name](walk, action, effect.of)
        )
    for code in (effect.only[1:] or ("",)) if effect.only else ():
        if effect.only and not _is_answered(walk, effect.only[0], code):
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


def _is_answered(walk: Walk, name: str, code: str) -> bool:
    asked = (field for row in walk.definition.actions for field in row.asks if field.name == name)
    return any(choice.code == code for field in asked for choice in field.choices)


def _findings(walk: Walk, action: Action, of: str) -> Pairs:
    kinds = {field.kind for row in walk.definition.actions for field in row.asks if field.name == of}
    if not kinds & {FieldKind.FINDINGS, FieldKind.CLAIMS}:
        yield "reads a field that asks no findings", "name a field of kind FINDINGS or CLAIMS"


def _findings_or_nothing(walk: Walk, action: Action, of: str) -> Pairs:
    if of:
        yield from _findings(walk, action, of)


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
    "end_display": _findings_or_nothing,
    "route": _bureau,
    "set_variant": _variant,
    "extend": _deadline,
    "open_case": _kind,
    "hand_to": _asked_as(FieldKind.PERSON),
    "succeed": _asked_as(FieldKind.BUREAU),
}
