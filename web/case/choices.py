"""What the reader can do with a case: each act with its consequences and its key; who else could, where they cannot."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from string import ascii_lowercase
from typing import Final

from cases.kinds import all_kinds
from cases.model.beside import other_open
from cases.model.reading import LoadedCase
from cases.model.visibility import NextDesk, person_in
from notifications.languages import span
from registry.identity import Identity
from web.case.path import Way, desk_name, ends, main_step
from web.case.reading import PeopleOfDesk, Reading
from web.parts.words import Words, in_a_row, length, listed
from web.site.language import in_a_sentence
from workflow.answers import choices_for
from workflow.calendar import Unit, due
from workflow.decide import AvailableAction, choices
from workflow.definition import (
    CALLS_BACK,
    CASE,
    FILER,
    OFFICIALS,
    SENDS_BACK,
    START,
    STAY,
    Action,
    Addressee,
    Branch,
    Choice,
    Deadline,
    Effect,
    Facts,
    Field,
    FieldKind,
    Only,
    Party,
    State,
    answered_so,
)
from workflow.guards import NOT_YOURS, Once
from workflow.refusal import Forbidden, Impossible, Message, NotHere, NotYet, say
from workflow.snapshot import RuleContext
from workflow.timing import due_of, extend, left, missed

EFFECTS: Final[Mapping[str, Message]] = {
    "flag": say("The record is marked “under objection”."),
    "unflag": say("The mark “under objection” is taken off the record."),
    "correct": say("The record is changed by the findings; what stood there before is kept."),
    "end_display": say("The record is no longer displayed."),
    "show_again": say("What this case ended is displayed, listed and shared again, until its old end."),
    "delist": say("The enterprise is off the list."),
    "stop_sharing": say("The record is no longer shared or used."),
    "keep_statement": say("Beside what could not be established stand the firm's own words and the day of the check."),
    "refuse_sheet": say("What a sheet said and was not upheld changes nothing when the next sheet says it again."),
    "drop_review": say("What was found on review and not approved is dropped."),
    "take": say("It stands among what you have taken. Your colleagues can still act."),
    "give_back": say("Whoever of your desk has time can take it."),
    "hand_to": say("It stands among what that colleague has taken."),
}
BY_FINDINGS: Final = say("Where the findings say so, the record is no longer displayed.")
TOLD: Final[Mapping[Addressee, Message]] = {
    Addressee.FILER: say("the firm"),
    Addressee.BUREAU: say("the bureau"),
    Addressee.OFFICE: say("the office"),
    Addressee.CHIEF: say("the head of the office"),
    Addressee.DESK: say("the desk that has the case"),
    Addressee.OWNER: say("whoever has to keep the deadline"),
    Addressee.OWNER_HEAD: say("their head"),
    Addressee.LEADING_GROUP: say("the leading group"),
    Addressee.AUDITOR: say("the auditor"),
    Addressee.THIRD: say("the third party"),
    Addressee.COMPLAINED_OF: say("the body complained of, in your own words only"),
}


def consequences(reading: Reading, action: Action, but: Collection[str] = ()) -> Iterator[Message]:
    """What an act brings about; `but`: effects that the page says itself, in detail."""
    for effect in dict.fromkeys(action.does):
        if effect.name not in but:
            yield from _effect(reading, action, effect)
    yield from _leads_to(reading, action)
    yield from _once(action)
    told = list(dict.fromkeys(notice.to for notice in action.tells))
    if told:
        yield say("Notified: {who}.", who=listed([TOLD[to] for to in told]))
        if action.target is STAY and FILER in action.by:
            yield say("No clock stops for it.")
    elif action.target is STAY:
        opened = [effect.of for effect in action.does if effect.name == "open_case"]
        rows = [row for kind in opened for row in all_kinds()[kind].actions if CASE in row.by and START in row.source]
        told = list(dict.fromkeys(notice.to for row in rows for notice in row.tells))
        if told:
            yield say(
                "The opening of that case tells: {who}. No clock stops here.", who=listed([TOLD[to] for to in told])
            )
        else:
            yield say("Nobody is told, no clock stops.")


def _effect(reading: Reading, action: Action, effect: Effect) -> Iterator[Message]:
    match effect.name:
        case "end_display" if effect.of:
            yield BY_FINDINGS
        case "open_case":
            yield linked_case(reading, effect.of)
        case "extend":
            yield from _extended(reading, effect)
        case name if name in EFFECTS:
            chosen = _choices(reading, action, effect.only) if effect.only else ()
            for choice in chosen:
                yield say("“{answer}”: {then}", answer=say(choice.label), then=EFFECTS[name])
            if not chosen and answered_so(effect.only, lambda field: _said_before(reading, field)):
                yield EFFECTS[name]


def linked_case(reading: Reading, kind: str) -> Message:
    """The case that is opened beside this one, or the open one to which what was found is added (D19, D39)."""
    label = say(all_kinds()[kind].label)
    record, firm = reading.file.record_id, reading.file.enterprise_id
    for number in other_open(reading.session, record, kind, firm):
        return say("{number} is open already ({kind}): this is added there, to be found.", number=number, kind=label)
    if record is None:
        return say("A linked case is opened ({kind}); where one is open already, this is added there.", kind=label)
    return say("A linked case is opened: {kind}. It ends by itself.", kind=label)


def _said_before(reading: Reading, field: str) -> object:
    """What a field was last answered, in an act before this one."""
    return next((past.codes[field] for past in reversed(reading.past) if field in past.codes), None)


def _choices(reading: Reading, action: Action, only: Only) -> tuple[Choice, ...]:
    """The answers on which an effect depends, where this act asks for them of such a record."""
    kind = reading.record.kind if reading.record else ""
    choices = (choice for field in action.asks if field.name == only[0] for choice in choices_for(field, kind))
    return tuple(choice for choice in choices if choice.code in only[1:])


def _extended(reading: Reading, effect: Effect) -> Iterator[Message]:
    deadline = reading.definition.deadline(effect.of, reading.file.snapshot.variant)
    timer, calendar = reading.file.running(effect.of), reading.world.calendar
    if timer is None or missed(timer, calendar, reading.today):
        return
    rule = reading.world.limit_of(reading.file.snapshot, deadline.rule)
    longer = span(rule.extension or 0, rule.unit)
    if effect.by:
        yield say("The time “{deadline}” becomes longer, by at most {span}.", deadline=say(deadline.label), span=longer)
        return
    until = due_of(extend(timer, rule.extension or 0), calendar)
    if until.day is None:
        yield say("The time “{deadline}” becomes longer by {span}.", deadline=say(deadline.label), span=longer)
    else:
        yield say(
            "The time “{deadline}” becomes longer by {span}, until {day}.",
            deadline=say(deadline.label),
            span=longer,
            day=until.day,
        )


def _once(action: Action) -> Iterator[Message]:
    for guard in action.guard:
        if isinstance(guard, Once):
            field = next((field for field in action.asks if field.name == guard.per), None)
            if field:
                yield say("This can be done once for each answer to “{field}”.", field=say(field.label))
            elif guard.per == Party.BUREAU:
                yield say("Each bureau can do this once in a case.")
            else:
                yield say("This can be done once in a case.")


def _leads_to(reading: Reading, action: Action) -> Iterator[Message]:
    """Where the case then lies: at one place, or at one for each answer."""
    variants = {effect.of for effect in action.does if effect.name == "set_variant"}
    routes = next((one for one in action.asks if one.kind is FieldKind.CHOICE and one.name in variants), None)
    if routes:
        yield from _by_route(reading, action, routes)
        return
    branch = action.target if isinstance(action.target, Branch) else None
    values = set(branch.question.values) if branch else set()
    # the choice of this form on whose answer the target depends
    asked = next((one for one in action.asks if values and {choice.code for choice in one.choices} == values), None)
    if branch and asked:
        for choice in asked.choices:
            leads = branch.target(choice.code)
            if leads is not STAY:
                for then in _then(reading, action, reading.definition.state(str(leads))):
                    yield say("“{answer}”: {then}", answer=say(choice.label), then=then)
        return
    target = target_of(reading, action)
    if branch and STAY in action.targets:
        yield say("The last of these closes the case.")
    elif target:
        yield from _then(reading, action, target)
    elif ends(reading.definition, action):
        yield from _closes(any(reading.definition.state(str(end)).adverse for end in action.targets))


def target_of(reading: Reading, action: Action) -> State | None:
    """Where the act leads, as far as that is known before it is answered."""
    targets = [reading.definition.state(str(target)) for target in action.targets if target is not STAY]
    if len(targets) == 1 or not isinstance(action.target, Branch):
        return targets[0] if targets else None
    role = next((role for role in action.by if role in reading.person.roles), action.by[0])
    of, snapshot, world, person = reading.definition, reading.file.snapshot, reading.world, reading.person
    facts = Facts(of, snapshot, world, action, role, person, {}, reading.now, reading.today)
    value = action.target.question.read(facts)
    names = [str(target) for answer, target in action.target.targets if answer == value and target is not STAY]
    return reading.definition.state(names[0]) if names else None


def _then(reading: Reading, action: Action, target: State) -> Iterator[Message]:
    if target.final or target.desk is None:
        yield from _closes(target.adverse)
        return
    desk, work = in_a_sentence(_next_desk(reading, action, target), target.desk), say(target.work)
    deadline = begins_with(reading, target)
    day = due_with(reading, action, deadline) if deadline else None
    if deadline and day:
        yield say("Then it is up to {desk} to {work}, by {day}.", desk=desk, work=work, day=day)
    elif deadline:
        rule = reading.world.limit_of(reading.file.snapshot, deadline.rule)
        yield say(
            "Then it is up to {desk} to {work}, within {span} from the day that you name.",
            desk=desk,
            work=work,
            span=length(rule.n, rule.unit),
        )
    else:
        yield say("Then it is up to {desk} to {work}.", desk=desk, work=work)
    yield from clocks_that_stop(reading, target)


def _closes(adverse: bool) -> Iterator[Message]:
    yield say("The case is closed. This cannot be called back.")
    if adverse:
        yield say("The firm gets your reasons in writing, with the body to turn to and the time for it.")


def _by_route(reading: Reading, action: Action, field: Field) -> Iterator[Message]:
    """Each route with the time that it gives to the desk which has the case then."""
    targets = [reading.definition.state(str(target)) for target in action.targets if target is not STAY]
    for choice in field.choices:
        for deadline in reading.definition.deadlines_of(choice.code):
            if targets and targets[0].name in deadline.over and deadline.owned_by(targets[0].desk):
                day = due_with(reading, action, deadline, choice.code)
                yield say(
                    "“{answer}”: {deadline} by {day}",
                    answer=say(choice.label),
                    deadline=say(deadline.label),
                    day=day or reading.today,
                )


def _next_desk(reading: Reading, action: Action, target: State) -> Words:
    """The desk by its name; of a bureau that the form asks for there is none yet."""
    to = next((effect.of for effect in action.does if effect.name == "route"), "")
    record = reading.file.snapshot.record
    if target.desk is Party.BUREAU and to in ("supplied_by", "determined_by") and record:
        return desk_name(reading, target.desk, getattr(record, to))
    if target.desk is Party.BUREAU and any(field.name == to for field in action.asks):
        return say("the bureau that you choose")
    return desk_name(reading, target.desk)


def begins_with(reading: Reading, target: State) -> Deadline | None:
    """The deadline that begins with that state, the narrowest if several do."""
    now = reading.file.snapshot.state
    begun = [
        deadline
        for deadline in reading.definition.deadlines_of(reading.file.snapshot.variant)
        if target.name in deadline.over
        and (now not in deadline.over or deadline.fresh)
        and deadline.owned_by(target.desk)
        and reading.file.running(deadline.name) is None
    ]
    return min(begun, key=lambda deadline: len(deadline.over), default=None)


def due_with(reading: Reading, action: Action, deadline: Deadline, variant: str | None = None) -> date | None:
    """The last day of a deadline that begins with this act; None: it counts from a day that the form asks for."""
    counted = _counted_from(reading, action, deadline)
    if counted is None:
        return None
    case = reading.file.snapshot if variant is None else replace(reading.file.snapshot, variant=variant)
    rule = reading.world.limit_of(case, deadline.rule)
    return due(reading.world.calendar, counted, rule.n, rule.unit, rolls=rule.rolls)[0]


def _counted_from(reading: Reading, action: Action, deadline: Deadline) -> date | None:
    source = deadline.counts_from
    if source is None or reading.file.snapshot.round > 1:
        return reading.today
    if source.asked:
        asked_here = any(field.name == source.asked for field in action.asks)
        said = _said_before(reading, source.asked)
        return None if asked_here or said is None else date.fromisoformat(str(said))
    if source.filing:
        return reading.today if deadline.fresh else reading.file.filed_on
    taken = [past.on for past in reading.past if past.action == source.taken]
    return reading.today if action.name == source.taken or not taken else taken[-1]


def clocks_that_stop(reading: Reading, target: State) -> Iterator[Message]:
    """The clocks that would stand still in that state."""
    for timer in reading.file.snapshot.timers:
        deadline = reading.definition.deadline(timer.deadline, reading.file.snapshot.variant)
        if timer.stopped is None and target.name in deadline.paused_in and timer.open_hold is None:
            still = left(timer, reading.world.calendar, reading.today)
            if still >= 0:
                unit = Unit.WORKDAY if timer.unit is Unit.WORKDAY else Unit.DAY
                yield say(
                    "The clock “{deadline}” stands still, with {span} left.",
                    deadline=say(deadline.label),
                    span=span(still, unit),
                )


@dataclass(frozen=True)
class OfferedAct:
    """An act that is open, with what it brings about; `final` when it cannot be undone."""

    name: str
    label: Message
    final: bool
    main: bool
    brings: tuple[Message, ...]


@dataclass(frozen=True)
class Choices:
    """`steps` move the case on, `others` leave it where it is, `hands` only say whose work it is; `used` cannot be
    taken any more, each with why: one that comes after a step not yet taken is none."""

    steps: tuple[OfferedAct, ...] = ()
    others: tuple[OfferedAct, ...] = ()
    hands: tuple[OfferedAct, ...] = ()
    used: tuple[tuple[Message, Message], ...] = ()


def open_acts(file: LoadedCase, identity: Identity, world: RuleContext, now: datetime) -> tuple[AvailableAction, ...]:
    """What `Reading.open_acts` gives, for a list that reads no event's words: of a case its reader has not lost."""
    return choices(all_kinds()[file.kind], file.snapshot, world, person_in(identity, file), now)


