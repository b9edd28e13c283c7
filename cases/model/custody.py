"""In whose hands a case was, day by day, and what each body had of it: read from its events.

Pure: it is given events and timers and asks no database. A stay runs from one day, which is day zero, to another: so
the working days of all stays add up, and are those that a deadline over the same time counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from workflow.calendar import Calendar, workdays_between
from workflow.definition import DECIDES, OFFICIALS, STAY, Action, Definition, Party
from workflow.past import in_force, part_of, rows_of
from workflow.snapshot import EventFacts
from workflow.timing import Timer, due_of

WHOLE = "whole"
"""In place of a body: the whole case."""
OF_THE_RECORD = ("corrected", "display_ended", "delisted", "sharing_stopped")
"""Changes of a record that a firm asks for; a mark that comes and goes is none."""


@dataclass(frozen=True)
class DeskEvent:
    """An event as far as desks go: where the case lay after it, and what it changed of the record."""

    past: EventFacts
    at: datetime
    desk: str | None
    bureau: int | None
    changes: tuple[str, ...] = ()
    outcome: str = ""

    @property
    def closes(self) -> bool:
        return bool(self.outcome) and self.past.source != self.past.target


@dataclass(frozen=True)
class DeskStay:
    """Days at one desk: after `start`, up to and with `end`; no end yet where it lies there now.

    `began` laid it there, `ended` took it away; `bureau` only where the desk is a bureau's.
    """

    party: str
    bureau: int | None
    round: int
    start: date
    began: DeskEvent
    end: date | None = None
    ended: DeskEvent | None = None

    def days(self, calendar: Calendar, until: date) -> int:
        """Its working days, those of a stay that lasts up to and with `until`."""
        return workdays_between(calendar, self.start, max(self.start, self.end or until))


@dataclass(frozen=True)
class BodyShare:
    """What one body had of a case up to a closing. `party` is `whole`, `office` or `bureau`; days are working days.

    `days` are its own, of the whole those of all officials; `office_days` and `firm_days` those of the same case.
    `changed`: of the whole, the record was changed; of a closing after a review, the first decision was. `outcome`: the
    end, with one body of a closing alone: whose it was. `reviewed`: the firm had had its decision reviewed.
    """

    party: str
    bureau: int | None
    days: int
    office_days: int
    firm_days: int
    late: bool = False
    returned: bool = False
    extended: bool = False
    changed: bool = False
    outcome: str = ""
    reviewed: bool = False


def stays(definition: Definition, told: Sequence[DeskEvent], filed_on: date) -> tuple[DeskStay, ...]:
    """Every stay in order, the first from the day of filing. A bureau that became another is that other (D26)."""
    found: list[DeskStay] = []
    for one in told:
        at = _where(one)
        last = found[-1] if found and found[-1].end is None else None
        if last and (last.party, last.bureau) == at:
            continue
        if last and _became(definition, one, last, at):
            continue
        start = min(filed_on, one.past.on) if not found else max(one.past.on, found[-1].start)
        if last:
            found[-1] = replace(last, end=start, ended=one)
        if at[0] is not None:
            found.append(DeskStay(at[0], at[1], one.past.round, start, one))
    now = followed(definition, told)
    return tuple(replace(stay, bureau=_successor(now, stay.bureau)) for stay in found)


def parts_of(
    definition: Definition, told: Sequence[DeskEvent], timers: Iterable[Timer], filed_on: date, calendar: Calendar
) -> tuple[BodyShare, ...]:
    """What each body had of a case up to the closing that ends `told`; of one opened again only whose it is."""
    closing = told[-1]
    assert closing.closes
    if closing.past.round > 1:
        return (_closed_again(definition, told),)
    own = stays(definition, told, filed_on)
    took = {party: _days(calendar, own, party) for party in Party}
    late = _late(timers, closing.past.on, calendar)
    now = followed(definition, told)
    returned = {_successor(now, b.bureau) for b, one in pairwise(told) if gives_back(definition, one.past)}
    extended = {_body(now, one) for one in told if "extend" in _effects(definition, one.past)}
    office, firm = took[Party.OFFICE], took[Party.ENTERPRISE]
    decided = _decider(definition, now, told)

    def part(party: str, bureau: int | None, days: int) -> BodyShare:
        body = (party, bureau)
        gave_back = party == Party.BUREAU and bureau in returned
        outcome = closing.outcome if body == decided else ""
        return BodyShare(party, bureau, days, office, firm, body in late, gave_back, body in extended, outcome=outcome)

    whole = replace(
        part(WHOLE, None, office + took[Party.BUREAU]),
        late=bool(late),
        returned=bool(returned),
        extended=bool(extended),
        changed=changed_record(told),
    )
    bodies = dict.fromkeys((stay.party, stay.bureau) for stay in own if stay.party != Party.ENTERPRISE)
    return (whole, *(part(party, bureau, _days(calendar, own, party, bureau)) for party, bureau in bodies))


def changed_record(told: Iterable[DeskEvent]) -> bool:
    """Whether the case has changed what its record says, or ended its display."""
    return any(change.partition(":")[0] in OF_THE_RECORD for one in told for change in one.changes)


def gives_back(definition: Definition, past: EventFacts) -> bool:
    """Whether by this event a bureau gave the case back to the office with nothing decided: not its own, it said."""
    return any(returns(definition, row, past.source) for row in rows_of(definition, past)[:1])


def returns(definition: Definition, row: Action, state: str) -> bool:
    """Whether a bureau gives the case back to the office by this row with nothing decided: it is not its own."""
    targets = [definition.state(str(target)) for target in row.targets if target is not STAY]
    if row.part is not None or state not in definition.by_state:
        return False
    if definition.state(state).desk is not Party.BUREAU or all(role.party is not Party.BUREAU for role in row.by):
        return False
    return bool(targets) and all(target.desk is Party.OFFICE for target in targets)


def followed(definition: Definition, told: Iterable[DeskEvent]) -> dict[int, int]:
    """Bureaus that have become others while they had the case, by what they were."""
    found = {}
    for one in told:
        for effect in (e for row in rows_of(definition, one.past)[:1] for e in row.does if e.name == "succeed"):
            found[int(str(one.past.codes[effect.of]))] = int(str(one.past.codes[effect.by]))
    return {old: new for old, new in found.items() if old != new}


def _where(one: DeskEvent) -> tuple[str | None, int | None]:
    return one.desk, one.bureau if one.desk == Party.BUREAU else None


def _became(definition: Definition, one: DeskEvent, last: DeskStay, at: tuple[str | None, int | None]) -> bool:
    """The bureau has become another: the case stays where it lies."""
    return at[0] == last.party and "succeed" in _effects(definition, one.past)


def _successor(now: dict[int, int], bureau: int | None) -> int | None:
    seen: set[int] = set()
    while bureau in now and bureau not in seen:
        seen.add(bureau)
        bureau = now[bureau]
    return bureau


def _body(now: dict[int, int], one: DeskEvent) -> tuple[str | None, int | None]:
    party, bureau = _where(one)
    return party, _successor(now, bureau)


def _effects(definition: Definition, past: EventFacts) -> set[str]:
    return {effect.name for row in rows_of(definition, past)[:1] for effect in row.does}


def _days(calendar: Calendar, own: Iterable[DeskStay], party: str, bureau: int | None = None) -> int:
    """The working days of a party, given a bureau of that one alone; every stay has ended."""
    theirs = (stay for stay in own if stay.party == party and bureau in (None, stay.bureau))
    return sum(stay.days(calendar, stay.end or stay.start) for stay in theirs)


def _late(timers: Iterable[Timer], on: date, calendar: Calendar) -> set[tuple[str, int | None]]:
    """The officials whose own deadline of the first round had passed before it was kept."""
    late = set()
    for timer in timers:
        due = due_of(timer, calendar).day
        if timer.round == 1 and timer.owner in OFFICIALS and due and (timer.stopped or on) > due:
            late.add((timer.owner, timer.bureau))
    return late


def _closed_again(definition: Definition, told: Sequence[DeskEvent]) -> BodyShare:
    """Whose decision the firm had reviewed, and whether it was changed; where somebody else reopened it, whose the new
    end is."""
    rounds, now = told[-1].past.round, followed(definition, told)
    before = [one for one in told if one.past.round < rounds]
    reopening = next(one for one in told if one.past.round == rounds)
    rows = rows_of(definition, reopening.past)[:1]
    if all(role.party is not Party.ENTERPRISE for row in rows for role in row.by):
        return BodyShare(*_decider(definition, now, told), 0, 0, 0, outcome=told[-1].outcome)
    first = next(one for one in reversed(before) if one.closes)
    then, ours = (in_force(definition, [one.past for one in seen]) for seen in (before, told))
    changed = first.outcome != told[-1].outcome or then != ours
    body = _decider(definition, now, before)
    return BodyShare(*body, 0, 0, 0, changed=changed, outcome=told[-1].outcome, reviewed=True)


def _decider(definition: Definition, now: dict[int, int], told: Sequence[DeskEvent]) -> tuple[str, int | None]:
    """Whose the last end is: who decided last before it, else the official with whom the case lay last."""
    lay: tuple[str, int | None] = (str(Party.OFFICE), None)
    decided = None
    for one, act in pairwise(told):
        party, bureau = _body(now, one)
        if party in OFFICIALS:
            lay = str(party), bureau
        if act.past.round == told[-1].past.round and part_of(definition, act.past) is DECIDES:
            decided = lay
    return decided or lay
