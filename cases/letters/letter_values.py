"""The facts of a move, as a letter or a paper may name them. The post office chooses the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from cases.letters.decision_values import answers_itself, decision_values, in_both, tells_a_decision
from cases.letters.matter_values import matter_values
from cases.model.reading import Act
from cases.model.silence import remedies_open
from cases.model.words import Words, words_of
from notifications.languages import Words as InBoth
from notifications.languages import basis_of
from notifications.wording import MOVED, RUNS, STANDS_STILL
from registry.organisations import Bureau, Office
from registry.successions import latest_old_name
from workflow.answers import SAID_BY_THE_CLOCK
from workflow.calendar import add_workdays
from workflow.definition import MAPPED, RECOUNTED, FieldKind, Party
from workflow.findings import rows_of
from workflow.guards import Within
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of, left

Values = dict[str, object]


def values_for(session: Session, world: RuleContext, act: Act, timers: Sequence[Timer]) -> Mapping[str, object]:
    """Everything that a letter about this move may name; what does not apply is missing or empty."""
    move, office = act.move, act.file.bodies.office
    bureau = session.get(Bureau, move.bureau) if move.bureau else None
    words: Words = {**words_of(session, act.file.id), act.seq: move.words}
    values: Values = {
        **(matter_values(session, world, act, words) if _is_a_step(act) else {}),
        **_case_values(world, act, bureau, office),
        **_said(act),
        **{name: code for name, code in move.codes.items() if isinstance(code, str) and name not in SAID_BY_THE_CLOCK},
        **_choices_named(act),
        **_bureaus_named(session, act),
        **_issuer(act, bureau),
        **_deadline(world, act, timers, bureau, office),
        **_whole(world, act, timers),
        **_extension(world, act, timers),
        **_succession(session, act),
    }
    if move.bureau:
        values["question"] = values.get("question") or _referred(words)
        values["return_due"] = _return_due(world, act)
    if tells_a_decision(act):
        values |= decision_values(session, world, act, words, bureau, office)
    if move.action.name == RECOUNTED:
        values["moves"] = list(_moves(act))
    if move.action.name == MAPPED.name:
        values |= {"stands": Message(move.target.label), "runs": list(_runs(world, act, timers))}
    return values


def _issuer(act: Act, bureau: Bureau | None) -> Values:
    """The bureau that acts, where bureaus answer the enterprise themselves; else the office's name stands above."""
    own = act.move.role.party is Party.BUREAU and answers_itself(act.move.definition)
    return {"issuer": in_both(bureau)} if bureau and own else {}


def _unflagged(act: Act) -> bool:
    """Whether a mark comes off: the case takes it off and has set one."""
    rows = [row for event in act.file.snapshot.past for row in rows_of(act.move.definition, event)]
    flagged = any(effect.name == "flag" for row in rows for effect in row.does)
    return flagged and any(effect.name == "unflag" for effect in act.move.effects)


def _is_a_step(act: Act) -> bool:
    """Whether something happened but that a rung was climbed: then the matter itself may be told."""
    return act.firing is None or act.move.action.moves


def _case_values(world: RuleContext, act: Act, bureau: Bureau | None, office: Office) -> Values:
    file, move = act.file, act.move
    return {
        "kind": move.definition.label,
        "number": file.number,
        "check_code": file.check_code,
        "case_code": file.check_code,
        "enterprise": file.enterprise_name,
        "enterprise_code": file.enterprise_code,
        "record": file.document_number,
        "bureau": in_both(bureau) if bureau else "",
        "office": in_both(office),
        "office_address": InBoth(office.address, office.address_en) if office.address else "",
        "filed_on": move.filed_on,
        "closed": move.closes,
        "unflagged": _unflagged(act),
        "goes_on_there": move.desk is Party.BUREAU,
        "taken_back": move.source != move.target.name,
        "asked_on": move.on,
        "today": move.on,
        **_written_late(world, act),
        "what": move.action.done,
        **({"ended": Message(move.target.label)} if move.closes else {}),
        "approved_by": move.person.name,
    }


