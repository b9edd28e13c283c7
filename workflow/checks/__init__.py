"""Refuses, when the process starts, a definition that does not hold together.

Each module beside this one is a theme: it yields what is wrong and how it is mended. Nothing here knows a kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.checks.actions import action_faults, effect_faults, field_faults
from workflow.checks.deadlines import ladder_faults, limit_faults
from workflow.checks.guarding import guard_faults, letter_faults, letters_of_a_record, unworded_letters
from workflow.checks.names import name_faults, together_faults
from workflow.checks.states import state_faults
from workflow.checks.subject import subject_faults
from workflow.checks.walk import Complaints, Walk
from workflow.definition import Definition
from workflow.jurisdiction import Jurisdiction
from workflow.letters import Wording

THEMES = (
    name_faults,
    state_faults,
    action_faults,
    subject_faults,
    effect_faults,
    guard_faults,
    field_faults,
    letter_faults,
    ladder_faults,
)


@dataclass(frozen=True)
class KindFault:
    """A fault of a definition: its file, where in it, what is wrong, and how it is mended."""

    file: str
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.what}; {self.mend}."


def check_all(
    definitions: Sequence[Definition],
    jurisdictions: Sequence[Jurisdiction],
    worded: Mapping[str, Wording] | None = None,
) -> list[KindFault]:
    """The faults of each kind, then those that show only when all kinds are seen side by side.

    `worded` are the letters that several kinds send; None: the names of letters are not looked at.
    """
    faults = [fault for definition in definitions for fault in check(definition, jurisdictions)]
    for definition in definitions:
        faults += _faults(definition, together_faults(definition, definitions))
        if worded is not None:
            faults += _faults(definition, unworded_letters(definition, worded))
            faults += _faults(definition, letters_of_a_record(definition, worded))
    return faults


def check(definition: Definition, jurisdictions: Sequence[Jurisdiction]) -> list[KindFault]:
    """The faults of one kind, each once."""
    walk = Walk(definition)
    found = [fault for theme in THEMES for fault in _faults(definition, theme(walk))]
    return list(dict.fromkeys([*found, *_faults(definition, limit_faults(walk, jurisdictions))]))


def _faults(definition: Definition, complaints: Complaints) -> list[KindFault]:
    file = definition.file or f"kind {definition.kind}"
    return [KindFault(file, where, what, mend) for where, what, mend in complaints]