def moves_on(file: LoadedCase, one: AvailableAction) -> bool:
    """Whether the act is a step of the desk where the case lies."""
    return one.action.moves_on and one.role.party is all_kinds()[file.kind].state(file.snapshot.state).desk


def choices_of(reading: Reading, acts: Sequence[AvailableAction]) -> Choices:
    """Sorted for the page: one of the steps is the main one, the first that can be undone."""
    open_acts = [one.action for one in acts if one.why_not is None]
    moving = [one.action for one in acts if one.why_not is None and moves_on(reading.file, one)]
    main = _main_of(reading, moving)
    made = []
    for action in open_acts:
        brings, final = tuple(consequences(reading, action)), ends(reading.definition, action)
        made.append((action, OfferedAct(action.name, say(action.label), final, action is main, brings)))
    made.sort(key=lambda pair: (not pair[1].main, pair[0].part is SENDS_BACK, pair[1].final))
    return Choices(
        steps=tuple(choice for action, choice in made if action in moving),
        others=tuple(choice for action, choice in made if action not in moving and not action.is_holding),
        hands=tuple(choice for action, choice in made if action.is_holding and not _asks_for_nobody(reading, action)),
        used=tuple(
            (say(one.action.label), in_a_row((one.why_not, *_instead_of(reading, one))))
            for one in acts
            if one.why_not
            and not isinstance(one.refusal, NotYet | NotHere)
            and one.why_not != NOT_YOURS
            and not one.action.is_holding
        ),
    )


