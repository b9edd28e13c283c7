"""The facts of an act that its letters and papers may name. The post office chooses the words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.decision import (
    Facts,
    LetterContext,
    answered,
    answers_itself,
    basis_of,
    decided_by,
    decision_facts,
    disputed_rows,
    field_words,
    in_both,
    of_part,
    review_of,
    tells_a_decision,
    value_line,
    value_words,
)
from cases.model.custody import WHOLE
from cases.model.disputed import claims_said
from cases.model.reading import Act, read_cases
from cases.model.tables import Attachment, Case
from notifications.languages import Basis, Bilingual
from notifications.wording import ADDED, ADDED_DISPLAY, MOVED, RUNS, SAYS, STANDS_STILL
from registry.columns import column_of
from registry.credit_records import CreditRecord, value_of
from registry.display import shown_until
from registry.organisations import Bureau, latest_old_name
from workflow.answers import SAID_BY_THE_CLOCK
from workflow.calendar import add_workdays
from workflow.clocks import remedies_open
from workflow.definition import CASE, DECIDES, MAPPED, RECOUNTED, Addressee, FieldKind, Party
from workflow.guards import Within, taken_up_again
from workflow.past import DISPLAY, filing, rows_of
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of, left, missed

PARTICULARS = ("document_number", "list_name", "decided_on", "offence", "penalty_kind", "fine", "display_until")
"""The particulars of a record that an application names."""


FOR_OWNERS: Final = {Addressee.OWNER, Addressee.OWNER_HEAD, Addressee.CHIEF}
"""Who alone gets a sheet for an official's deadline."""


def facts_of(session: Session, world: RuleContext, act: Act, timers: Sequence[Timer]) -> Facts:
    """Everything that a letter about this act may name; what does not apply is missing or empty."""
    move, file = act.move, act.file
    of = LetterContext(
        session,
        world,
        act,
        tuple(timers),
        {**file.words, act.seq: move.words},
        session.get(CreditRecord, file.record_id) if file.record_id is not None else None,
        session.get(Bureau, move.bureau) if move.bureau else None,
    )
    among_officials = {notice.to for notice in move.action.tells} <= FOR_OWNERS  # then internal words are for them
    shown = {field.name for field in move.action.asks if among_officials or not field.internal}
    is_a_step = act.firing is None or move.action.moves  # else the clock only reminds, and the matter is not told
    facts: Facts = {
        **(_matter(of) if is_a_step else {}),
        **_case(of),
        **{name: text for name, text in move.words.items() if name in shown},
        **{name: said for name, said in answered(move.definition, move.past).items() if name not in SAID_BY_THE_CLOCK},
        **_choices_named(act),
        **_bureaus_named(of),
        **_issuer(of),
        **_deadline(of),
        **_whole(of),
        **_extension(of),
        **_succession(of),
    }
    if move.bureau:
        # an assigned bureau is asked what the case was last passed on with
        asked = (of.words[seq]["question"] for seq in sorted(of.words, reverse=True) if "question" in of.words[seq])
        facts["question"] = facts.get("question") or next(asked, "")
        facts |= _returnable(of)
    above = world.jurisdiction.place.above
    for subject, body in above.items():
        if subject == world.subject_of(act.file.snapshot) and any(one.name == "where" for one in move.action.asks):
            facts["where"] = Bilingual(body.zh, body.en)
    if tells_a_decision(act):
        facts |= decision_facts(of)
    if move.role == CASE:
        if fixed_on := move.codes.get("fixed_on"):
            facts["fixed_on"] = date.fromisoformat(str(fixed_on))
        facts |= {
            "added": list(_added(of)),
            "goes_back_to": facts["bureau"] if move.desk is Party.BUREAU else facts["office"],
        }
    if act.past[0].role == CASE.name and (move.closes or move.role == CASE):
        facts |= _review_beside(of)
    if move.action.name == RECOUNTED:
        facts |= _moved(of)
    if move.action.name == MAPPED.name:
        facts |= {"stands": Message(move.target.label), "runs": list(_runs(of))}
    return facts


