"""Random answers that an action can take, seldom ones that it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from tests.workflow.people import NEW_BUREAUS
from tests.workflow.walking import CLAIMED
from workflow.answers import asked_of, choices_for
from workflow.definition import Action, Field, FieldKind, Party, Role
from workflow.past import may_find, to_find

if TYPE_CHECKING:
    from tests.workflow.strolling import Stroll

Code = TypeVar("Code")
LENGTHS = (1, 10, 30, 31)
WORDS = (FieldKind.LINE, FieldKind.TEXT)


def random_answers(walk: Stroll, row: Action, role: Role) -> dict[str, object]:
    answers = {asked.name: _answer(walk, asked) for asked in asked_of(row, role)}
    if row.name == "succeeded":
        answers["old_bureau"] = walk.dice.choice(_concerned(walk))
        others = [bureau for bureau in (*NEW_BUREAUS, *walk.bureaus) if bureau != answers["old_bureau"]]
        answers["bureau"] = walk.dice.choice(others)
    return answers


def _concerned(walk: Stroll) -> list[int]:
    """The bureaus that a case knows: one of them becomes another."""
    case = walk.snapshot
    known = (case.bureau, case.complained_bureau, case.record and case.record.supplied_by)
    return [bureau for bureau in known if bureau in walk.bureaus] or walk.bureaus


def _answer(walk: Stroll, asked: Field) -> object:
    dice = walk.dice
    if asked.kind in WORDS:
        return "words"
    if asked.kind is FieldKind.CLAIMS:
        return {"display": "ended"} if asked.display or dice.random() < 0.3 else CLAIMED
    if asked.kind is FieldKind.FINDINGS:
        return _findings(walk, asked)
    if asked.kind is FieldKind.CHOICE:
        return _choice(walk, asked)
    if asked.kind is FieldKind.DATE:
        return None if not asked.required and dice.random() < 0.5 else _day(walk)
    return _named(walk, asked)


def _choice(walk: Stroll, asked: Field) -> str:
    """One of those offered, the first twice as often; mostly the variant that the walk is after, where it is one."""
    record = walk.snapshot.record
    offered = [choice.code for choice in choices_for(asked, record.kind if record else "")]
    if walk.after in offered and walk.dice.random() < 0.9:
        return walk.after
    return _seldom(walk, asked, offered) if walk.dice.random() < 0.5 else walk.dice.choice((offered[0], *offered))


def _seldom(walk: Stroll, asked: Field, codes: Sequence[Code]) -> Code:
    """The answer that was given least often so far in cases of the variant."""
    variant = walk.snapshot.variant
    code = min(codes, key=lambda one: (walk.said[variant, asked.name, one], walk.dice.random()))
    walk.said[variant, asked.name, code] += 1
    return code


def _named(walk: Stroll, asked: Field) -> object:
    dice = walk.dice
    match asked.kind:
        case FieldKind.BUREAU:
            return dice.choice(walk.bureaus)
        case FieldKind.DEADLINE:
            official = [t.deadline for t in walk.snapshot.timers if t.stopped is None and t.owner != Party.ENTERPRISE]
            return dice.choice(official) if official else ""
        case FieldKind.NUMBER:
            return dice.choice(LENGTHS)
        case FieldKind.RECORD:
            return dice.randrange(1, 4)
        case FieldKind.PERSON:
            return dice.choice([person.id for person in walk.people if person.id])
        case FieldKind.FILES:
            return ("a file",)
        case _:
            return "given"


def _day(walk: Stroll) -> object:
    """Today, or some days ago: what came on paper, or changed long since."""
    ago = walk.dice.choice((0, 0, 0, 1, 2, 5, 25))
    return max(walk.today - timedelta(days=ago), walk.world.jurisdiction.begins)


def _findings(walk: Stroll, asked: Field) -> dict[str, dict[str, str]]:
    """Mostly the same finding on all fields, so that every outcome comes about."""
    bias = _seldom(walk, asked, (None, "as_claimed", "kept", "undecidable"))
    found = {}
    for name in to_find(walk.definition, asked, walk.snapshot.past):
        allowed = may_find(asked, name)
        code = bias if bias in allowed else walk.dice.choice(allowed)
        found[name] = {"finding": code, "value": "1.00", "reason": "because"}
    return found