def _instead_of(reading: Reading, one: AvailableAction) -> Iterator[Message]:
    yield from who_else(reading, one.action) if isinstance(one.refusal, Forbidden) and not reading.mine else ()


def _asks_for_nobody(reading: Reading, action: Action) -> bool:
    """Whether an act asks for a colleague where there is none."""
    asks = any(field.kind is FieldKind.PERSON for field in action.asks)
    return asks and not any(id != reading.person.id for id, _ in reading.colleagues)


def _main_of(reading: Reading, moving: Sequence[Action]) -> Action | None:
    """The step along which most cases go on; else the first that can be undone, a sending back never: where all else
    ends the case, nothing is put forward."""
    undone = (action for action in moving if not ends(reading.definition, action) and action.part is not SENDS_BACK)
    names = [action.name for action in moving]
    return main_step(Way.of(reading), reading.state.name, names) or next(undone, None)


def note_of(acts: Sequence[AvailableAction]) -> Action | None:
    """The act by which an official leaves words for colleagues alone, where it is open."""
    notes = (one.action for one in acts if one.why_not is None and one.action.is_internal)
    return next((note for note in notes if [field.kind for field in note.asks] == [FieldKind.TEXT]), None)


def addition_of(acts: Sequence[AvailableAction]) -> Action | None:
    """The act by which the firm writes to whoever handles the case, where it is open."""
    mine = (one.action for one in acts if one.why_not is None and one.role is FILER and one.action.target is STAY)
    return next((action for action in mine if any(notice.to is Addressee.DESK for notice in action.tells)), None)


