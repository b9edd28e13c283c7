"""What a move does to the credit record, carried out in the move's own transaction.

The effects were resolved by `decide`; here they are written, each as a change of the record with before and after.
A change that changes nothing leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cases.model.reading import LoadedCase
from cases.model.shown_until import shown_until
from cases.model.words import disputes, granted_values, words_of
from registry import credit_records
from registry.credit_records import CreditRecord, RecordChange
from workflow.decide import Move, Resolved
from workflow.findings import DISPLAY, GRANTED, UNDECIDABLE, in_force
from workflow.snapshot import RuleContext

Changes = Sequence[RecordChange]


@dataclass(frozen=True)
class Scene:
    """What a writer of effects works with."""

    session: Session
    world: RuleContext
    record: CreditRecord
    file: LoadedCase
    move: Move
    actor: str


def carry_out(session: Session, world: RuleContext, file: LoadedCase, move: Move, actor: str) -> list[RecordChange]:
    """Write the record effects of a move; gives the changes that were made, each with its event's number."""
    effects = [effect for effect in move.effects if effect.name in WRITERS]
    if not effects or file.record_id is None:
        return []
    record = session.get_one(CreditRecord, file.record_id, with_for_update=True, populate_existing=True)
    scene = Scene(session, world, record, file, move, actor)
    changes = [change for effect in effects for change in WRITERS[effect.name](scene, effect)]
    for change in changes:
        change.event_seq = file.length + 1
    return changes


def _flag(scene: Scene, _effect: Resolved) -> Changes:
    return credit_records.flag(scene.session, scene.record, scene.file.id, scene.move.at, scene.actor)


def _unflag(scene: Scene, _effect: Resolved) -> Changes:
    return credit_records.unflag(scene.session, scene.record, scene.file.id, scene.move.at, scene.actor)


def _correct(scene: Scene, effect: Resolved) -> Changes:
    words = words_of(scene.session, scene.file.id)
    found = effect.value if isinstance(effect.value, Mapping) else {}
    granted = granted_values(disputes(scene.move.definition, scene.file.snapshot.past, words))
    values = {name: value for name, value in granted.items() if name in found and name != DISPLAY}
    return credit_records.correct(scene.session, scene.record, values, scene.file.id, scene.move.at, scene.actor)


def _end_display(scene: Scene, effect: Resolved) -> Changes:
    found = effect.value if isinstance(effect.value, Mapping) else {}
    if effect.of and found.get(DISPLAY) not in GRANTED:
        return []
    return _ended(credit_records.end_display, scene, effect)


def _delist(scene: Scene, effect: Resolved) -> Changes:
    return _ended(credit_records.delist, scene, effect)


def _stop_sharing(scene: Scene, effect: Resolved) -> Changes:
    return _ended(credit_records.stop_sharing, scene, effect)


def _ended(write: Callable[..., Changes], scene: Scene, effect: Resolved) -> Changes:
    """Something of the record ends, on the day that the act names, else on the act's own."""
    day = effect.value if isinstance(effect.value, date) else scene.move.on
    return write(scene.session, scene.record, scene.file.id, day, scene.move.at, scene.actor)


def _show_again(scene: Scene, _effect: Resolved) -> Changes:
    move, until = scene.move, shown_until(scene.session, scene.world, scene.record, scene.move.on)
    return credit_records.show_again(scene.session, scene.record, scene.file.id, move.on, move.at, scene.actor, until)


def _keep_statement(scene: Scene, _effect: Resolved) -> Changes:
    """D8: what could not be established stays, with the enterprise's own words and the day of the check beside it."""
    move, past = scene.move, scene.file.snapshot.past
    found = in_force(move.definition, past)
    fields = [field for field, finding in found.items() if finding == UNDECIDABLE]
    words = words_of(scene.session, scene.file.id).get(past[0].seq, {}).get("words", "")
    return credit_records.keep_statement(
        scene.session, scene.record, scene.file.id, fields, words, move.on, move.at, scene.actor
    )


WRITERS: dict[str, Callable[[Scene, Resolved], Changes]] = {
    "flag": _flag,
    "unflag": _unflag,
    "correct": _correct,
    "end_display": _end_display,
    "delist": _delist,
    "stop_sharing": _stop_sharing,
    "show_again": _show_again,
    "keep_statement": _keep_statement,
}
