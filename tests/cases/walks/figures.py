"""The figures over walks, counted a second time and otherwise: each day to whoever had the case that morning."""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.closings import differing, told_of
from cases.figures.statistics import THE_WHOLE, Body, endings, first_month, month_figures
from cases.kinds import all_kinds
from cases.model.custody import stays
from cases.model.months import Month
from cases.model.reading import read_cases
from cases.model.tables import Case, Event
from registry.in_force import in_force
from tests.builders import WORLD
from workflow.calendar import Calendar
from workflow.timing import used


def assert_counted(session: Session) -> None:
    """What is kept of closings is what the events give; a month is the naive sum; the stays of an objection add up to
    what its whole clock shows."""
    world = in_force(session, WORLD)
    assert differing(session, world) == []
    first = first_month(session)
    assert first is not None
    naive = _naive(session, world.calendar)
    months = list(first.up_to(Month.of(max(closed for closed, _ in naive))))
    for month in months:
        assert {body: dict(figures.spread) for body, figures in month_figures(session, month).items()
                if figures.closed} == _of(naive, month), str(month)  # fmt: skip
    _assert_ends(session)
    _assert_sums(session, world.calendar)


def _assert_ends(session: Session) -> None:
    """Every closing that the events tell, the first and those after, is one end of its month, and no other is."""
    told: Counter[tuple[Month, str, str, bool]] = Counter()
    for case in session.scalars(select(Case).where(Case.first_closed_at.is_not(None))):
        before: set[int] = set()
        for body in map(json.loads, session.scalars(
            select(Event.body).where(Event.case_id == case.id).order_by(Event.seq))):  # fmt: skip
            if body["outcome"] and body["source"] != body["target"]:
                on = Month.of(date.fromisoformat(body["on"]))
                told[on, case.kind, body["outcome"], bool(before)] += 1
                before.add(body["round"])
    months = [month for month, *_ in told]
    counted: Counter[tuple[Month, str, str, bool]] = Counter()
    for month in min(months).up_to(max(months)):
        for one in endings(session, month):
            for again, closings in ((False, one.closed), (True, one.again)):
                counted[month, one.kind.kind, one.end.outcome, again] += closings
    assert +counted == told, (counted - told, told - counted)


def _naive(session: Session, calendar: Calendar) -> list[tuple[date, dict[Body, int]]]:
    """Of every case that was ever closed: on which day first, and the working days of each body up to then."""
    found = []
    for case in session.scalars(select(Case).where(Case.first_closed_at.is_not(None))):
        bodies = [json.loads(body) for body in session.scalars(
            select(Event.body).where(Event.case_id == case.id).order_by(Event.seq))]  # fmt: skip
        ended = next(n for n, body in enumerate(bodies) if body["outcome"])
        closed = date.fromisoformat(bodies[ended]["on"])
        found.append((closed, _days(bodies[: ended + 1], case.filed_on, closed, calendar)))
    return found


def _days(bodies: list[dict[str, Any]], filed: date, closed: date, calendar: Calendar) -> dict[Body, int]:
    took: dict[Body, int] = {THE_WHOLE: 0}
    where = [_where(body, bodies) for body in bodies]
    took |= {body: 0 for body in where if body[0] in ("office", "bureau")}
    day = min(filed, date.fromisoformat(bodies[0]["on"]))
    while day < closed:
        day += timedelta(days=1)
        before = [n for n, body in enumerate(bodies) if date.fromisoformat(body["on"]) < day]
        body = where[max(before, default=0)]
        if calendar.is_worked(day) and body[0] in ("office", "bureau"):
            took[body] += 1
            took[THE_WHOLE] += 1
    return took


def _where(body: dict[str, Any], bodies: list[dict[str, Any]]) -> Body:
    """Whose desk it lay on; of a bureau that became another, that other's."""
    bureau = body["bureau"]
    for one in bodies:
        if "old_bureau" in one["codes"] and one["codes"]["old_bureau"] == bureau:
            bureau = one["codes"]["bureau"]
    return body["desk"], bureau if body["desk"] == "bureau" else None


def _of(naive: list[tuple[date, dict[Body, int]]], month: Month) -> dict[Body, dict[int, int]]:
    spreads: dict[Body, Counter[int]] = defaultdict(Counter)
    for closed, took in naive:
        for body, days in took.items() if Month.of(closed) == month else ():
            spreads[body][days] += 1
    return {body: dict(spread) for body, spread in spreads.items()}


def _assert_sums(session: Session, calendar: Calendar) -> None:
    ids = list(session.scalars(select(Case.id).where(Case.kind == "objection")))
    told, seen = told_of(session, ids), 0
    for file in read_cases(session, ids):
        definition, events = all_kinds()[file.kind], told[file.id]
        clock = next(timer for timer in file.snapshot.timers if timer.deadline == "whole")
        until = events[-1].past.on
        own = [stay for stay in stays(definition, events, file.filed_on) if stay.round == 1]
        days = sum(stay.days(calendar, until) for stay in own if stay.party != "enterprise")
        assert days == used(clock, calendar, until), file.number
        seen += 1
    assert seen
