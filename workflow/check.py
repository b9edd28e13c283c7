"""Refuses, when the process starts, a definition that does not hold together.

`check` lists the faults of one definition in the shipped jurisdictions; `refuse_unsound` raises for all kinds at
once. What is looked at stands in `workflow/checks/`. Nothing here knows a kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.checks.actions import action_faults
from workflow.checks.effects import effect_faults
from workflow.checks.fault import Fault
from workflow.checks.fields import field_faults
from workflow.checks.guarding import guard_faults
from workflow.checks.ladder import ladder_faults
from workflow.checks.letters import letter_faults
from workflow.checks.limits import limit_faults
from workflow.checks.names import name_faults
from workflow.checks.states import state_faults
from workflow.checks.subject import subject_faults
from workflow.checks.together import together_faults
from workflow.checks.walk import Walk
from workflow.definition import Definition
from workflow.rules import Jurisdiction

__all__ = ["Fault", "Unsound", "check", "check_all", "refuse_unsound"]

THEMES = (
    name_faults, state_faults, action_faults, subject_faults, effect_faults, guard_faults, field_faults, letter_faults,
    ladder_faults,
)  # fmt: skip


class Unsound(Exception):
    """One definition or several do not hold together; the process must not start. Lists every fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def refuse_unsound(definitions: Sequence[Definition], jurisdictions: Sequence[Jurisdiction]) -> None:
    """Raises Unsound when any kind has a fault in any of these places."""
    faults = check_all(definitions, jurisdictions)
    if faults:
        raise Unsound(faults)


def check_all(definitions: Sequence[Definition], jurisdictions: Sequence[Jurisdiction]) -> list[Fault]:
    """The faults of each kind and of the kinds side by side."""
    alone = [fault for definition in definitions for fault in check(definition, jurisdictions)]
    return alone + list(together_faults(definitions))


def check(definition: Definition, jurisdictions: Sequence[Jurisdiction]) -> list[Fault]:
    """The faults of one kind, each once: file, place, what is wrong and how it is mended."""
    walk = Walk(definition)
    faults = [fault for theme in THEMES for fault in theme(walk)]
    return list(dict.fromkeys([*faults, *limit_faults(walk, jurisdictions)]))
