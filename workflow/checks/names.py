"""Names that stand twice or for nothing: states, actions, roles, variants; and what several kinds share."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from workflow.checks.walk import Complaints, Walk, listed, meet
from workflow.definition import (
    AUDITOR,
    CASE,
    CLOCK,
    DESKS,
    MAPPED,
    ROLES,
    START,
    STAY,
    Addressee,
    Branch,
    Definition,
    Party,
    Role,
)


def name_faults(walk: Walk) -> Complaints:
    definition = walk.definition
    yield from _twice(definition)
    yield from _same_row_or_deadline(definition)
    yield from _unknown_states(definition)
    yield from _unknown_roles(definition)
    yield from _unknown_variants(definition)


def _twice(definition: Definition) -> Complaints:
    for where, names in _lists(definition):
        for name, times in Counter(names).items():
            if times > 1:
                yield where, f"'{name}' stands {times} times", "keep one of them"


def _lists(definition: Definition) -> Iterator[tuple[str, Iterable[str]]]:
    yield "states", [state.name for state in definition.states]
    yield "variants", definition.variants
    yield "windows", definition.windows
    yield "records", definition.records
    for action in definition.actions:
        where = f"action {action.name}"
        yield f"{where}, its sources", action.source
        yield f"{where}, its roles", [str(role) for role in action.by]
        yield f"{where}, its fields", [field.name for field in action.asks]
        for field in action.asks:
            yield f"{where}, choices of {field.name}", [choice.code for choice in field.choices]
        if isinstance(action.target, Branch):
            yield f"{where}, its branches", [value for value, _ in action.target.targets]
    for deadline in definition.deadlines:
        yield f"deadline {deadline.name}, its states", deadline.over
        yield f"deadline {deadline.name}, its rungs", [f"{rung.offset:+d} {rung.action}" for rung in deadline.rungs]


def _same_row_or_deadline(definition: Definition) -> Complaints:
    for one, other in combinations(definition.actions, 2):
        both = set(one.source) & set(other.source)
        if one.name == other.name and both and meet(one, other):
            what = f"two actions of this name leave {listed(both)}"
            yield f"action {one.name}", what, "join them in one row or rename one"
    for first, second in combinations(definition.deadlines, 2):
        if first.name == second.name and meet(first, second):
            what = "two deadlines of this name run in one variant"
            yield f"deadline {first.name}", what, "rename one, or give them different variants"


def _unknown_states(definition: Definition) -> Complaints:
    known = set(definition.by_state)
    mend = f"name one of {listed(known)}"
    if START in known:
        yield f"state {START}", "this name means that no case is there yet", "rename the state"
    if any(action.name == MAPPED.name for action in definition.actions):
        what = "this name means that a case follows a changed procedure, in every kind"
        yield f"action {MAPPED.name}", what, "rename the action"
    for action in definition.actions:
        targets = {str(target) for target in action.targets if target is not STAY}
        for name in sorted((set(action.source) - known - {START}) | (targets - known)):
            yield f"action {action.name}", f"there is no state '{name}'", mend
    for deadline in definition.deadlines:
        for name in sorted({*deadline.over, *deadline.paused_in} - known):
            yield f"deadline {deadline.name}", f"there is no state '{name}'", mend


def _unknown_roles(definition: Definition) -> Complaints:
    for action in definition.actions:
        asked = [role for field in action.asks for role in field.by]
        for role in dict.fromkeys((*action.by, *asked)):
            yield from _wrong_role(definition, f"action {action.name}", role)
    for deadline in definition.deadlines:
        if deadline.owner not in (*DESKS, Party.THIRD, Addressee.DESK):
            what = f"its owner '{deadline.owner}' is nobody who can be late"
            yield f"deadline {deadline.name}", what, "name the enterprise, the bureau, the office or a third party"


def _wrong_role(definition: Definition, where: str, role: Role) -> Complaints:
    known = {**ROLES, CLOCK.name: CLOCK, CASE.name: CASE}
    if role.name not in known:
        yield where, f"there is no role '{role.name}'", f"name one of {listed(set(known))}"
    elif role.party != known[role.name].party:
        what = f"the role '{role.name}' belongs to the {known[role.name].party}, not to the {role.party}"
        yield where, what, "use the role of workflow/definition.py"
    elif role == AUDITOR:
        yield where, "the auditor reads and never writes", "name another role"


def _unknown_variants(definition: Definition) -> Complaints:
    rows: list[tuple[str, tuple[str, ...]]] = [(f"action {a.name}", a.variants) for a in definition.actions]
    rows += [(f"deadline {d.name}", d.variants) for d in definition.deadlines]
    for where, variants in rows:
        for name in sorted(set(variants) - set(definition.variants)):
            mend = f"name one of {listed(definition.variants)}" if definition.variants else "leave variants out"
            yield where, f"there is no variant '{name}'", mend


def together_faults(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
    yield from _shared_names(definition, definitions)
    yield from _opens(definition, definitions)
    yield from _opened(definition, definitions)


def _shared_names(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
    letters = definition.letters
    if [other.letters for other in definitions].count(letters) > 1:
        yield f"letters {letters}", "another kind has the same letters in its case numbers", "choose two others"
    if not (len(letters) == 2 and letters.isascii() and letters.isupper()):
        yield f"letters '{letters}'", "case numbers carry two capital letters", "choose two"
    for other in definitions:
        if other.kind == definition.kind and other is not definition:
            yield f"kind {definition.kind}", f"{other.file or 'another file'} defines it too", "rename one of them"


def _opens(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
    openable = {other.kind for other in definitions if _case_opening(other)}
    for action in definition.actions:
        for effect in action.does:
            if effect.name == "open_case" and effect.of and effect.of not in openable:
                what = f"it opens a case of the kind '{effect.of}', which is not there or has no opening by CASE"
                yield f"action {action.name}", what, f"give {effect.of} a row by CASE from {START}"


def _opened(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
    opened = {
        effect.of for other in definitions for row in other.actions for effect in row.does if effect.name == "open_case"
    }
    for name in _case_opening(definition):
        if definition.kind not in opened:
            what = "it can never be taken: no kind opens a case of this one"
            yield f"action {name}", what, f'give one open_case("{definition.kind}") or take it out'
    if definition.kind in opened and _case_opening(definition):
        yield from _nowhere_to_join(definition)


def _nowhere_to_join(definition: Definition) -> Complaints:
    """D19: where one is open already, what a second case would begin with is added to the open one."""
    joining = {name for row in definition.actions if CASE in row.by for name in row.source}
    for name in definition.open_states():
        if name not in joining:
            what = f"another case's findings cannot be added to one in '{name}'"
            yield f"state {name}", what, "give it a row by CASE"


def _case_opening(definition: Definition) -> list[str]:
    return [action.name for action in definition.actions if CASE in action.by and START in action.source]
