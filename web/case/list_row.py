"""A case as lists show it: whose it is, what it is about, what is next, the days left, where it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, Self, cast

from flask import g, url_for

from cases.kinds import all_kinds, digests
from cases.lists.worklists import WorkRow, timers_in
from cases.model.disputed import Subject, subjects, subjects_in
from cases.model.reading import RUNNING
from database import ask_together
from extensions import db
from registry.columns import KINDS, Column, shown_in
from registry.identity import Identity
from web.case.path import Way, main_step, turn_of
from web.parts.lanes import Lane, axis_round, lane
from web.parts.words import DaysLeft, Words
from web.site.access import identity, law, today, world
from web.site.language import body_names, office_short
from workflow.definition import OFFICIALS, Definition, Guard, Party
from workflow.guards import About, CameFrom, NotBy, NotDecider, NotHandler
from workflow.past import DISPLAY
from workflow.refusal import Message, say
from workflow.timing import Timer, days_left, due_of, explain, late_days

LONGEST: Final = 14
"""Characters of a value that still fit beside another in a row."""


@dataclass(frozen=True)
class CaseRow:
    """A case of a list, in words. A list that shows no timers or subjects does not read them."""

    row: WorkRow
    subjects: Sequence[Subject] = ()
    timers: Sequence[Timer] = ()

    @classmethod
    def of(cls, found: Sequence[WorkRow], *, timed: bool = False) -> list[Self]:
        """The rows with what each is about, and `timed` with its running deadlines: in one statement."""
        if not found:
            return []
        ids = [row.case_id for row in found]
        asked = (subjects(digests()), RUNNING) if timed else (subjects(digests()),)
        said, *running = ask_together(db.session().connection(), asked, {"ids": ids})
        about, timers = subjects_in(ids, said), timers_in(found, *running) if timed else {}
        return [cls(row, about[row.case_id], timers.get(row.case_id, ())) for row in found]

    @property
    def number(self) -> str:
        return self.row.number

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.row.kind]

    @property
    def kind(self) -> Message:
        return say(self.definition.label)

    @property
    def firm(self) -> Words:
        return firm_in_list(self.row.kind, self.row.enterprise)

    @property
    def about(self) -> Words:
        """The first disputed field with both values where they are short, and how many more; else the record."""
        if not self.subjects or not self.row.document_number:
            return self.row.document_number
        words, more = _disputed(self.subjects[0]), len(self.subjects) - 1
        return say("{field}, {n} more", field=words, n=more) if more else words

    @property
    def work(self) -> Message:
        """What is to be done next."""
        if self.row.desk == Party.ENTERPRISE and self.row.due_on:
            return say("wait for papers until {day}", day=self.row.due_on)
        return say(self.definition.state(self.row.state).work)

    @property
    def to(self) -> str:
        """Where the reader takes the next step."""
        return next_step(self.row, identity())

    @property
    def taken_by_me(self) -> bool:
        return self.row.holder_id == identity().user_id

    @cached_property
    def timer(self) -> Timer | None:
        """The official deadline that is due first; of those on hold, the step's own."""
        official = [timer for timer in self.timers if timer.owner in OFFICIALS]
        named = [timer for timer in official if timer.deadline == self.row.due_of]
        deadline = partial(self.definition.deadline, variant=self.row.variant)
        return min(named or official, key=lambda timer: len(deadline(timer.deadline).over), default=None)

    @cached_property
    def days(self) -> DaysLeft:
        """The days left in the unit of the limit."""
        if self.timer is not None:
            calendar = world().calendar
            return DaysLeft(days_left(self.timer, calendar, today()), due_of(self.timer, calendar).day)
        # where the timers cannot be read, the stored day holds
        stored = self._due_in if self.row.desk != Party.ENTERPRISE else None
        return stored or DaysLeft(0, None)

    @property
    def left(self) -> Message:
        return self.days.short

    @property
    def tone(self) -> str:
        return self.days.urgency

    @cached_property
    def lane(self) -> Lane | None:
        """The deadline drawn on the axis that all rows share."""
        timer, calendar, day = self.timer, world().calendar, today()
        if timer is None:
            return None
        held = timer.open_hold if due_of(timer, calendar).day is None else None
        count = explain(timer, calendar, max(self.row.due_on or day, day) if held else None)
        late = late_days(timer, calendar, day)
        return lane(count, axis_round(calendar, day), day, late=late, open_hold_from=held.start if held else None)

    @property
    def my_turn(self) -> bool:
        """Whether it is the turn of the firm that reads."""
        return Party.ENTERPRISE in identity().parties and self.row.desk == Party.ENTERPRISE

    @property
    def label(self) -> Message:
        """Its state, or that the reader's bureau lost it; to a firm, while it waits for others, whose turn it is."""
        row = self.row
        if row.lost:
            return say("Another bureau has this case now. You see it as it was when it left yours.")
        if Party.ENTERPRISE not in identity().parties or self.my_turn or row.closed_at:
            return say(self.definition.state(row.state).label)
        theirs = row.bureau_id if row.desk == Party.BUREAU else None
        return turn_of(row.kind, row.state, row.desk, short_names()[theirs] if theirs else office_short())

    @property
    def document(self) -> str:
        """The number of the record's document; none of a case that is kept from somebody: it would name the firm."""
        return "" if self.definition.closed_to else self.row.document_number

    @property
    def desk(self) -> Words:
        """Whose turn it is; nobody's once it is closed, or once it is another bureau's to know (D25)."""
        row = self.row
        if row.closed_at or row.lost or row.desk is None:
            return ""
        if row.desk == Party.BUREAU and row.bureau_id:
            return short_names()[row.bureau_id]
        return office_short() if row.desk == Party.OFFICE else say("the firm")

    @property
    def at_own_bureau(self) -> bool:
        """Whether it lies with the bureau that reads."""
        return self.desk != "" and self.row.desk == Party.BUREAU and self.row.bureau_id in identity().bureau_ids

    @property
    def due_in(self) -> DaysLeft | None:
        """The working days to the day that is stored with the case, where it is open."""
        return None if self.row.closed_at else self._due_in

    @property
    def due(self) -> Message | None:
        """When it is due, beside the working days left; of a closed case the day on which it closed."""
        if self.row.closed_at and not self.row.lost:
            return say("Closed on {day}", day=law().day_of(self.row.closed_at))
        return self._due_in.words if self._due_in else None

    @property
    def due_tone(self) -> str:
        return self._due_in.urgency if self._due_in else ""

    @cached_property
    def _due_in(self) -> DaysLeft | None:
        return DaysLeft.to(self.row.due_on, world().calendar, today())


