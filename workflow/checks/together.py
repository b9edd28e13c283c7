"""Faults that show only when all kinds stand side by side."""

from collections.abc import Sequence

from workflow.checks.walk import Complaints
from workflow.definition import CASE, START, Definition


def together_faults(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
    yield from _twice(definition, definitions)
    yield from _opens(definition, definitions)
    yield from _opened(definition, definitions)


def _twice(definition: Definition, definitions: Sequence[Definition]) -> Complaints:
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
    joining = {name for row in definition.actions if CASE in row.by and not row.moves for name in row.source}
    for name in definition.open_states():
        if name not in joining:
            what = f"another case's findings cannot be added to one in '{name}'"
            yield f"state {name}", what, "give it a row by CASE that stays"


def _case_opening(definition: Definition) -> list[str]:
    return [action.name for action in definition.actions if CASE in action.by and START in action.source]
