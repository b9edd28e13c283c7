"""Guards: frozen data that give the reason why an action may not be taken now, or None.

A guard reads the events so far, the running timers and the person who acts, and nothing else.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, get_args

from workflow.calendar import due
from workflow.definition import FILER, OFFICIALS, Action, Definition, Facts, Guard, Party, answered_so
from workflow.jurisdiction import Above
from workflow.past import claims_of, holder, rows_of, same_body
from workflow.refusal import Forbidden, Message, NotHere, NotYet, Refusal, any_of, say
from workflow.snapshot import EventFacts, RuleContext, Snapshot
from workflow.timing import due_of

NOT_YOURS: Final = say("Only whoever proposed it can withdraw it. Whoever decides on it can send it back.")


def comes_after(definition: Definition, action: str) -> NotYet:
    """Which step comes first."""
    rows = definition.actions_named(action)
    return NotYet(say("This is possible only after the step “{step}”.", step=say(rows[0].label if rows else action)))


@dataclass(frozen=True)
class Once(Guard):
    per: str = "case"

    def why_not(self, facts: Facts) -> Message | None:
        before = [past for past in facts.snapshot.past if past.action == facts.action.name and self._same(facts, past)]
        if before:
            return say(
                "This can be done once; it was done on {day}. The page of the case says what is possible now.",
                day=before[-1].on,
            )
        return None

    def _same(self, facts: Facts, past: EventFacts) -> bool:
        if self.per == "case":
            return True
        if self.per == Party.BUREAU:
            return past.bureau in same_body(facts.definition, facts.snapshot.past, facts.snapshot.bureau)
        return past.codes.get(self.per) == facts.answers.get(self.per)

    def named(self, sort: str) -> tuple[str, ...]:
        return (self.per,) if sort == "field" and self.per not in ("case", Party.BUREAU) else ()


@dataclass(frozen=True)
class After(Guard):
    actions: tuple[str, ...]

    def why_not(self, facts: Facts) -> Refusal | None:
        if any(facts.last(action) for action in self.actions):
            return None
        return comes_after(facts.definition, self.actions[0])


@dataclass(frozen=True)
class NotAfter(Guard):
    actions: tuple[str, ...]
    since: str = ""

    def why_not(self, facts: Facts) -> Message | None:
        start = facts.last(self.since) if self.since else None
        for past in facts.snapshot.past:
            if past.action in self.actions and (start is None or past.seq > start.seq):
                done = say(rows_of(facts.definition, past)[0].done)
                return say("This has not been possible since {day}: {done}.", day=past.on, done=done)
        return None


@dataclass(frozen=True)
class About(Guard):
    """Only where the opening said so of a field; with `unless`, only where it did not."""

    field: str
    codes: tuple[str, ...]
    unless: bool = False

    def why_not(self, facts: Facts) -> Message | Refusal | None:
        kept = self.field == facts.definition.closed_to
        if ((facts.subject if kept else facts.opening_said(self.field)) in self.codes) is not self.unless:
            return None
        if self.unless and facts.subject in get_args(Above):
            return say("A body may not answer a complaint about itself: direct the enterprise elsewhere.")
        if self.unless:
            return say("This step is not available for this type of complaint: choose another of the steps offered.")
        return NotHere(say("This step is not available for this type of complaint."))


@dataclass(frozen=True)
class HasAbove(Guard):
    """D42: a case about the office or its head goes to whom the place names for that, and nowhere else."""

    def why_not(self, facts: Facts) -> Message | None:
        place = facts.world.jurisdiction.place
        if facts.subject not in get_args(Above) or facts.subject in place.above:
            return None
        return say(
            "It has not been entered who investigates such complaints here. The platform's administrator enters it in "
            "place.toml, under [above]; after that the enterprise can be directed there."
        )


@dataclass(frozen=True)
class Within(Guard):
    """Only within a window that a rule sets, counted from the last of some actions, or from a day that it names."""

    rule: str
    since: tuple[str, ...]
    day: str = ""

    def why_not(self, facts: Facts) -> Message | Refusal | None:
        start = self.begun(facts.snapshot)
        if not start:
            return comes_after(facts.definition, self.since[0])
        (last, _provisional), held_by = self._counted(facts.snapshot, facts.world, start)
        if facts.on > last and not held_by:
            return say("This was possible until {day}. The page of the case says what is possible now.", day=last)
        return None

    def begun(self, case: Snapshot) -> EventFacts | None:
        """The last event that began the window."""
        return next((past for past in reversed(case.past) if past.action in self.since), None)

    def ends(self, case: Snapshot, world: RuleContext, start: EventFacts) -> tuple[date, bool]:
        """The last day of the window that this event began, and whether the calendar may still move it."""
        return self._counted(case, world, start)[0]

    def held_by(self, case: Snapshot, world: RuleContext, start: EventFacts) -> str:
        """The number of the case for which the window stands still, or nothing."""
        return self._counted(case, world, start)[1]

    def _counted(self, case: Snapshot, world: RuleContext, start: EventFacts) -> tuple[tuple[date, bool], str]:
        """The window counted; it begins anew after each case that kept it from being used through no act of theirs."""
        rule, day_of = world.limit_of(case, self.rule, start.on), world.jurisdiction.day_of
        named = start.codes.get(self.day) if self.day else None
        begins = date.fromisoformat(str(named)) if named else start.on
        end = due(world.calendar, begins, rule.n, rule.unit, rolls=rule.rolls)
        for number, opened, ended in case.opened_since:
            if day_of(opened) > end[0]:
                break
            if ended is None:
                return end, number
            end = max(end, due(world.calendar, day_of(ended), rule.n, rule.unit, rolls=rule.rolls))
        return end, ""


def taken_up_again(definition: Definition, case: Snapshot) -> tuple[Action, Within, EventFacts] | None:
    """How whoever filed a case may have it taken up again from where it stands, once: the action, its window, and the
    event that began that."""
    done = {past.action for past in case.past}
    for action in definition.actions_from(case.state, case.variant):
        window = next((guard for guard in action.guard if isinstance(guard, Within)), None)
        if not window or not action.reopens or FILER not in action.by or action.name in done:
            continue
        if start := window.begun(case):
            return action, window, start
    return None


@dataclass(frozen=True)
class BeforeDue(Guard):
    deadline: str

    def why_not(self, facts: Facts) -> Message | None:
        for timer in facts.snapshot.timers:
            if timer.deadline == self.deadline and timer.stopped is None:
                day = due_of(timer, facts.world.calendar).day
                if day is not None and facts.on > day:
                    return say(
                        "This was possible until the time ended on {day}. "
                        "The page of the case says what is possible now.",
                        day=day,
                    )
        return None


@dataclass(frozen=True)
class CameFrom(Guard):
    """Only where the case stood in one of these states when an action was last taken."""

    states: tuple[str, ...]
    by: str

    def why_not(self, facts: Facts) -> Refusal | None:
        past = facts.last(self.by)
        if past is not None and past.source in self.states:
            return None
        ends = any_of(say(facts.definition.state(name).label) for name in self.states)
        return NotHere(say("This is only for a case that had ended as: {ends}.", ends=ends))


REMEDIES: Final = {"review_body": say("the review body"), "court": say("the court to sue in")}


@dataclass(frozen=True)
class HasRemedy(Guard):
    """D11: a decision can be made only where review body and court are entered."""

    of: Party

    def why_not(self, facts: Facts) -> Message | None:
        entered = facts.snapshot.remedies.get(self.of, ())
        missing = [words for name, words in REMEDIES.items() if name not in entered]
        if not missing:
            return None
        what = missing[0] if len(missing) == 1 else say("{one} and {other}", one=missing[0], other=missing[1])
        if self.of is Party.OFFICE:
            return say("Not entered yet for the office: {what}. Its head enters this under Organisations.", what=what)
        return say("Not entered yet for this bureau: {what}. The head of the office enters this.", what=what)


@dataclass(frozen=True)
class NamesLaw(Guard):
    """D60: what the place's table gives no article for was compared by who proposed; older proposals were not."""

    end: str
    only: tuple[str, ...]

    def why_not(self, facts: Facts) -> Message | None:
        case, law = facts.snapshot, facts.world.jurisdiction
        if not answered_so(self.only, facts.said) or facts.said("law_checked_on"):
            return None
        if law.rests_on(case.kind, self.end, case.filed_on or facts.on, variant=case.variant):
            return None
        return say("The proposal names no legal basis. Send it back so that one is added.")


