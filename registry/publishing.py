"""A limit that was only proposed becomes a promise: what must be there for it, and the one way to record it.

A text that binds cannot be promised, and no case that is filed already gets another limit: the first day lies ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.documents import Document
from registry.organisations import Office
from registry.people import User
from registry.promises import GENESIS, Promise, last_seal, promises_of, seal_of, with_promises
from workflow.calendar import Unit
from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule, Rule
from workflow.refusal import Impossible, Incomplete, Message, say

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
    if "first_day" not in faults and first_day and (fault := _fault_of_first_day(session, law, rule, first_day)):
        faults["first_day"] = fault
    if faults or first_day is None:
        raise Incomplete(faults)
    before = rule_of(law, rule.key, first_day - timedelta(days=1)) or rule
    planned = with_promises(law, [_row(rule, new, GENESIS)])
    after = rule_of(planned, rule.key, first_day)
    assert after is not None
    return Planned(first_day, before, after)


def record_promise(
    session: Session, law: Jurisdiction, rule: Rule, new: NewPromise, seen: str, by: int, today: date, now: datetime
) -> Promise:
    """Record it; the one that stands there where the same is recorded already. Raises as `plan` does.

    `seen` is the seal of the latest promise of the rule when the page was shown: another since is `Impossible`.
    """
    session.execute(select(Office.id).with_for_update())
    latest = next(iter(promises_of(session, rule)), None)
    if latest and _same(latest, rule, new):
        return latest
    if (latest.seal if latest else "") != seen:
        raise Impossible(_changed_meanwhile(session, latest))
    plan(session, law, rule, new, today)
    row = _row(rule, new, last_seal(session) or GENESIS)
    row.recorded_at, row.recorded_by_id = now, by
    row.seal = seal_of(row)
    session.add(row)
    session.flush()
    return row


def _row(rule: Rule, new: NewPromise, previous: str) -> Promise:
    file = new.file
    return Promise(
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
        sha256=file.sha256 if file else "",
        name=file.name if file else "",
        media_type=file.media_type if file else "",
        size=file.size if file else 0,
    )


def _same(kept: Promise, rule: Rule, new: NewPromise) -> bool:
    said = ("n", "extension", "title", "title_en", "number", "dated", "first_day", "sha256")
    other = _row(rule, new, "")
    return all(getattr(kept, name) == getattr(other, name) for name in said)


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
        yield "title", say("Write the title of the document, as it stands on it.")
    if len(_plain(new.title_en)) > LONGEST_TITLE:
        yield "title_en", say("At most {most} characters.", most=LONGEST_TITLE)
    if not 2 <= len(_plain(new.number)) <= LONGEST_NUMBER:
        yield "number", say("Write the number of the document, as it stands on it.")
    if new.dated is None:
        yield "dated", say("Write the day on which the document was published.")
    elif new.dated > today + AHEAD or new.dated.year < 2000:
        yield "dated", say("This day cannot be right: look at the year.")
    most = MOST[rule.unit]
    if new.n is None or not 1 <= new.n <= most:
        yield "n", say("Write the number that the document says, 1 to {most}.", most=most)
    if new.extension is not None and not 1 <= new.extension <= most:
        yield "extension", say("Write the number that the document says, 1 to {most}.", most=most)
    if new.first_day is None:
        yield "first_day", say("Write the first day on which cases are filed under it.")
    elif fault := _fault_of_a_day(new.first_day, new.dated, today):
        yield "first_day", fault
    if new.file is None:
        yield "file", say("Add the document: without it nobody can look at what was promised.")


def _fault_of_a_day(first_day: date, dated: date | None, today: date) -> Message | None:
    tomorrow = today + timedelta(days=1)
    if first_day < tomorrow:
        return say(
            "It can begin on {day} at the earliest: cases filed already keep the limit under which they were filed.",
            day=tomorrow,
        )
    if dated and first_day < dated:
        return say("It cannot begin before the document is published, on {day}.", day=dated)
    if first_day > today + AHEAD:
        return say("This day cannot be right: look at the year.")
    return None


def _fault_of_first_day(session: Session, law: Jurisdiction, rule: Rule, first_day: date) -> Message | None:
    """What stands there on that day already and does not give way."""
    then = rule_of(law, rule.key, first_day)
    if then is None or not may_be_promised(then):
        return say("From that day on a text of law sets this limit: no document of the place can set it instead.")
    later = max((one.first_day for one in promises_of(session, rule)), default=first_day)
    if later > first_day:
        return say("From {day} on another document is recorded already: yours cannot begin before it.", day=later)
    return None


def _plain(text: str) -> str:
    return " ".join(text.split())


def law_on(law: Jurisdiction, rule: Rule, variant: str, on: date) -> bool:
    """Whether cases of a variant, filed on a day, go by this rule and not by one of their own."""
    try:
        return law.limit(rule.name, variant, on).key == rule.key
    except MissingRule:
        return False
