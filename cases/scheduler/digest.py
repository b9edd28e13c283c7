"""The digest: on the morning of a working day one letter to each person who wants it, of what waits for them.

Which digests were written stands in a table with one row a person and day, made in the transaction of the letter: of
any number of schedulers one writes it, and one that dies leaves it to the next. Who has nothing waiting gets none. It
goes through the reader's own scope, and of what is kept from somebody it names nobody (D16): a mail lies open on desks.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, and_, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.kinds import all_kinds
from cases.lists.queues import urgencies
from cases.lists.worklists import WorkRow, awaits_decision_of, count, on_desk_of, others_have, rows
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, Event
from cases.model.visibility import addresses_of, letters_new_to, moves
from extensions import Base, Instant, transaction
from notifications.letters import DIGEST, PERSON, Address, unread_count
from notifications.post import NewLetter, post
from registry.identity import Identity, identity_of
from registry.people import User, wants_digest
from workflow.definition import FILER
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

log = logging.getLogger("redress.cases")

MOST: Final = 8
"""Cases named under a heading; of more, their number."""
OF_STAFF: Final = say("{case}, {enterprise}: {work}")
OF_NOBODY: Final = say("{case}: {work}")
BY: Final = say("{line}, by {due}")
HEADINGS: Final = {"today": "today_due"}
"""What the letter calls a part where not as here: `today` is the day itself there."""
SUMS: Final = {
    "late": say("late {n}"),
    "today": say("due today {n}"),
    "soon": say("due within 3 working days {n}"),
    "approval": say("to approve {n}"),
    "new": say("new {n}"),
    "unread": say("unread letters {n}"),
    "through": say("done in your name by a system {n}"),
}


class Digest(Base):
    """That a person's digest of a day was seen to, and when, whether there was anything to say or not."""

    __tablename__ = "digest"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    written_at: Mapped[datetime] = mapped_column(Instant)


def write_digests(world: RuleContext, site: str, now: datetime) -> int:
    """Write what is to be written this morning; gives how many letters. `site` begins every link; empty: none."""
    law, local = world.jurisdiction, now.astimezone(world.jurisdiction.zone)
    today = local.date()
    if not (world.calendar.is_worked(today) and law.office_opens <= local.time() < law.office_closes):
        return 0
    with transaction() as session:
        done = exists().where(Digest.user_id == User.id, Digest.day == today)
        ids = session.scalars(select(User.id).where(wants_digest(), ~done).order_by(User.id)).all()
    return sum(_write(world, site, id, today, now) for id in ids)


def _write(world: RuleContext, site: str, user_id: int, today: date, now: datetime) -> bool:
    """Whether the person got a letter. Under the lock of their row: another scheduler finds it done.

    A digest that cannot be written holds up nobody else's, and the log says whose it is.
    """
    try:
        with transaction() as session:
            user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
            if session.get(Digest, (user_id, today), populate_existing=True):
                return False
            identity = identity_of(session, user, today)
            # since they were last written to; the first time, of a day
            last = select(Digest.written_at).where(Digest.user_id == user_id).order_by(Digest.day.desc()).limit(1)
            since = session.scalar(last) or now - timedelta(days=1)
            session.add(Digest(user_id=user_id, day=today, written_at=now))
            values = digest_of(session, world, identity, since, now, site)
            if values is None:
                return False
            to = Address(PERSON, user_id, mail=user.email, language=user.language)
            return bool(post(session, [NewLetter(to, DIGEST, "", values)], now))
    except Exception as error:
        require_own_fault(error)
        log.error("the digest of person %s cannot be written", user_id, exc_info=error)
        return False


def digest_of(
    session: Session, world: RuleContext, identity: Identity, since: datetime, now: datetime, site: str
) -> dict[str, object] | None:
    """What the letter says; None where nothing waits. What has come since then is new."""
    today = world.jurisdiction.day_of(now)
    conditions = _conditions(world, identity, since, today)
    counts = {name: count(session, identity, condition) for name, condition in conditions.items()}
    lines = {
        HEADINGS.get(name, name): _lines(rows(session, identity, conditions[name], most=MOST), n, name == "soon", site)
        for name, n in counts.items()
        if n
    }
    counts["unread"] = unread_count(session, addresses_of(identity), now, letters_new_to(identity))
    acts = _through(session, identity, since)
    counts["through"] = len(acts)
    sums = [Message(SUMS[name].id, {"n": n}) for name, n in counts.items() if n]
    if not sums:
        return None
    here = {"inbox": f"{site}/inbox", "account": f"{site}/account"} if site else {}
    return {
        "today": today,
        "sums": reduce(lambda a, b: say("{a}, {b}", a=a, b=b), sums),
        "unread": counts["unread"],
        "through": acts[:MOST],
        **lines,
        **here,
    }


def _through(session: Session, identity: Identity, since: datetime) -> list[Message]:
    """What a system of their body has done in the person's name since (D63)."""
    said = select(Event.action, Event.body, Case.number, Case.kind).join(Case, Case.id == Event.case_id)
    done = session.execute(
        said.where(Event.at > since, Event.actor == f"user:{identity.user_id}", Event.body.contains('"through":'))
    )
    found = [(row, all_kinds()[row.kind].actions_named(row.action)) for row in done if row.kind in all_kinds()]
    return [say("{case}: {work}", case=row.number, work=say(named[0].done)) for row, named in found if named]


def _conditions(world: RuleContext, identity: Identity, since: datetime, today: date) -> dict[str, ColumnElement[bool]]:
    """What stands under each heading; a case that is due soon or waits for approval is not named as new besides."""
    desk = and_(on_desk_of(identity), ~others_have(identity))
    due = urgencies(world.calendar, today, firm=identity.holds(FILER))
    urgent = {name: and_(desk, due[name]) for name in ("late", "today", "soon")}
    approval = awaits_decision_of(identity)
    named = [due["late"], due["today"], due["soon"], approval]
    moved = exists().where(Event.case_id == Case.id, Event.at > since, Event.action.in_(moves()))
    fresh = and_(desk, moved, *(~condition for condition in named))
    return {**urgent, "approval": approval, "new": fresh}


def _lines(first: Sequence[WorkRow], n: int, dated: bool, site: str) -> list[object]:
    """A line for each of the first cases, and how many more there are of `n`."""
    lines: list[object] = []
    for row in first:
        lines.append(_line(row, dated))
        lines += [f"{site}/cases/{row.number}"] if site else []
    more = n - len(first)
    return [*lines, say("and {n} more", n=more)] if more else lines


def _line(row: WorkRow, dated: bool) -> Message:
    definition = all_kinds()[row.kind]
    case = say("{kind} {number}", kind=say(definition.label), number=row.number)
    values = {"case": case, "enterprise": row.enterprise, "work": say(definition.state(row.state).work)}
    line = Message((OF_NOBODY if definition.closed_to else OF_STAFF).id, values)
    return Message(BY.id, {"line": line, "due": row.due_on}) if dated and row.due_on else line