@dataclass(frozen=True)
class NoOtherOpen(Guard):
    """D19: one open case a record, kind and filer."""

    def why_not(self, facts: Facts) -> Message | None:
        if not facts.snapshot.open_cases:
            return None
        number = facts.snapshot.open_cases[0]
        for window in (guard for guard in facts.action.guard if isinstance(guard, Within)):
            start = window.begun(facts.snapshot)
            if start and number in (one.number for one in facts.snapshot.opened_since):
                return say(
                    "Case {number} on the same record is open. The time for this begins anew when it has ended.",
                    number=number,
                )
            if start and FILER in facts.action.by:
                return say(
                    "Case {number} on the same record is still open. Add what you have to say there, or withdraw it: "
                    "this is possible until {day}.",
                    number=number,
                    day=window.ends(facts.snapshot, facts.world, start)[0],
                )
        return is_open_already(number)


def is_open_already(number: str) -> Message:
    """D19, with the number of the case to go to."""
    return say("Case {number} on the same record is still open. Add what you have to say there.", number=number)


@dataclass(frozen=True)
class OneSheet(Guard):
    """D29: a supervision sheet is for a deadline that runs, once for each due date, by the chief or by the clock."""

    def why_not(self, facts: Facts) -> Message | None:
        running = {
            timer.deadline: (timer, due.day)
            for timer in facts.snapshot.timers
            if timer.stopped is None and timer.owner in OFFICIALS and (due := due_of(timer, facts.world.calendar)).day
        }
        if not running:
            return say("No deadline of an office runs now: the case waits for the enterprise.")
        name = facts.answers.get("deadline")
        if name and name not in running:
            return say("This deadline does not run now. Reload the page and choose again.")
        if name:
            timer, day = running[str(name)]
            if any(due_on == day and key.endswith(":supervise") for due_on, key in timer.fired):
                return say(
                    "The supervision sheet for this date has gone out already; only one is sent. "
                    "If it stays late, the leading group gets a report."
                )
        return None