OF_THE_LIST: Final = frozenset("jknx")
"""Down, up, the next one, and marking: no act has these."""


def keys_of(kind: str) -> Mapping[str, str]:
    """The letter of each act that officials take in a case of this kind, by the act's name."""
    definition = all_kinds()[kind]
    return _keys(definition.kind, definition.digest)


@cache
def _keys(kind: str, _digest: str) -> Mapping[str, str]:
    """The acts that stand in most states choose first, so that they are the same in every kind; endings choose last."""
    definition = all_kinds()[kind]
    states: dict[str, set[str]] = {}
    for action in definition.actions:
        if action.offered and START not in action.source and any(role.party in OFFICIALS for role in action.by):
            states.setdefault(action.name, set()).update(action.source)
    part = {action.name for action in definition.actions if action.part}
    last = {action.name for action in definition.actions if ends(definition, action)}
    chosen: dict[str, str] = {}
    for name in sorted(states, key=lambda name: (-len(states[name]), name in last, name not in part, name)):
        beside = {chosen[other] for other in chosen if states[other] & states[name]}
        chosen[name] = next((letter for letter in _wanted(name) if letter not in beside | OF_THE_LIST), "")
    return chosen


def _wanted(name: str) -> Iterator[str]:
    """The letters with which the words of a name begin, then its others, then any."""
    yield from (word[0] for word in name.split("_"))
    yield from (letter for letter in name if letter.isalpha())
    yield from ascii_lowercase


