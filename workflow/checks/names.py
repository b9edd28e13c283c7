"""Names that stand twice, and names that stand for nothing: states, actions, roles, variants."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from workflow.checks.walk import Complaints, Walk, listed
from workflow.definition import (
    AUDITOR,
    CASE,
    CLOCK,
    DESKS,
    MAPPED,
    ROLES,
    START,
    STAY,
    Action,
    Addressee,
    Branch,
    Deadline,
    Definition,
    Party,
    Role,
)


def name_faults(walk: Walk) -> Complaints:
    definition = walk.definition
    yield from _twice(definition)
    yield from _same_row(definition)
    yield from _same_deadline(definition)
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


def _same_row(definition: Definition) -> Complaints:
    for one, other in combinations(definition.actions, 2):
        both = set(one.source) & set(other.source)
        if one.name == other.name and both and _meet(one, other):
            what = f"two actions of this name leave {listed(both)}"
            yield f"action {one.name}", what, "join them in one row or rename one"


def _same_deadline(definition: Definition) -> Complaints:
    for one, other in combinations(definition.deadlines, 2):
        if one.name == other.name and _meet(one, other):
            what = "two deadlines of this name run in one variant"
            yield f"deadline {one.name}", what, "rename one, or give them different variants"


def _meet(one: Action | Deadline, other: Action | Deadline) -> bool:
    return not one.variants or not other.variants or bool(set(one.variants) & set(other.variants))


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
