"""Faults that show only when all kinds stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from workflow.checks.fault import Fault, fault
from workflow.definition import CASE, START, Definition


def together_faults(definitions: Sequence[Definition]) -> Iterator[Fault]:
    yield from _twice(definitions)
    for definition in definitions:
        yield from _opens(definition, definitions)
        yield from _opened(definition, definitions)


def _twice(definitions: Sequence[Definition]) -> Iterator[Fault]:
    kinds = Counter(definition.kind for definition in definitions)
    letters = Counter(definition.letters for definition in definitions)
    for definition in definitions:
        if kinds[definition.kind] > 1:
            yield fault(definition, f"kind {definition.kind}", "another file defines a kind of this name", "rename one")
        if letters[definition.letters] > 1:
            what = "another kind has the same letters in its case numbers"
            yield fault(definition, f"letters {definition.letters}", what, "choose two others")
        if not (len(definition.letters) == 2 and definition.letters.isascii() and definition.letters.isupper()):
            what = "case numbers carry two capital letters"
            yield fault(definition, f"letters '{definition.letters}'", what, "choose two")


def _opens(definition: Definition, definitions: Sequence[Definition]) -> Iterator[Fault]:
    openable = {other.kind for other in definitions if _case_opening(other)}
    for action in definition.actions:
        for effect in action.does:
            if effect.name == "open_case" and effect.of and effect.of not in openable:
                what = f"it opens a case of the kind '{effect.of}', which is not there or has no opening by CASE"
                yield fault(definition, f"action {action.name}", what, f"give {effect.of} a row by CASE from {START}")


def _opened(definition: Definition, definitions: Sequence[Definition]) -> Iterator[Fault]:
    opened = {
        effect.of for other in definitions for row in other.actions for effect in row.does if effect.name == "open_case"
    }
    for name in _case_opening(definition):
        if definition.kind not in opened:
            what = "it can never be taken: no kind opens a case of this one"
            yield fault(definition, f"action {name}", what, f'give one open_case("{definition.kind}") or take it out')
    if definition.kind in opened and _case_opening(definition):
        yield from _nowhere_to_join(definition)


def _nowhere_to_join(definition: Definition) -> Iterator[Fault]:
    """D19: where one is open already, what a second case would begin with is added to the open one."""
    joining = {name for row in definition.actions if CASE in row.by and not row.moves for name in row.source}
    for name in definition.open_states():
        if name not in joining:
            what = f"another case's findings cannot be added to one in '{name}'"
            yield fault(definition, f"state {name}", what, "give it a row by CASE that stays")


def _case_opening(definition: Definition) -> list[str]:
    return [action.name for action in definition.actions if CASE in action.by and START in action.source]