@dataclass(frozen=True)
class NotBy(Guard):
    """D10: nobody approves what they proposed. Persons are compared, deputies included."""

    refuses: ClassVar[type[Refusal]] = Forbidden
    actions: tuple[str, ...]

    def why_not(self, facts: Facts) -> Message | None:
        taken = [facts.last(action) for action in self.actions]
        if any(past and past.person is not None and past.person == facts.person.id for past in taken):
            return say("You acted on this in an earlier step: a second person must decide.")
        return None


@dataclass(frozen=True)
class OnlyBy(Guard):
    """D71: only whoever took an action last. Persons are compared, deputies included."""

    refuses: ClassVar[type[Refusal]] = Forbidden
    actions: tuple[str, ...]

    def why_not(self, facts: Facts) -> Message | None:
        past = [facts.last(action) for action in self.actions]
        mine = any(one and one.person is not None and one.person == facts.person.id for one in past)
        return None if mine else NOT_YOURS


_SEVERAL = re.compile(r"[、，,；;/\n]")
"""What stands between the names of several handlers."""
_AND = frozenset("&+") | set(map(chr, (0x548C, 0x53CA, 0x4E0E, 0x8DDF)))
"""What may join two names: signs, and the Chinese words for "and"."""


def may_name(text: str, name: str) -> bool:
    """Whether words that name handlers may mean this person (D41): in doubt they do.

    A blank within the name, two names in one and names joined by "and" count; a longer name that begins alike does not.
    """
    wanted = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    inside = r"\s*".join(map(re.escape, wanted))
    parts = _SEVERAL.split(unicodedata.normalize("NFKC", text).casefold()) if wanted else []
    found = ((part.strip(), one) for part in parts for one in re.finditer(inside, part.strip()))
    return any(_apart(part[: one.start()][::-1]) and _apart(part[one.end() :]) for part, one in found)


