"""The steps of a form, made from what an opening row asks: which fields stand on which page, in which order. Pure.

It knows no kind. How and when something came on paper stands first; then each choice that decides what else is asked,
the ground together with the fields of the record; then words, days, files and the commitment together; at last
everything to be checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cases.engine.answers import GROUND, WRONG
from workflow.answers import asked_of
from workflow.definition import FILER, Action, Field, FieldKind, Role

CAME: Final = "came"
FIELDS: Final = "fields"
EVIDENCE: Final = "evidence"
CHECK: Final = "check"


@dataclass(frozen=True)
class Step:
    """A page of a form: its name in the address, and the fields of the definition that it asks."""

    name: str
    fields: tuple[Field, ...] = ()

    @property
    def leads(self) -> Field | None:
        """The choice that the page is about, where it is about one."""
        first = self.fields[0] if self.fields else None
        return first if first and first.kind is FieldKind.CHOICE and self.name == first.name else None


@dataclass(frozen=True)
class Place:
    """Where in the filing a step stands: `now` of `of`, the step before and after it."""

    step: Step
    now: int
    of: int
    before: str
    after: str


def steps_of(action: Action, role: Role) -> tuple[Step, ...]:
    """The pages on which a role answers an opening row."""
    asked = tuple(field for field in asked_of(action, role) if not field.display)
    return (*_steps(action, asked), Step(CHECK))


def step_of(steps: Sequence[Step], field: str) -> str:
    """The page on which a field of the definition is asked."""
    head = field.partition(".")[0]
    return next((step.name for step in steps if any(one.name == head for one in step.fields)), steps[0].name)


def place_of(steps: Sequence[Step], name: str) -> Place:
    """Raises ValueError for a step that these answers do not lead to."""
    at = [step.name for step in steps].index(name)
    return Place(
        step=steps[at],
        now=at + 1,
        of=len(steps),
        before=steps[at - 1].name if at else "",
        after=steps[at + 1].name if at + 1 < len(steps) else "",
    )


def disputes_display(answers: Mapping[str, object]) -> bool:
    """Whether the ground that was chosen disputes the display itself, so that no value is claimed."""
    return answers.get(GROUND, "") not in ("", WRONG)


def beneath(fields: Sequence[Field], choice: Field) -> tuple[Field, ...]:
    """The fields that are asked only where this choice is answered in some way."""
    return tuple(field for field in fields if field.only and field.only[0] == choice.name)


def _steps(action: Action, asked: tuple[Field, ...]) -> Iterator[Step]:
    came = _came(action, asked)
    if came:
        yield Step(CAME, came)
    left = [field for field in asked if field not in came]
    for choice in [field for field in left if _decides(field, left)]:
        claims = [field for field in left if choice.name == GROUND and field.kind is FieldKind.CLAIMS]
        together = (choice, *beneath(left, choice), *claims)
        left = [field for field in left if field not in together]
        yield Step(choice.name, together)
    fields = tuple(field for field in left if field.kind is FieldKind.CLAIMS)
    if fields:
        yield Step(FIELDS, fields)
    rest = tuple(field for field in left if field not in fields)
    if rest:
        yield Step(EVIDENCE, rest)


def _came(action: Action, asked: Sequence[Field]) -> tuple[Field, ...]:
    """How and when it was handed in: the days that count as that of filing, and what the firm itself is not asked."""
    names = {field.name for field in asked if field.day_of_filing or _of_staff(action, field)}
    names |= {field.only[0] for field in asked if field.only and field.name in names}
    return tuple(field for field in asked if field.name in names)


def _of_staff(action: Action, field: Field) -> bool:
    return FILER in action.by and bool(field.by) and FILER not in field.by


def _decides(field: Field, asked: Sequence[Field]) -> bool:
    """Whether the answer to a choice says what else is asked."""
    if field.kind is not FieldKind.CHOICE:
        return False
    return bool(beneath(asked, field)) or (field.name == GROUND and any(one.kind is FieldKind.CLAIMS for one in asked))
