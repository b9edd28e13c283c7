"""The calendar and the law in force now: as shipped, with loaded calendar files and published promises over them.

Asked in each transaction, so that every process counts by the same. It counts nothing and moves no deadline.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Final

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.promises import law_in_force
from workflow.calendar import Calendar, read_calendar
from workflow.jurisdiction import Jurisdiction
from workflow.snapshot import RuleContext


def world_in_force(session: Session, law: Jurisdiction) -> RuleContext:
    """The law of the place and its calendar as they hold now; `law` may be as shipped."""
    return RuleContext(law_in_force(session, law), calendar_in_force(session, law.shipped or law))


def in_force(session: Session, world: RuleContext) -> RuleContext:
    """The world to write by, asked under the lock of what is to be moved: more may have been recorded meanwhile."""
    law = law_in_force(session, world.jurisdiction)
    calendar = loaded_since(session, law.shipped or law, world.calendar)
    if calendar is world.calendar and law is world.jurisdiction:
        return world
    return replace(world, jurisdiction=law, calendar=calendar)


class CalendarFile(Base):
    """A holiday notice as it was loaded. Files are never changed: a later one lies over an earlier one."""

    __tablename__ = "calendar_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(Instant)
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))


_LAST: Final = select(CalendarFile.id, CalendarFile.text).order_by(CalendarFile.id.desc()).limit(1)
_ANY: Final = select(CalendarFile.id).limit(1)


def calendar_in_force(session: Session, jurisdiction: Jurisdiction) -> Calendar:
    """The calendar as of now. Merged again only when a file was loaded since, in this or in another process."""
    last = session.execute(_LAST).first()
    key = (str(session.get_bind().engine.url), jurisdiction.code, *(last or (0, "")))
    known = _known.get(key)
    if known is not None:
        return known
    calendar = jurisdiction.calendar
    for text in session.scalars(select(CalendarFile.text).order_by(CalendarFile.id)):
        calendar = calendar.merged(read_calendar(text))
    _known.clear()
    _known[key] = calendar
    return calendar


def loaded_since(session: Session, jurisdiction: Jurisdiction, calendar: Calendar) -> Calendar:
    """The calendar to write by: the given one, or the one in force where the office has loaded any.

    To be asked under the lock of what is counted: a notice may have been loaded while that was waited for.
    """
    any_loaded = session.scalar(_ANY) is not None
    return calendar_in_force(session, jurisdiction) if any_loaded else calendar


def with_file(calendar: Calendar, text: str) -> Calendar:
    """The calendar as it would be with this file; raises `BadCalendar` with a sentence."""
    return calendar.merged(read_calendar(text))


def add_calendar_file(
    session: Session, jurisdiction: Jurisdiction, text: str, now: datetime, by: int | None = None
) -> Calendar:
    """Load a file and answer the calendar in force with it; raises `BadCalendar` and loads nothing.

    A file that was loaded last is not loaded twice.
    """
    merged = with_file(calendar_in_force(session, jurisdiction), text)
    last = session.scalar(select(CalendarFile.text).order_by(CalendarFile.id.desc()).limit(1))
    if last != text:
        session.add(CalendarFile(name=merged.name, text=text, loaded_at=now, loaded_by=by))
        session.flush()
    return merged


def as_file(calendar: Calendar) -> str:
    """The calendar as one file that `calendar load` and `calendar due --calendar` read, all its notices named."""
    sources = dict.fromkeys(filter(None, (*calendar.off.values(), *calendar.work.values())))
    return "\n".join(
        (
            f"name = {_quoted(calendar.name)}",
            f"source = {_quoted('; '.join(sources) or calendar.name)}",
            f"known_from = {calendar.known_from}",
            f"known_until = {calendar.known_until}",
            f"weekend = {sorted(calendar.weekend)}",
            f"off = [{_by_year(calendar.off)}]",
            f"work = [{_by_year(calendar.work)}]",
            "",
        )
    )


def _by_year(days: Iterable[date]) -> str:
    years = groupby(sorted(days), key=lambda day: day.year)
    lines = [f"\n    {', '.join(str(day) for day in of)}," for _, of in years]
    return "".join([*lines, "\n"]) if lines else ""


def _quoted(text: str) -> str:
    """A TOML string: as in JSON, with Chinese left readable."""
    return json.dumps(text, ensure_ascii=False)


_known: dict[tuple[str, str, int, str], Calendar] = {}
"""By the last file, its text with it: an id drawn in a transaction that was undone is drawn again."""