def _apart(rest: str) -> bool:
    """Whether what stands beside a name, read away from it, can be another name and no part of this one."""
    if not rest or not rest[0].isalnum() or rest[0] in _AND:
        return True
    return not rest[0].isascii() and len(rest.split()[0]) > 1


@dataclass(frozen=True)
class NotHandler(Guard):
    """D10, D27: neither who entered the record nor whom it names as handler."""

    refuses: ClassVar[type[Refusal]] = Forbidden

    def why_not(self, facts: Facts) -> Message | None:
        record = facts.snapshot.record
        if record is None:
            return None
        if record.entered_by is not None and record.entered_by == facts.person.id:
            return say("You entered this record: somebody else must decide on it.")
        if facts.person.id in record.handlers or may_name(record.handler, facts.person.name):
            return say("The record names you as its handler: somebody else must decide on it.")
        return None


@dataclass(frozen=True)
class NotDecider(Guard):
    """D55: who decided the value that a sheet disputes does not find on it again."""

    refuses: ClassVar[type[Refusal]] = Forbidden

    def why_not(self, facts: Facts) -> Message | None:
        claims = claims_of(facts.definition, facts.snapshot.past)
        decided = (event.codes.get("decided_by") for event, _field in claims)
        if any(facts.person.id in people for people in decided if isinstance(people, (list, tuple))):
            return say(
                "You proposed or approved the value that the new sheet disputes: somebody else must say which is right."
            )
        return None


@dataclass(frozen=True)
class OwnRecord(Guard):
    """Somebody of a bureau opens such a case only where their own bureau stands in that column of the record."""

    refuses: ClassVar[type[Refusal]] = Forbidden
    column: str

    def why_not(self, facts: Facts) -> Message | None:
        record = facts.snapshot.record
        if facts.party is not Party.BUREAU or record is None:
            return None
        if getattr(record, self.column) == facts.person.bureau:
            return None
        return say("Another bureau decided on this record: the application is entered there.")


@dataclass(frozen=True)
class NotComplainedOf(Guard):
    """No unit handles a complaint about itself."""

    field: str

    def why_not(self, facts: Facts) -> Message | None:
        named = facts.answers.get(self.field)
        if named and named == facts.snapshot.complained_bureau:
            return say("The complaint is about this bureau: choose another one.")
        return None


@dataclass(frozen=True)
class InHand(Guard):
    """Whether whoever acts has taken the case: to give it back they must, to take it they must not."""

    mine: bool

    def why_not(self, facts: Facts) -> Message | None:
        held = holder(facts.definition, facts.snapshot.past, facts.snapshot.state, facts.snapshot.bureau)
        if (held is not None and held == facts.person.id) is self.mine:
            return None
        if self.mine:
            return say("You have not taken this case, so there is nothing to give back.")
        return say("You have taken this case already: it is on your desk.")


# In a row of a kind they are verbs of its language: `guard=(once(), after("refer"), within("review", since="decide"))`.
once = Once
before_due = BeforeDue
has_above = HasAbove
has_remedy = HasRemedy
names_law = NamesLaw
no_other_open = NoOtherOpen
one_sheet = OneSheet
not_handler = NotHandler
not_decider = NotDecider
own_record = OwnRecord
not_complained_of = NotComplainedOf


def after(*actions: str) -> After:
    return After(actions)


def not_after(*actions: str, since: str = "") -> NotAfter:
    return NotAfter(actions, since)


def within(rule: str, since: str | tuple[str, ...], day: str = "") -> Within:
    return Within(rule, (since,) if isinstance(since, str) else since, day)


def came_from(*states: str, by: str) -> CameFrom:
    return CameFrom(states, by)


def about(field: str, *codes: str) -> About:
    return About(field, codes)


def not_about(field: str, *codes: str) -> About:
    return About(field, codes, unless=True)


def not_by(*actions: str) -> NotBy:
    return NotBy(actions)


def only_by(*actions: str) -> OnlyBy:
    return OnlyBy(actions)


def in_hand() -> InHand:
    return InHand(mine=True)


def not_in_hand() -> InHand:
    return InHand(mine=False)