def firm_in_list(kind: str, firm: str) -> Words:
    """The firm as a list names it: of a case that is kept from somebody, nobody's before it is opened (D16)."""
    return say("open to view") if all_kinds()[kind].closed_to else firm


def short_names() -> Mapping[int, str]:
    """What bureaus are called, read once for all rows of a page."""
    if "short_names" not in g:
        g.short_names = body_names(db.session()).short
    return cast(Mapping[int, str], g.short_names)


def main_act(row: WorkRow, names: Collection[str]) -> str:
    """Of the acts that can be taken, the one that leads on: not closing, not back, not asking; none where none is."""
    step = main_step(Way(all_kinds()[row.kind], row.variant), row.state, names)
    return step.name if step else ""


def next_step(row: WorkRow, reader: Identity) -> str:
    """The address of the act that is next for this reader; of the case, where none is theirs or it may be another."""
    actions = all_kinds()[row.kind].actions_from(row.state, row.variant) if row.desk in reader.parties else ()
    act = main_act(row, [action.name for action in actions if reader.holds(*action.by)])
    # what a case is about, how it came there and who did what in it is not read for a list
    guards = [guard for action in actions if action.name == act for guard in action.guard]
    depends = any(_may_bar(row, guard, reader) for guard in guards)
    if not act or depends:
        return url_for("cases.show", number=row.number)
    return url_for("acts.show", number=row.number, action=act)


def _may_bar(row: WorkRow, guard: Guard, reader: Identity) -> bool:
    """Whether a step may turn out not to be this reader's: the page of the act would only refuse it."""
    if isinstance(guard, NotBy):
        acts = (act for name in guard.actions for act in all_kinds()[row.kind].actions_named(name))
        return any(reader.holds(*act.by) for act in acts)
    return row.handled if isinstance(guard, NotHandler) else isinstance(guard, About | CameFrom | NotDecider)


def label_of(field: str) -> Message:
    """What a field of a record of any kind is called: the kinds call the same idea by the same key."""
    column = _column(field)
    return say("The display itself") if field == DISPLAY else say(column.label if column else "Value")


def _disputed(subject: Subject) -> Message:
    label, column = label_of(subject.field), _column(subject.field)
    if subject.field == DISPLAY or not subject.claim or len(subject.claim) > LONGEST or len(subject.record) > LONGEST:
        return label
    old, new = (shown_in(value, column) for value in (subject.record, subject.claim))
    if subject.record in ("", subject.claim):
        return say("{field} {value}", field=label, value=new)
    return say("{field} {old} → {new}", field=label, old=old, new=new)


def _column(field: str) -> Column | None:
    return next((column for columns in KINDS.values() for column in columns if column.key == field), None)
