"""What the pages of a form are headed with, and what stands under it: by step and field, without knowing a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from web.filing.request import Scene
from web.filing.steps import CAME, EVIDENCE, FIELDS, Step
from workflow.definition import FieldKind
from workflow.refusal import Message, say

QUESTIONS: Final[Mapping[str, Message]] = {
    CAME: say("How and when did it come?"),
    FIELDS: say("Which fields are wrong?"),
    EVIDENCE: say("Say how it is, and attach what shows it"),
    "ground": say("Why do you object to this record?"),
}
TOLD: Final[Mapping[str, Message]] = {
    "ground": say("The law gives four grounds. Choose the one that fits best."),
    CAME: say("The day on which it was handed in counts, not today: every limit runs from there."),
}


def question(scene: Scene, step: Step) -> Message:
    """The heading of a page: a question where there is one, else what is asked."""
    if step.name == "ground" and not scene.mine:
        return say("On which ground")
    if step.name == CAME and all(field.kind is FieldKind.DATE for field in step.fields):
        return say("When was it handed in?")
    return QUESTIONS.get(step.name) or say(step.fields[0].label)


def told(scene: Scene, step: Step) -> Message | None:
    """The sentence under the heading."""
    if step.name == FIELDS:
        if scene.own:
            return say("Tick what is wrong and write what it should say.")
        return say(
            "Tick what is wrong and write what it should say. The bureau that supplied the record will verify it."
        )
    if step.name == CAME and all(field.hint for field in step.fields if field.kind is FieldKind.DATE):
        return None
    return TOLD.get(step.name)
