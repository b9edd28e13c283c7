"""The law and the calendar in force now: as shipped, with published limits and loaded calendar files over them.

Asked in each transaction, so that every process counts by the same. A published limit, a promise, lies over the law
from its first day: a text that binds cannot be promised, and no case already filed gets another limit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ForeignKey, Row, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from notifications.languages import document_cited
from registry.identity import Document, WithDocument
from registry.organisations import Office
from registry.people import User
from workflow.calendar import Calendar, Unit, read_calendar
from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule, Rule, lay_over
from workflow.refusal import Impossible, Message, refuse_faulty, say
from workflow.snapshot import RuleContext


def world_in_force(session: Session, law: Jurisdiction) -> RuleContext:
    """The law of the place and its calendar as they hold now; `law` may be as shipped."""
    return world_by(session, law, session.execute(RECORDED).one())


def world_by(session: Session, law: Jurisdiction, recorded: Row[str, int, str]) -> RuleContext:
    """The same by what `RECORDED` has given, asked together with something else."""
    seal, id, text = recorded
    return RuleContext(
        _law_by(session, law, seal or ""), _calendar_by(session, law.shipped or law, id or 0, text or "")
    )


def in_force(session: Session, world: RuleContext) -> RuleContext:
    """The rules to write by, asked under the lock of what is moved: more may have been recorded meanwhile."""
    return by_what_is_recorded(session, world, session.execute(RECORDED).one())


def by_what_is_recorded(session: Session, world: RuleContext, recorded: Row[str, int, str]) -> RuleContext:
    """The same by what `RECORDED` has given."""
    seal, id, text = recorded
    law, calendar = _law_by(session, world.jurisdiction, seal or ""), world.calendar
    if id is not None:
        calendar = _calendar_by(session, law.shipped or law, id, text)
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


def calendar_in_force(session: Session, jurisdiction: Jurisdiction) -> Calendar:
    """The calendar as of now."""
    return _calendar_by(session, jurisdiction, *(session.execute(_LAST).first() or (0, "")))


def _calendar_by(session: Session, jurisdiction: Jurisdiction, id: int, text: str) -> Calendar:
    """The calendar with the last file. Merged again only when one was loaded since, in this or in another process."""
    key = (str(session.get_bind().engine.url), jurisdiction.code, id, text)
    known = _known_calendars.get(key)
    if known is not None:
        return known
    calendar = jurisdiction.calendar
    for file in session.scalars(select(CalendarFile.text).order_by(CalendarFile.id)):
        calendar = calendar.merged(read_calendar(file))
    _known_calendars.clear()
    _known_calendars[key] = calendar
    return calendar


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


def notices_of(calendar: Calendar) -> str:
    """The holiday notices that a calendar rests on, or its name where it has none."""
    sources = dict.fromkeys(filter(None, (*calendar.off.values(), *calendar.work.values())))
    return "; ".join(sources) or calendar.name


def as_file(calendar: Calendar) -> str:
    """The calendar as one file that `calendar load` and `calendar due --calendar` read, all its notices named."""
    return "\n".join(
        (
            f"name = {_quoted(calendar.name)}",
            f"source = {_quoted(notices_of(calendar))}",
            f"known_from = {calendar.known_from}",
            f"known_until = {calendar.known_until}",
            f"weekend = {sorted(calendar.weekend)}",
            f"off = [{_by_year(calendar.off)}]",
            f"work = [{_by_year(calendar.work)}]",
            f"holidays = [{_named(calendar)}]",
            "",
        )
    )


def _by_year(days: Iterable[date]) -> str:
    years = groupby(sorted(days), key=lambda day: day.year)
    lines = [f"\n    {', '.join(str(day) for day in of)}," for _, of in years]
    return "".join([*lines, "\n"]) if lines else ""


def _named(calendar: Calendar) -> str:
    lines = [
        f"\n    {{ day = {day}, zh = {_quoted(name['zh'])}, en = {_quoted(name['en'])} }},"
        for day, name in sorted(calendar.holidays.items())
    ]
    return "".join([*lines, "\n"]) if lines else ""


def _quoted(text: str) -> str:
    """A TOML string: as in JSON, with Chinese left readable."""
    return json.dumps(text, ensure_ascii=False)


_known_calendars: dict[tuple[str, str, int, str], Calendar] = {}
"""By the last file, its text with it: an id drawn in a transaction that was undone is drawn again."""


GENESIS: Final = "0" * 64
"""What the first promise quotes."""


class Promise(WithDocument, Base):
    """A limit that was published: which rule, how long, in which document, from which filing day; who recorded it."""

    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    variant: Mapped[str] = mapped_column(String(30))
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    extension: Mapped[int | None]
    """What the document says of an extension; None where it says nothing of it."""
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80))
    dated: Mapped[date]
    first_day: Mapped[date]
    """Cases filed from this day on have it."""
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def citation(self) -> str:
        """The document as pages and papers name it."""
        return document_cited(self.title, self.number, self.dated, "zh")

    @property
    def citation_en(self) -> str:
        return document_cited(self.title_en or self.title, self.number, self.dated, "en")


SEALED: Final = (
    *("rule", "variant", "n", "unit", "extension", "title", "title_en", "number", "dated", "first_day"),
    *("sha256", "name", "media_type", "size", "recorded_by_id", "previous"),
)
"""What a seal covers beside the moment of recording."""


def seal_of(promise: Promise | Any) -> str:
    """The SHA-256, in hex, over what a promise, or its row, says and the seal of the one before it."""
    said = {name: getattr(promise, name) for name in SEALED}
    said |= {name: said[name].isoformat() for name in ("dated", "first_day")}
    at = promise.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return hashlib.sha256(json.dumps({**said, "at": at}, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def all_promises(session: Session) -> Sequence[Promise]:
    """Every promise in the order in which they were recorded."""
    return session.scalars(select(Promise).order_by(Promise.id)).all()


def promises_of(session: Session, rule: Rule) -> Sequence[Promise]:
    """Those of one rule, the latest first."""
    of = select(Promise).where(Promise.rule == rule.name, Promise.variant == rule.variant)
    return session.scalars(of.order_by(Promise.id.desc())).all()


_LAST_SEAL: Final = select(Promise.seal).order_by(Promise.id.desc()).limit(1)
RECORDED: Final = select(
    _LAST_SEAL.scalar_subquery().label("seal"),
    select(CalendarFile.id).order_by(CalendarFile.id.desc()).limit(1).scalar_subquery().label("id"),
    select(CalendarFile.text).order_by(CalendarFile.id.desc()).limit(1).scalar_subquery().label("text"),
)
"""The seal of the latest promise, and the number and text of the latest holiday notice, in one statement."""


def last_seal(session: Session) -> str:
    """The seal of the latest promise; empty where there is none."""
    return session.scalar(_LAST_SEAL) or ""


def law_in_force(session: Session, law: Jurisdiction) -> Jurisdiction:
    """The law of the place with every promise that is recorded now, whichever process recorded it."""
    return _law_by(session, law, last_seal(session))


def _law_by(session: Session, law: Jurisdiction, last: str) -> Jurisdiction:
    """The law up to the promise with the `last` seal."""
    shipped = law.shipped or law
    if last == law.promised:
        return law
    known = _known_laws.get((id(shipped), last))
    if known is None or known.shipped is not shipped:
        known = with_promises(shipped, all_promises(session)) if last else shipped
        _known_laws.clear()
        _known_laws[id(shipped), last] = known
    return known


def with_promises(law: Jurisdiction, promises: Iterable[Promise]) -> Jurisdiction:
    """The law with these laid over its proposals, one after the other; a statute stays where it holds."""
    promises = tuple(promises)
    if not promises:
        return law
    order = {name: place for place, name in enumerate(dict.fromkeys(rule.name for rule in law.rules))}
    rules = law.rules
    for promise in promises:
        key, day = (promise.rule, promise.variant), promise.first_day
        giving_way = (
            rule
            for rule in rules
            if (rule.name, rule.variant) == key
            and (rule.valid_until is None or rule.valid_until >= day)
            and may_be_promised(rule)
        )
        rules = lay_over(rules, tuple(_promised(rule, promise) for rule in giving_way))
    in_order = tuple(sorted(rules, key=lambda rule: order[rule.name]))
    return replace(law, rules=in_order, promised=promises[-1].seal, shipped=law.shipped or law)


def _promised(rule: Rule, promise: Promise) -> Rule:
    """The version of the rule that the promise puts in its place, for the days of it that are left."""
    extended: dict[str, object] = {}
    if rule.extension and promise.extension:
        extended = {"extension": promise.extension, "extension_basis": None, "extension_certainty": None}
    elif rule.extension:
        certainty = rule.extension_certainty or rule.certainty
        extended = {"extension_basis": rule.of_extension, "extension_certainty": certainty}
    binding = rule.binding
    if binding:
        binding = binding.model_copy(update={"n": binding.n or rule.n})
    return rule.model_copy(
        update={
            "n": promise.n,
            "unit": Unit(promise.unit),
            "basis": "promise",
            "citation": promise.citation,
            "citation_en": promise.citation_en,
            "certainty": "read",
            "note": "",
            "binding": binding,
            "valid_from": max(rule.valid_from, promise.first_day),
            **extended,
        }
    )


_known_laws: dict[tuple[int, str], Jurisdiction] = {}
"""The last law made: by the law as shipped, and the latest seal, which covers every promise before it."""


MOST: Final = {Unit.WORKDAY: 250, Unit.DAY: 365, Unit.MONTH: 60}
"""A limit that is longer is taken for a slip of the pen."""
AHEAD: Final = timedelta(days=366)
LONGEST_TITLE: Final = 200
LONGEST_NUMBER: Final = 80


@dataclass(frozen=True)
class NewPromise:
    """What the document says, as it was written into the form. No `extension`: it says nothing of one."""

    title: str
    number: str
    dated: date | None
    n: int | None
    first_day: date | None
    file: Document | None
    extension: int | None = None
    title_en: str = ""


@dataclass(frozen=True)
class Planned:
    """A promise that could be recorded: the limit up to the day before, and the one from its first day on."""

    first_day: date
    before: Rule
    after: Rule

    @property
    def last_old_day(self) -> date:
        return self.first_day - timedelta(days=1)


def rule_of(law: Jurisdiction, key: str, on: date) -> Rule | None:
    """The limit of that key as it holds for cases filed on a day."""
    return next((rule for rule in law.in_force(on) if rule.key == key), None)


def may_be_promised(rule: Rule) -> bool:
    """Whether a document of the place can set it: not where a text binds."""
    return rule.basis != "statute"


def plan(session: Session, law: Jurisdiction, rule: Rule, new: NewPromise, today: date) -> Planned:
    """What recording it would come to; writes nothing. `law` and `rule` are those in force.

    Raises `Impossible` where a text binds, and `Incomplete` by field.
    """
    if not may_be_promised(rule):
        raise Impossible(say("A text of law sets this limit. No document of the place can set it instead."))
    faults = dict(_faults(new, rule, today))
    first_day = new.first_day
    if first_day and "first_day" not in faults:
        then = rule_of(law, rule.key, first_day)
        later = max((one.first_day for one in promises_of(session, rule)), default=first_day)
        if then is None or not may_be_promised(then):
            faults["first_day"] = say(
                "From that day on a text of law sets this limit: no document of the place can set it instead."
            )
        elif later > first_day:
            faults["first_day"] = say(
                "From {day} on another document is recorded already: yours cannot begin before it.", day=later
            )
    refuse_faulty(faults)
    assert first_day is not None
    before = rule_of(law, rule.key, first_day - timedelta(days=1)) or rule
    planned = with_promises(law, [_row(rule, new, GENESIS)])
    after = rule_of(planned, rule.key, first_day)
    assert after is not None
    return Planned(first_day, before, after)


def record_promise(
    session: Session, law: Jurisdiction, rule: Rule, new: NewPromise, seen: str, by: int, today: date, now: datetime
) -> Promise:
    """Record it; gives the one there where the same is recorded already. Raises as `plan` does.

    `seen` is the seal of the latest promise of the rule when the page was shown: another since is `Impossible`.
    """
    session.execute(select(Office.id).with_for_update())
    latest = next(iter(promises_of(session, rule)), None)
    row = _row(rule, new, last_seal(session) or GENESIS)
    said = ("n", "extension", "title", "title_en", "number", "dated", "first_day", "sha256")
    if latest and all(getattr(latest, name) == getattr(row, name) for name in said):
        return latest
    if (latest.seal if latest else "") != seen:
        raise Impossible(_changed_meanwhile(session, latest))
    plan(session, law, rule, new, today)
    row.recorded_at, row.recorded_by_id = now, by
    row.seal = seal_of(row)
    session.add(row)
    session.flush()
    return row


def _row(rule: Rule, new: NewPromise, previous: str) -> Promise:
    row = Promise(
        rule=rule.name,
        variant=rule.variant,
        n=new.n,
        unit=rule.unit.value,
        extension=new.extension,
        title=_plain(new.title).strip("\u300a\u300b"),
        title_en=_plain(new.title_en),
        number=_plain(new.number),
        dated=new.dated,
        first_day=new.first_day,
        previous=previous,
        seal="",
    )
    if new.file:
        row.quote(new.file)
    return row


def _changed_meanwhile(session: Session, latest: Promise | None) -> Message:
    if latest is None:
        return say("Nothing was recorded: begin again on the page of the limit.")
    return say(
        "Meanwhile {name} has recorded another document for this limit: {document}. Nothing was recorded: look at it "
        "first, and begin again if yours still holds.",
        name=session.get_one(User, latest.recorded_by_id).name,
        document=latest.citation,
    )


def _faults(new: NewPromise, rule: Rule, today: date) -> Iterator[tuple[str, Message]]:
    if not 2 <= len(_plain(new.title)) <= LONGEST_TITLE:
        yield "title", say("Enter the title of the document, as it stands on it.")
    if len(_plain(new.title_en)) > LONGEST_TITLE:
        yield "title_en", say("At most {most} characters: shorten it.", most=LONGEST_TITLE)
    if not 2 <= len(_plain(new.number)) <= LONGEST_NUMBER:
        yield "number", say("Enter the number of the document, as it stands on it.")
    if new.dated is None:
        yield "dated", say("Enter the day on which the document was published.")
    elif new.dated > today + AHEAD or new.dated.year < 2000:
        yield "dated", say("This day cannot be right: check the year.")
    most = MOST[rule.unit]
    if new.n is None or not 1 <= new.n <= most:
        yield "n", say("Enter the number that the document says, 1 to {most}.", most=most)
    if new.extension is not None and not 1 <= new.extension <= most:
        yield "extension", say("Enter the number that the document says, 1 to {most}.", most=most)
    tomorrow = today + timedelta(days=1)
    if new.first_day is None:
        yield "first_day", say("Enter the first day on which cases are filed under it.")
    elif new.first_day < tomorrow:
        yield (
            "first_day",
            say(
                "It can begin on {day} at the earliest: "
                "cases filed already keep the limit under which they were filed.",
                day=tomorrow,
            ),
        )
    elif new.dated and new.first_day < new.dated:
        yield (
            "first_day",
            say("It cannot begin before the document is published: enter {day} or a later day.", day=new.dated),
        )
    elif new.first_day > today + AHEAD:
        yield "first_day", say("This day cannot be right: check the year.")
    if new.file is None:
        yield "file", say("Add the document: without it nobody can look at what was promised.")


def _plain(text: str) -> str:
    return " ".join(text.split())


def law_on(law: Jurisdiction, rule: Rule, variant: str, on: date) -> bool:
    """Whether cases of a variant, filed on a day, go by this rule and not by one of their own."""
    try:
        return law.limit(rule.name, variant, on).key == rule.key
    except MissingRule:
        return False