def _written_late(world: RuleContext, act: Act) -> Values:
    """Both days, where the clock's act is written down on a later one than that on which it fell due."""
    day_of, move = world.jurisdiction.day_of, act.move
    late = day_of(move.at) != day_of(move.as_of)
    return {"fell_on": move.on, "written_on": day_of(move.at)} if late else {}


def _said(act: Act) -> Values:
    """The words of the act that others may read: never the internal ones."""
    shown = {field.name for field in act.move.action.asks if not field.internal}
    return {name: text for name, text in act.move.words.items() if name in shown}


def _choices_named(act: Act) -> Values:
    """What each choice was last answered, in words: of a field `route` it is `route_label`."""
    definition, values = act.move.definition, dict[str, object]()
    for event in (*act.file.snapshot.past, act.move.past):
        for field in (field for row in rows_of(definition, event) for field in row.asks if not field.internal):
            for choice in field.choices:
                if choice.code == event.codes.get(field.name):
                    values[f"{field.name}_label"] = Message(choice.label)
    return values


def _bureaus_named(session: Session, act: Act) -> Values:
    """The bureaus that the act names, by field."""
    asked = [field.name for field in act.move.action.asks if field.kind is FieldKind.BUREAU]
    ids = {name: act.move.codes[name] for name in asked if name in act.move.codes}
    return {name: in_both(session.get_one(Bureau, id)) for name, id in ids.items() if name != "bureau"}


def _succession(session: Session, act: Act) -> Values:
    """What a body was called and what it is called now (D26); a renamed one bears the new name already."""
    follow = next((effect.value for effect in act.move.effects if effect.name == "succeed"), None)
    if not isinstance(follow, tuple):
        return {}
    old, new = (session.get_one(Bureau, id) for id in follow)
    former = latest_old_name(session, old.id) if old is new else in_both(old)
    return {
        "old_bureau": former,
        "new_bureau": in_both(new),
        "on_day": date.fromisoformat(str(act.move.codes["on_day"])),
    }


def _deadline(world: RuleContext, act: Act, timers: Sequence[Timer], bureau: Bureau | None, office: Office) -> Values:
    """The deadline a letter names: the one that fired, else the one that runs for the step that comes next."""
    timer = _named_timer(act, timers)
    if timer is None:
        return {}
    day = due_of(timer, world.calendar)
    left_over = left(timer, world.calendar, act.move.on)
    label, basis = act.move.definition.deadline(timer.deadline).label, _basis(world, act, timer)
    return {
        "stage": label,
        "due": day.day,
        "provisional": day.provisional,
        "basis": basis,
        "days": timer.budget,
        "unit": str(timer.unit),
        "days_left": max(left_over, 0),
        "days_late": max(-left_over, 0),
        "responsible": _responsible(timer, bureau, office),
        "addressee": in_both(bureau) if bureau and timer.owner == Party.BUREAU else in_both(office),
        **_if_silent(world, act, timer),
        **_next(world, act, timers),
        **_ladder_days(world, act, timer, day.day),
    }


def _if_silent(world: RuleContext, act: Act, timer: Timer) -> Values:
    """From which day the law's remedies for failure to act open, where somebody asked for something (D3)."""
    opens = remedies_open(world, act.move.definition, act.after, timer.owner)
    return {"remedy_from": opens} if opens else {}


def _named_timer(act: Act, timers: Sequence[Timer]) -> Timer | None:
    if act.timer and act.firing and not act.firing.rung.exact:
        return act.timer
    running = [timer for timer in timers if timer.stopped is None]
    asked = act.move.codes.get("deadline") or _extended(act)
    chosen = next((timer for timer in running if timer.deadline == asked), None)
    return chosen or _next_timer(act, running)


