"""The door of every act: answers are made such as the case can keep and carry out, or refused beside their field.

`workflow.decide` says whether answers are enough; here they are held against the record's columns and the bureaus
that stand. Pages check the same while a person types; what reaches the case has passed here, whoever sent it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, TypeGuard

from sqlalchemy.orm import Session

from cases.ledger.sealing import canonical
from cases.model.disputed import disputes
from cases.model.reading import words_of
from cases.model.visibility import colleagues_in
from registry.cleaning import Unfit, clean
from registry.columns import Column, disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from workflow.decide import Move, decide
from workflow.definition import CASE, PROPOSES, SENDS_BACK, Action, Definition, Field, FieldKind, Party
from workflow.past import AS_CLAIMED, DISPLAY, KEPT, OTHER, last_move, part_of
from workflow.refusal import Incomplete, Message, say
from workflow.snapshot import Person, RuleContext, Snapshot

GROUND: Final = "ground"
WRONG: Final = "wrong"
"""The ground on which values are disputed; on every other one the display itself is (procedures.md, Objection)."""
ENDED: Final = "ended"
"""What is claimed of a display."""

GIVEN: Final = "given"
"""What is kept of a commitment."""

NOTHING: Final = (None, "")
NOT_OFFERED: Final = say("Choose one of the answers offered.")
REASONS: Final = "reasons"
UNCHANGED: Final = say(
    "This is the proposal that was sent back, unchanged. Change what was asked, or say in the reasons why it stands."
)
SAYS_ALREADY: Final = say("The record says this already: enter what it should say instead, or take the tick away.")


def decide_at_door(
    session: Session,
    definition: Definition,
    snapshot: Snapshot,
    world: RuleContext,
    action_name: str,
    person: Person,
    answers: Mapping[str, object],
    now: datetime,
) -> Move:
    """The move that these answers come to, cleaned. Raises a Refusal; an Incomplete names every unfit answer."""
    action = definition.action(action_name, snapshot.state, snapshot.variant)
    day = world.jurisdiction.day_of(now)
    door = Door(session, definition, action, snapshot, answers, day) if action else None
    fitted = {asked.name: FITS[asked.kind](door, asked) for asked in door.action.asks} if door else {}
    faults = door.faults if door else {}
    fit = {**answers, **fitted}
    try:
        move = decide(definition, snapshot, world, action_name, person, fit, now)
    except Incomplete as refusal:
        raise Incomplete({**refusal.fields, **faults}) from None
    if faults:
        raise Incomplete(faults)
    if move.action.part is PROPOSES and _as_sent_back(session, definition, snapshot, move):
        asked = [field.name for field in move.action.asks]
        raise Incomplete({REASONS if REASONS in asked else asked[0]: UNCHANGED})
    return move


def _as_sent_back(session: Session, definition: Definition, snapshot: Snapshot, move: Move) -> bool:
    """Whether this is, word for word, the proposal that somebody sent back last."""
    last = last_move(snapshot.past)
    if last is None or last.person is None or part_of(definition, last) is not SENDS_BACK:
        return False
    before = next((event for event in reversed(snapshot.past) if part_of(definition, event) is PROPOSES), None)
    if before is None or move.files or snapshot.case_id is None:
        return False
    words = words_of(session, snapshot.case_id).get(before.seq, {})
    return dict(move.words) == dict(words) and canonical(dict(move.codes)) == canonical(dict(before.codes))


@dataclass
class Door:
    """An action with its answers, and what is found to be wrong with them."""

    session: Session
    definition: Definition
    action: Action
    snapshot: Snapshot
    answers: Mapping[str, object]
    day: date
    faults: dict[str, Message] = field(default_factory=dict)

    @cached_property
    def claims(self) -> Mapping[str, str]:
        """What the enterprise says the case's record should say, by field."""
        case_id, past = self.snapshot.case_id, self.snapshot.past
        words = words_of(self.session, case_id) if case_id is not None else {}
        return {one.field: one.claim for one in disputes(self.definition, past, words)}

    @cached_property
    def values(self) -> Mapping[str, str]:
        """What the case's record says now, by field."""
        own = self.snapshot.record
        return self.session.get_one(CreditRecord, own.id).values if own else {}

    @cached_property
    def disputed(self) -> CreditRecord | None:
        """The record that the action names, else the case's."""
        asked = (field.name for field in self.action.asks if field.kind is FieldKind.RECORD)
        named, own = self.answers.get(next(asked, "")), self.snapshot.record
        id = named if _is_id(named) else own.id if own else None
        return self.session.get(CreditRecord, id) if id is not None else None

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Those that can be disputed."""
        return {column.key: column for column in disputable(self.disputed.kind)} if self.disputed else {}


Fit = Callable[[Door, Field], object]
"""Makes an answer such as the case can keep it, or notes its fault."""


def _as_given(door: Door, asked: Field) -> object:
    """Files are taken in before they come here."""
    return door.answers.get(asked.name)


def _text(door: Door, asked: Field) -> str:
    return _words(door.answers.get(asked.name))


def _date(door: Door, asked: Field) -> object:
    answer = door.answers.get(asked.name)
    if answer in NOTHING or isinstance(answer, date):
        return answer
    door.faults[asked.name] = say("{value} is not a day: enter it as 2026-06-06.", value=answer)
    return None


def _number(door: Door, asked: Field) -> object:
    answer = door.answers.get(asked.name)
    return answer if _is_id(answer) else None


def _commitment(door: Door, asked: Field) -> str | None:
    return GIVEN if door.answers.get(asked.name) else None


def _choice(door: Door, asked: Field) -> str | None:
    answer = door.answers.get(asked.name)
    return answer if isinstance(answer, str) else None


def _named(may_be: Callable[[Door, int], bool]) -> Fit:
    """For what names something by its id, where that may be named."""

    def fit(door: Door, asked: Field) -> object:
        answer = door.answers.get(asked.name)
        if answer in NOTHING or (_is_id(answer) and may_be(door, answer)):
            return answer
        door.faults[asked.name] = NOT_OFFERED
        return None

    return fit


def given_away_by(case: Snapshot, action: Action) -> int | None:
    """The bureau that has the case and says by this act whose it is: not its own."""
    return case.bureau if all(role.party is Party.BUREAU for role in action.by) else None


def _is_bureau(door: Door, id: int) -> bool:
    """A bureau that exists on this day and has no successor."""
    if not door.action.offered:
        return True  # its own page has looked: also a body whose last day has passed
    if id == given_away_by(door.snapshot, door.action):
        return False
    bureau = door.session.get(Bureau, id)
    if bureau is None or bureau.successor_id is not None:
        return False
    begun = bureau.valid_from is None or bureau.valid_from <= door.day
    return begun and (bureau.valid_until is None or door.day <= bureau.valid_until)


def _is_record(door: Door, id: int) -> bool:
    """A record of the enterprise concerned."""
    record = door.session.get(CreditRecord, id)
    return record is not None and record.enterprise_id == door.snapshot.enterprise


def _is_colleague(door: Door, id: int) -> bool:
    """Somebody who can take the next step where the case lies."""
    return id in dict(colleagues_in(door.session, door.snapshot))


def _claims(door: Door, asked: Field) -> dict[str, str]:
    """What the record should say, by column as records keep it: of values on the first ground, else of the display.

    Another case hands on what was found there, of both.
    """
    if asked.display:
        return {DISPLAY: ENDED}
    ground = None if CASE in door.action.by else door.answers.get(GROUND) or WRONG
    claims: dict[str, str] = {}
    for key, value in _by_field(door.answers.get(asked.name)):
        column = door.columns.get(key)
        try:
            if key == DISPLAY and ground != WRONG:
                claims[key] = ENDED
            elif column and ground in (WRONG, None):
                claims[key] = clean(column, _words(value))
                if not claims[key]:
                    raise Unfit(say("Enter what it should say, or take the tick away."))
                if ground and door.disputed and claims[key] == door.disputed.values.get(key, ""):
                    raise Unfit(SAYS_ALREADY)
            elif ground == WRONG:
                raise Unfit(
                    say("On this ground values are disputed: name a column of the record that can be disputed.")
                )
            else:
                raise Unfit(
                    say(
                        "On this ground it is the display that is disputed, and no value: "
                        "choose the first ground to dispute a value."
                    )
                )
        except Unfit as unfit:
            door.faults[f"{asked.name}.{key}"] = unfit.message
    return claims


def _findings(door: Door, asked: Field) -> dict[str, dict[str, str]]:
    """Findings by field; another value as the record keeps it, reasons without blanks around them.

    The value says what was found, not the tick (D34): what equals the claim is found as claimed, and another value
    that the record has already is kept. A review may find again what the first decision put there.
    """
    findings: dict[str, dict[str, str]] = {}
    for key, given in _by_field(door.answers.get(asked.name)):
        found = {part: _words(said) for part, said in given.items()} if isinstance(given, Mapping) else {}
        column = door.columns.get(key)
        code, stands = found.get("finding"), door.values.get(key, "")
        if code == OTHER and column and found.get("value"):
            try:
                found["value"] = clean(column, found["value"])
            except Unfit as unfit:
                door.faults[f"{asked.name}.{key}"] = unfit.message
        value = {OTHER: found.get("value"), KEPT: stands}.get(str(code)) if column else None
        if value and value == door.claims.get(key):
            found["finding"] = AS_CLAIMED
        elif value and value == stands and not asked.review:
            found["finding"] = KEPT
        findings[key] = found if found.get("finding") == OTHER else {**found, "value": ""}
    return findings


FITS: Final[Mapping[FieldKind, Fit]] = {
    FieldKind.LINE: _text,
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.CLAIMS: _claims,
    FieldKind.FINDINGS: _findings,
    FieldKind.FILES: _as_given,
    FieldKind.BUREAU: _named(_is_bureau),
    FieldKind.DEADLINE: _choice,
    FieldKind.NUMBER: _number,
    FieldKind.RECORD: _named(_is_record),
    FieldKind.PERSON: _named(_is_colleague),
    FieldKind.COMMITMENT: _commitment,
    FieldKind.LAW: _text,
    FieldKind.TICK: _commitment,
}
"""A kind of field, as the case keeps it. What counts as an answer, `workflow.answers` says."""


def _by_field(answer: object) -> Iterator[tuple[str, Any]]:
    if isinstance(answer, Mapping):
        yield from ((str(key), value) for key, value in answer.items())


def _words(answer: object) -> str:
    """Words without blanks around them and without the character that no database keeps."""
    return answer.replace("\0", "").strip() if isinstance(answer, str) else ""


def _is_id(answer: object) -> TypeGuard[int]:
    return isinstance(answer, int) and not isinstance(answer, bool)