def _moved(of: LetterContext) -> Facts:
    """Which dates a newly announced calendar has moved, from which day to which, and by which notice."""
    move, old, new = of.act.move, of.act.move.codes["from"], of.act.move.codes["to"]
    assert isinstance(old, Mapping)
    assert isinstance(new, Mapping)
    label = {name: say(move.definition.deadline(name).label) for name in old}
    now = {timer.deadline: due_of(timer, of.world.calendar).day for timer in of.timers if timer.stopped is None}
    days = {
        name: (date.fromisoformat(day), now.get(name) or date.fromisoformat(new[name])) for name, day in old.items()
    }
    moves = [say(MOVED.id, stage=label[name], old_due=a, new_due=b) for name, (a, b) in days.items()]
    return {"notice": str(move.codes["notice"]), "moves": moves}


def _case(of: LetterContext) -> Facts:
    act, office, day_of = of.act, of.office, of.world.jurisdiction.day_of
    file, move = act.file, act.move
    return {
        "kind": Message(move.definition.label),
        "number": file.number,
        "check_code": file.check_code,
        "case_code": file.check_code,
        "enterprise": file.enterprise_name,
        "enterprise_code": file.enterprise_code,
        "record": file.document_number,
        "bureau": in_both(of.bureau) if of.bureau else "",
        "office": in_both(office),
        "office_address": Bilingual(office.address, office.address_en) if office.address else "",
        "filed_on": move.filed_on,
        "closed": move.closes,
        "unflagged": _unflagged(act),
        "goes_on_there": move.desk is Party.BUREAU,
        "taken_back": move.source != move.target.name,
        "asked_on": move.on,
        "asked_by": in_both(of.bureau) if of.bureau and move.role.party is Party.BUREAU else "",
        "today": move.on,
        # an act of the clock may be recorded on a later day than it fell due
        **({"fell_on": move.on, "written_on": day_of(move.at)} if day_of(move.at) != day_of(move.as_of) else {}),
        "what": Message(move.action.done),
        "answer": say("the answer after the review") if review_of(act) else say("the written answer"),
        **({"ended": Message(move.target.label)} if move.closes else {}),
        "approved_by": move.person.name,
    }


def _matter(of: LetterContext) -> Facts:
    """The matter of the case: what was asked, particulars of the record, before and after."""
    act = of.act
    filed = filing(act.move.definition, act.past)
    said = of.words.get(filed.seq, {})
    complained_of = of.session.get(Bureau, act.move.complained_bureau) if act.move.complained_bureau else None
    kept = select(Attachment.name).where(Attachment.case_id == act.file.id).order_by(Attachment.id)
    has_files = bool(act.move.files) or any(event.body.get("files") for event in act.file.events)
    fees = (fee for fee in of.world.jurisdiction.fees if fee.free and fee.kind == act.file.kind)
    return {
        **answered(act.move.definition, filed),
        **{name: text for name, text in said.items() if name != "words" and "." not in name},
        "variant": act.move.variant,
        "opened_by_bureau": act.past[0].bureau is not None,
        "from_case": _opened_by(of),
        "request": said.get("sought", ""),
        "materials": list(of.session.scalars(kept)) if has_files else [],
        "free": next((Bilingual(fee.citation, fee.citation_en) for fee in fees), ""),
        "granted_on": next((event.on for event, _row in of_part(act, DECIDES)), None),
        "shown_until": _shown_until(of),
        **({"complained_of": in_both(complained_of)} if complained_of else {}),
        **(_of_record(of, of.record) if of.record else {}),
    }


def _of_record(of: LetterContext, record: CreditRecord) -> Facts:
    rows = [{**row, "after": row["claim"]} for _dispute, row in disputed_rows(of, record)]
    particulars: list[Facts] = []
    for key in PARTICULARS:
        column, value = column_of(record.kind, key), value_of(record, key)
        if column and value:
            words = value_words(record.kind, key, value)
            particulars.append({"label": say(column.label), "value": words})
    return {"claims": rows, "changes": rows, "particulars": particulars}


def _opened_by(of: LetterContext) -> str:
    """The case that opened this one or added to it; never one of a closed kind (D16)."""
    number = str(of.act.move.codes.get("opened_by") or "")
    kind = of.session.scalars(select(Case.kind).where(Case.number == number)).first() if number else None
    return number if kind and not all_kinds()[kind].closed_to else ""


def _shown_until(of: LetterContext) -> date | None:
    move = of.act.move
    again = any(effect.name == "show_again" for effect in move.effects)
    shown = of.record if again and of.record and of.record.displayed else None
    return shown_until(of.session, of.world, shown, move.on) if shown else None