def who_else(reading: Reading, action: Action, standings: PeopleOfDesk | None = None) -> Iterator[Message]:
    """Who can take an act of this state that the reader may not, deputies in force included; where nobody can, whose
    task that is (D18). Nothing of an act that belongs to another state, or to no official.

    `standings` gives the people of a desk, where somebody asks for several cases of the same one.
    """
    here = reading.definition.action(action.name, reading.state.name, reading.file.snapshot.variant)
    roles = {role for role in here.by if role.party in OFFICIALS} if here else set()
    if not roles:
        return
    read = standings or reading.people_at
    names, blocked = [], None
    for party in sorted({role.party for role in roles}):
        theirs = frozenset(role for role in roles if role.party is party)
        for other in read(NextDesk(theirs, reading.file.bureau_id if party is Party.BUREAU else None)):
            acts = (
                () if other.user_id == reading.person.id else open_acts(reading.file, other, reading.world, reading.now)
            )
            for one in (one for one in acts if one.action.name == action.name):
                names += [] if one.refusal else [other.name]
                blocked = blocked or (one.why_not if isinstance(one.refusal, Impossible) else None)
    if names:
        yield say("Today this can be done by: {names}.", names=listed(names))
    elif blocked:
        yield blocked
    elif action.part is CALLS_BACK:
        return
    elif Party.BUREAU in {role.party for role in roles}:
        yield say("Today nobody else can do it: the head of the bureau names a deputy.")
    else:
        yield say("Today nobody else can do it: the head of the office names a deputy.")
