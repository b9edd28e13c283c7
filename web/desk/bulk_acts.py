"""The acts that can be one and the same for several cases: what they ask, and in how many of them they are open.

Never a decision, a proposal or an end of a case: those are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow
from cases.model.reading import LoadedCase, read_cases
from cases.model.visibility import NextDesk, People, desk_of, people_of
from extensions import db
from web.case.choices import moves_on, open_acts
from web.case.path import ends
from web.case.reading import is_internal
from web.site.access import identity, moment
from web.site.action_form import Offered
from web.site.context import world
from workflow.answers import asked_of
from workflow.decide import AvailableAction
from workflow.definition import Field, FieldKind
from workflow.refusal import Message, say

SAME_FOR_ALL: Final = (FieldKind.TEXT, FieldKind.LINE, FieldKind.DATE, FieldKind.PERSON)
"""What can be answered once for several cases; a finding, a file or a bureau belongs to one."""


@dataclass(frozen=True)
class Several:
    """An act for several cases: its name in the form, what it is called, what it asks, where it is open."""

    name: str
    label: Message
    asks: tuple[Field, ...]
    numbers: tuple[str, ...] = ()
    offered: Offered = field(default_factory=Offered)


def offers(rows: Iterable[WorkRow]) -> dict[str, Several]:
    """The acts that are open in at least one of these cases; what asks otherwise in another kind is left out there."""
    found: dict[str, Several] = {}
    desk = cache(partial(people_of, db.session()))
    for file in read_cases(db.session(), [row.case_id for row in rows if not row.lost]):
        for one in open_acts(file, identity(), world(), moment()):
            if one.why_not is None and _is_for_several(file, one):
                _add(found, file, one, desk)
    return {name: found[name] for name in sorted(found, key=lambda name: -len(found[name].numbers))}


def _is_for_several(file: LoadedCase, one: AvailableAction) -> bool:
    action = one.action
    if action.part or ends(all_kinds()[file.kind], action):
        return False
    asked = asked_of(action, one.role)
    return all(field.kind in SAME_FOR_ALL for field in asked) and (moves_on(file, one) or is_internal(action))


def _add(found: dict[str, Several], file: LoadedCase, one: AvailableAction, desk: Callable[[NextDesk], People]) -> None:
    action = one.action
    asked = tuple(asked_of(action, one.role))
    before = found.get(action.name) or Several(action.name, say(action.label), asked)
    if [field.name for field in before.asks] != [field.name for field in asked]:
        return
    people = dict(before.offered.people)
    if any(field.kind is FieldKind.PERSON for field in asked):
        people |= dict(desk(desk_of(file.snapshot)))
    offered = replace(before.offered, people=tuple(people.items()))
    found[action.name] = replace(before, numbers=(*before.numbers, file.number), offered=offered)