def _issuer(of: LetterContext) -> Facts:
    """The bureau that acts or has decided, where bureaus answer enterprises themselves; else the office issues."""
    act = of.act
    acts = act.move.role.party is Party.BUREAU or (tells_a_decision(act) and decided_by(act) is Party.BUREAU)
    return {"issuer": in_both(of.bureau)} if of.bureau and acts and answers_itself(act.move.definition) else {}


def _unflagged(act: Act) -> bool:
    """Whether a mark comes off: the case takes it off and has set one."""
    rows = [row for event in act.file.snapshot.past for row in rows_of(act.move.definition, event)]
    flagged = any(effect.name == "flag" for row in rows for effect in row.does)
    return flagged and any(effect.name == "unflag" for effect in act.move.effects)


def _choices_named(act: Act) -> Facts:
    """The last answer to each choice, in words: of a field `route` it is `route_label`."""
    definition, facts = act.move.definition, Facts()
    for event in act.past:
        for field in (field for row in rows_of(definition, event) for field in row.asks if not field.internal):
            for choice in field.choices:
                if choice.code == event.codes.get(field.name):
                    facts[f"{field.name}_label"] = Message(choice.label)
    return facts


def _bureaus_named(of: LetterContext) -> Facts:
    """The bureaus that the act names, by field."""
    move = of.act.move
    asked = [field.name for field in move.action.asks if field.kind is FieldKind.BUREAU and field.name != "bureau"]
    return {name: in_both(of.session.get_one(Bureau, move.codes[name])) for name in asked if name in move.codes}


def _succession(of: LetterContext) -> Facts:
    """A body's old and new name (D26); a renamed one bears the new name already."""
    follow = next((effect.value for effect in of.act.move.effects if effect.name == "succeed"), None)
    if not isinstance(follow, tuple):
        return {}
    old, new = (of.session.get_one(Bureau, id) for id in follow)
    former = latest_old_name(of.session, old.id) if old is new else in_both(old)
    on_day = date.fromisoformat(str(of.act.move.codes["on_day"]))
    return {"old_bureau": former, "new_bureau": in_both(new), "on_day": on_day}


def _deadline(of: LetterContext) -> Facts:
    """The deadline a letter names: the one that fired, else the one that runs for the next step."""
    act, calendar = of.act, of.world.calendar
    timer = _named_timer(of)
    if timer is None:
        return {}
    timer = answering(of.world, act, timer)
    day, left_over = due_of(timer, calendar), left(timer, calendar, act.move.on)
    following = _next_timer(of)
    office = of.office if timer.owner == Party.OFFICE else None
    late = of.bureau if of.bureau and timer.owner == Party.BUREAU else office
    later = [rung for rung in act.move.definition.deadline(timer.deadline).rungs if rung.offset > 0]
    opens = remedies_open(of.world, act.move.definition, act.after, timer.owner)
    return {
        "stage": stage_of(act, timer),
        "due": day.day,
        "basis": basis_of(of.world, of.act, timer),
        "days": timer.budget,
        "unit": str(timer.unit),
        "days_left": max(left_over, 0),
        "days_late": max(-left_over, 0),
        "responsible": say("the head of {body}", body=in_both(late)) if late else "",
        "copied": timer.owner != Party.OFFICE,
        "addressee": in_both(of.bureau if of.bureau and timer.owner == Party.BUREAU else of.office),
        **(
            {"remedy_from" if opens > of.world.jurisdiction.day_of(act.move.at) else "remedy_since": opens}
            if opens
            else {}
        ),
        **({"next_stage": stage_of(act, following), "next_due": due_of(following, calendar).day} if following else {}),
        **({"next_basis": basis_of(of.world, of.act, following)} if following else {}),
        **{f"{rung.action}_on": add_workdays(calendar, day.day, rung.offset) for rung in later if day.day},
    }


def _added(of: LetterContext) -> Iterator[Message]:
    """A line for each claim that another case adds: what the record says, and what it should say."""
    move, record = of.act.move, of.record
    claims = claims_said(move.action, move.words)
    words = SAYS if "fixed_on" in move.codes else ADDED
    for key, value in claims.items() if record else ():
        assert record
        if key == DISPLAY:
            yield say(ADDED_DISPLAY.id, what=field_words(record.kind, key))
        else:
            yield value_line(record.kind, key, value_of(record, key), value, words)


def stage_of(act: Act, timer: Timer) -> Message:
    """What a deadline is for."""
    return Message(act.move.definition.deadline(timer.deadline).label)