def _moves(act: Act) -> Iterator[Message]:
    """A line for each deadline that a new calendar moved."""
    old, new = act.move.codes["from"], act.move.codes["to"]
    assert isinstance(old, Mapping)
    assert isinstance(new, Mapping)
    for name, day in old.items():
        stage = say(act.move.definition.deadline(name).label)
        old_due, new_due = date.fromisoformat(day), date.fromisoformat(new[name])
        yield say(MOVED.id, stage=stage, old_due=old_due, new_due=new_due)


def _runs(world: RuleContext, act: Act, timers: Sequence[Timer]) -> Iterator[Message]:
    """A line for each deadline that runs now."""
    for timer in timers:
        if timer.stopped is None:
            stage, due = say(act.move.definition.deadline(timer.deadline).label), due_of(timer, world.calendar).day
            yield say(RUNS.id, stage=stage, due=due) if due else say(STANDS_STILL.id, stage=stage)


def _next_timer(act: Act, running: Sequence[Timer]) -> Timer | None:
    """The deadline of the desk on which the case now lies."""
    own = [timer for timer in running if timer.owner in (act.move.desk, Party.THIRD) and timer.deadline != "whole"]
    return own[-1] if own else None


def _extended(act: Act) -> str:
    return next((effect.of for effect in act.move.effects if effect.name == "extend"), "")


def _basis(world: RuleContext, act: Act, timer: Timer) -> str | dict[str, str]:
    return basis_of(world.limit_of(act.after, timer.rule), extended=bool(timer.extended))


def _next(world: RuleContext, act: Act, timers: Sequence[Timer]) -> Values:
    timer = _next_timer(act, [timer for timer in timers if timer.stopped is None])
    if timer is None:
        return {}
    label = act.move.definition.deadline(timer.deadline).label
    return {"next_stage": label, "next_due": due_of(timer, world.calendar).day, "next_basis": _basis(world, act, timer)}


def _ladder_days(world: RuleContext, act: Act, timer: Timer, day: date | None) -> Values:
    """When the rungs after the last day come."""
    rungs = act.move.definition.deadline(timer.deadline).rungs
    later = [rung for rung in rungs if rung.offset > 0]
    return {f"{rung.action}_on": add_workdays(world.calendar, day, rung.offset) for rung in later if day}


def _whole(world: RuleContext, act: Act, timers: Sequence[Timer]) -> Values:
    whole = next((timer for timer in timers if timer.deadline == "whole" and timer.stopped is None), None)
    if whole is None:
        return {}
    return {"whole_due": due_of(whole, world.calendar).day, "whole_basis": _basis(world, act, whole)}


def _extension(world: RuleContext, act: Act, timers: Sequence[Timer]) -> Values:
    """The day before and the day after an extension."""
    name = _extended(act)
    before, after = act.file.running(name), next((t for t in timers if t.deadline == name and t.stopped is None), None)
    if not name or before is None or after is None:
        return {}
    return {"old_due": due_of(before, world.calendar).day, "new_due": due_of(after, world.calendar).day}


def _referred(words: Words) -> str:
    """What the bureau was asked when the case was passed on: an assigned bureau is asked the same."""
    return next((words[seq]["question"] for seq in sorted(words, reverse=True) if "question" in words[seq]), "")


def _return_due(world: RuleContext, act: Act) -> date | None:
    """Until when a bureau may return what has just been passed to it."""
    rows = act.move.definition.actions_from(act.move.target.name, act.move.variant)
    windows = [
        guard
        for row in rows
        if Party.BUREAU in {role.party for role in row.by}
        for guard in row.guard
        if isinstance(guard, Within)
    ]
    window = next((guard for guard in windows if act.move.action.name in guard.since), None)
    return window.ends(act.after, world, act.move.past)[0] if window else None


def _responsible(timer: Timer, bureau: Bureau | None, office: Office) -> Message | str:
    """Who answers for a deadline once it is missed."""
    if timer.owner == Party.BUREAU and bureau:
        return say("the head of {body}", body=in_both(bureau))
    return say("the head of {body}", body=in_both(office)) if timer.owner == Party.OFFICE else ""
