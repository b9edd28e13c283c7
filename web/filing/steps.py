"""The steps of a filing, made from what an opening action asks, and the answers that a saved form comes to. Pure.

It knows no kind. How and when something came on paper is first; then each choice that decides what else is asked,
the ground together with the fields of the record; then words, days, files and the commitment together; the check is
last. A form keeps what was typed, fit or not; the answers leave out what cannot be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cases.engine.answers import ENDED, GROUND, WRONG
from cases.model.evidence import StoredFile
from registry.cleaning import Unfit, clean
from registry.columns import Column
from web.site.action_form import INPUTS, ActForm, Offered
from workflow.answers import asked_of, faults_of
from workflow.definition import FILER, Action, Facts, Field, FieldKind, Role, answered_so
from workflow.past import DISPLAY
from workflow.refusal import Message

CAME: Final = "came"
FIELDS: Final = "fields"
EVIDENCE: Final = "evidence"
CHECK: Final = "check"
ELSEWHERE: Final = "elsewhere"
"""The page that says where to go instead: no step, since nothing is filed (D40)."""


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


class StepPlace(NamedTuple):
    """Where in the filing a step stands: `now` of `of`, the step before and after it."""

    step: Step
    now: int
    of: int
    before: str
    after: str


def steps_of(action: Action, role: Role) -> tuple[Step, ...]:
    """The pages on which a role answers an opening row."""
    return (*_steps(action, [field for field in asked_of(action, role) if not field.display]), Step(CHECK))


def step_of(steps: Sequence[Step], field: str) -> str:
    """The page on which a field of the definition is asked."""
    head = field.partition(".")[0]
    return next((step.name for step in steps if any(one.name == head for one in step.fields)), steps[0].name)


def place_of(steps: Sequence[Step], name: str) -> StepPlace:
    """Raises ValueError for a step that these answers do not lead to."""
    at = [step.name for step in steps].index(name)
    before, after = steps[at - 1].name if at else "", steps[at + 1].name if at + 1 < len(steps) else ""
    return StepPlace(steps[at], at + 1, len(steps), before, after)


def disputes_display(answers: Mapping[str, object]) -> bool:
    """Whether the ground that was chosen disputes the display itself, so that no value is claimed."""
    return answers.get(GROUND, "") not in ("", WRONG)


def beneath(fields: Sequence[Field], choice: Field) -> tuple[Field, ...]:
    """The fields that are asked only where this choice is answered in some way."""
    return tuple(field for field in fields if field.only and field.only[0] == choice.name)


def _steps(action: Action, asked: Sequence[Field]) -> Iterator[Step]:
    if came := _came(action, asked):
        yield Step(CAME, came)
    left = [field for field in asked if field not in came]
    for choice in [field for field in left if _decides(field, left)]:
        claims = [field for field in left if choice.name == GROUND and field.kind is FieldKind.CLAIMS]
        together = (choice, *beneath(left, choice), *claims)
        left = [field for field in left if field not in together]
        yield Step(choice.name, together)
    if fields := tuple(field for field in left if field.kind is FieldKind.CLAIMS):
        yield Step(FIELDS, fields)
    if rest := tuple(field for field in left if field not in fields):
        yield Step(EVIDENCE, rest)


def _came(action: Action, asked: Sequence[Field]) -> tuple[Field, ...]:
    """How and when it was handed in: the days that count as that of filing, and what the firm itself is not asked."""
    of_staff = {field.name for field in asked if field.by and FILER in action.by and FILER not in field.by}
    names = of_staff | {field.name for field in asked if field.day_of_filing}
    names |= {field.only[0] for field in asked if field.only and field.name in names}
    return tuple(field for field in asked if field.name in names)


def _decides(field: Field, asked: Sequence[Field]) -> bool:
    """Whether the answer to a choice says what else is asked."""
    if field.kind is not FieldKind.CHOICE:
        return False
    return bool(beneath(asked, field)) or (field.name == GROUND and any(one.kind is FieldKind.CLAIMS for one in asked))


@dataclass(frozen=True)
class SavedAnswers:
    """A form so far: what was typed by field, the files kept with it, and what there was to choose from."""

    typed: Mapping[str, Any]
    files: tuple[StoredFile, ...]
    offered: Offered


def answers_of(action: Action, role: Role, filled: SavedAnswers) -> dict[str, object]:
    """The answers as the opening takes them, without what the other answers leave out."""
    asked = (one for one in asked_of(action, role) if answered_so(one.only, filled.typed.get))
    return {one.name: _answer(one, filled) for one in asked}


def leads_elsewhere(action: Action, role: Role, typed: Mapping[str, Any]) -> bool:
    """Whether a choice was made with which this role files nothing."""
    chosen = (
        choice for field in asked_of(action, role) for choice in field.choices if typed.get(field.name) == choice.code
    )
    return any(role in choice.elsewhere for choice in chosen)


def faults_on(step: Step, facts: Facts) -> dict[str, Message]:
    """What a step asks and the form lacks, by field; of the values only once their ground is chosen."""
    names = {one.name for one in step.fields}
    if GROUND in names and not facts.answers.get(GROUND):
        names = {GROUND}
    return {name: fault for name, fault in faults_of(facts).items() if name.partition(".")[0] in names}


def first_unfinished(steps: Sequence[Step], facts: Facts, filled: SavedAnswers) -> str:
    """The first step that lacks an answer, or where a value cannot be read; the last where none does."""
    return next((step.name for step in steps if faults_on(step, facts) or _unreadable(step, filled)), CHECK)


def typed_on(step: Step, form: ActForm) -> dict[str, Any]:
    """What was typed on a page, as a saved form keeps it."""
    return {
        one.name: INPUTS[one.kind].saved(form[one.name], form.offered)
        for one in step.fields
        if one.kind is not FieldKind.FILES
    }


def left_out(step: Step, form: ActForm) -> list[str]:
    """The fields of a page that the ground chosen on it does not ask: the values, where the display is disputed."""
    grounds = {one.name: form[one.name].data for one in step.fields if one.name == GROUND}
    return [one.name for one in step.fields if one.kind is FieldKind.CLAIMS and disputes_display(grounds)]


def claims_of(typed: Any, offered: Offered) -> dict[str, str]:
    """What the record should say, by field, where it can be read and differs."""
    claims = {column.key: _claimed(typed, column) for column in offered.columns}
    return {key: value for key, value in claims.items() if value and value != offered.record.get(key, "")}


def _answer(asked: Field, filled: SavedAnswers) -> object:
    typed = filled.typed.get(asked.name)
    if asked.kind is FieldKind.FILES:
        return filled.files
    if asked.kind is not FieldKind.CLAIMS:
        return INPUTS[asked.kind].read(typed, filled.offered)
    if asked.display or disputes_display(filled.typed):
        return {DISPLAY: ENDED}
    return claims_of(typed, filled.offered)


def _unreadable(step: Step, filled: SavedAnswers) -> bool:
    """Whether a field was marked as wrong, or given a value, and what it should say cannot be read."""
    if disputes_display(filled.typed):
        return False
    claims = [filled.typed.get(one.name) or {} for one in step.fields if one.kind is FieldKind.CLAIMS]
    return any(
        {key for key, claim in typed.items() if claim.get("wrong")} - set(claims_of(typed, filled.offered))
        for typed in claims
    )


def _claimed(typed: Any, column: Column) -> str:
    claim = (typed or {}).get(column.key, {})
    value = str(claim.get("value") or "").strip() if claim.get("wrong") else ""
    try:
        return clean(column, value) if value else ""
    except Unfit:
        return ""