def answering(world: RuleContext, act: Act, timer: Timer) -> Timer:
    """The deadline as the one who is late answers for it: the whole case's, while a bureau is, as that bureau's."""
    if timer.deadline != WHOLE or act.move.action.name == RECOUNTED:
        return timer
    late = (
        one
        for one in act.file.snapshot.timers
        if one.stopped is None and one.owner == Party.BUREAU and missed(one, world.calendar, act.move.on)
    )
    return next((replace(timer, owner=one.owner, bureau=one.bureau) for one in late), timer)


def _running(of: LetterContext, name: str = "") -> list[Timer]:
    """The running timers, of this deadline or of all."""
    return [timer for timer in of.timers if timer.stopped is None and name in ("", timer.deadline)]


def _named_timer(of: LetterContext) -> Timer | None:
    act = of.act
    if act.timer and act.firing and not act.firing.rung.exact:
        return act.timer
    asked = act.move.codes.get("deadline") or _extended(act)
    chosen = next((timer for timer in _running(of) if timer.deadline == asked), None)
    return chosen or _next_timer(of)


def _next_timer(of: LetterContext) -> Timer | None:
    """The deadline of the desk that now has the case."""
    owners = (of.act.move.desk, Party.THIRD)
    own = [timer for timer in _running(of) if timer.owner in owners and timer.deadline != WHOLE]
    return own[-1] if own else None


def _runs(of: LetterContext) -> Iterator[Message]:
    """A line for each deadline that runs now."""
    for timer in _running(of):
        stage, due = stage_of(of.act, timer), due_of(timer, of.world.calendar).day
        yield say(RUNS.id, stage=stage, due=due) if due else say(STANDS_STILL.id, stage=stage)


def _extended(act: Act) -> str:
    return next((effect.of for effect in act.move.effects if effect.name == "extend"), "")


def _whole(of: LetterContext) -> Facts:
    whole = next(iter(_running(of, WHOLE)), None)
    return (
        {"whole_due": due_of(whole, of.world.calendar).day, "whole_basis": basis_of(of.world, of.act, whole)}
        if whole
        else {}
    )


def _extension(of: LetterContext) -> Facts:
    """The day before and the day after an extension."""
    name = _extended(of.act)
    before = of.act.file.running(name)
    after = next(iter(_running(of, name)), None)
    if not name or before is None or after is None:
        return {}
    return {"old_due": due_of(before, of.world.calendar).day, "new_due": due_of(after, of.world.calendar).day}


def _returnable(of: LetterContext) -> Facts:
    """Until when a bureau may return what has just been passed to it, and on what that window rests."""
    act = of.act
    windows = [
        guard
        for row in act.move.definition.actions_from(act.move.target.name, act.move.variant)
        if Party.BUREAU in {role.party for role in row.by}
        for guard in row.guard
        if isinstance(guard, Within) and act.move.action.name in guard.since
    ]
    if not windows:
        return {"return_due": None}
    rule = of.world.limit_of(act.after, windows[0].rule, act.move.on)
    return {"return_due": windows[0].ends(act.after, of.world, act.move.past)[0], "return_basis": Basis.of(rule)}


def _review_beside(of: LetterContext) -> Facts:
    """The closed case whose review waits while this one is open, which its firm did not file; once this one ends, also
    until when the review can be asked (D19, D21)."""
    act, world = of.act, of.world
    same = select(Case.id).where(Case.record_id == act.file.record_id, Case.kind == act.file.kind)
    others = same.where(Case.enterprise_id == act.file.enterprise_id, Case.closed_at.is_not(None))
    beside = of.session.scalars(others.where(Case.id != act.file.id).order_by(Case.closed_at.desc())).first()
    if beside is None:
        return {}
    closed = read_cases(of.session, [beside])[0]
    again = taken_up_again(all_kinds()[closed.kind], closed.snapshot)
    this = next((one for one in closed.snapshot.opened_since if one.number == act.file.number), None)
    if again is None or this is None:
        return {}
    _action, window, start = again
    held = replace(closed.snapshot, opened_since=(this._replace(ended=None),))
    if window.held_by(held, world, start) != this.number:
        return {}
    if not act.move.closes:
        return {"review_waits": closed.number}
    freed = replace(closed.snapshot, opened_since=(this._replace(ended=act.move.at),))
    basis = Basis.of(world.limit_of(freed, window.rule, start.on))
    return {"review_again": closed.number, "review_until": window.ends(freed, world, start)[0], "review_basis": basis}
