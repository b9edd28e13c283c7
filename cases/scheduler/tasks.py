"""What a scheduler does at a beat: fires what is due, ends displays, sends letters, makes checkpoints, checks, keeps
the log of who read what.

The database says what is due. Any number of schedulers may run at once. Each task stands alone: one that fails
keeps no other, and only one that went well writes that it did.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.engine.batches import take_batches
from cases.engine.clock import OPEN_DOUBTS, Doubt, refuse_doubted
from cases.engine.record_news import end_displays
from cases.engine.sweep import sweep
from cases.ledger.checkpoints import make_due
from cases.ledger.verify_chain import Stored
from cases.ledger.watch import look
from cases.ledger.witness import Witness
from cases.letters.sharing import share_out
from cases.model.drafts import clear_dead_drafts
from cases.model.evidence import Store
from cases.model.feed import number_new
from cases.model.readings import ReadingSpool, dispose, take_in
from cases.model.tables import Heartbeat
from cases.model.uploads import sweep_uploads
from cases.papers.files import enclosures
from cases.papers.sealing import seal_waiting
from cases.papers.seals import Sealer
from cases.scheduler.digest import write_digests
from cases.scheduler.outside import send_outside
from cases.scheduler.waits import tell_waits
from cases.scheduler.webhooks import tell_endpoints
from database import ask_together
from exchange.sending import NOWHERE, Ways, deliver
from exchange.webhooks import Line
from extensions import transaction
from notifications.channels import Channel, NoMail
from notifications.deliver import Enclosure, deliver_all
from notifications.letters import Letter
from workflow.snapshot import RuleContext

log = logging.getLogger("redress.scheduler")


@dataclass(frozen=True)
class Means:
    """What the tasks need: the law, the way out for letters, and what is known of the ledger outside the database.

    Without a `witness` no checkpoint is made; `stored` says whether a file is in the store; `waiting` holds
    what was read while the database took nothing; without a `store` no file is removed. With `site`, the address of
    the platform, begin the links in mail; without it there are none. Checkpoints are sent to `witness_to`.
    Without `sheets`, where those lie that wait for people, none is taken in from a folder.
    Without a `sealer` no paper gets a seal; what waits for one goes on waiting.
    """

    session: Session
    world: RuleContext
    channel: Channel
    witness: Witness | None = None
    stored: Stored | None = None
    waiting: ReadingSpool | None = None
    store: Store | None = None
    site: str = ""
    witness_to: Sequence[str] = ()
    ways: Ways = NOWHERE
    sheets: Store | None = None
    sealer: Sealer | None = None
    fonts: Path | None = None
    line: Line | None = None
    """Out to endpoints of bodies; None: they are told nothing."""


def tick(means: Means, now: datetime) -> list[str]:
    """One beat of every task, as at `now`; gives what was done, a line each.

    Raises what failed, as one group, once every task has been tried.
    """
    lines: list[str] = []
    failures: list[Exception] = []
    for task in TASKS:
        try:
            lines += run(task, means, now)
        except Exception as failure:
            log.exception("the scheduler's %s failed", task)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("the scheduler's beat failed", failures)
    return lines


def run(task: str, means: Means, now: datetime) -> list[str]:
    """One beat of one task; gives what was done. The beat is noted when the work went well, and only then.

    Raises Doubted where the clock is not believed: nothing ends before its time.
    """
    with transaction() as session:
        refuse_doubted(session, now)
    lines = TASKS[task](means, now)
    with transaction() as session:
        note_beat(session, now, task)
    return lines


def note_beat(session: Session, now: datetime, *tasks: str) -> None:
    """Write that these tasks, or all, went well at `now`."""
    for task in tasks or TASKS:
        beat = update(Heartbeat).where(Heartbeat.name == task).values(at=now).returning(Heartbeat.name)
        if session.scalars(beat).first() is None:
            try:
                with session.begin_nested():
                    session.execute(insert(Heartbeat), [{"name": task, "at": now}])
            except IntegrityError:
                log.info("another scheduler has just noted its first beat of %s", task)


def _counted(line: str, n: int) -> list[str]:
    return [line.format(n)] if n else []


def _digests(means: Means, now: datetime) -> list[str]:
    mailed = not isinstance(means.channel, NoMail)
    return _counted("digests {}", write_digests(means.world, means.site, now)) if mailed else []


def _checkpoints(means: Means, now: datetime) -> list[str]:
    made = make_due(means.session, means.witness, now) if means.witness else None
    return [f"checkpoint {made.checkpoint}"] if made else []


def _outside(means: Means, now: datetime) -> list[str]:
    sent = send_outside(means.channel, means.witness, means.witness_to, now) if means.witness else 0
    return _counted("checkpoints sent outside {}", sent)


def _verify(means: Means, now: datetime) -> list[str]:
    faults = look(means.session, means.witness, means.stored, now)
    return [f"ledger {fault.case_number} does not match" for fault in faults]


def _readings(means: Means, now: datetime) -> list[str]:
    taken = _counted("readings taken in {}", take_in(means.waiting)) if means.waiting else []
    return [*taken, *_counted("readings disposed {}", dispose(means.world.jurisdiction, now))]


def _papers(means: Means, now: datetime) -> list[str]:
    if means.sealer is None or means.store is None:
        return []
    return _counted("papers sealed {}", seal_waiting(means.sealer, means.store, means.site, means.fonts, now))


def _mail(means: Means, now: datetime) -> list[str]:
    def enclosed(letter: Letter) -> Sequence[Enclosure]:
        return enclosures(letter, means.site, means.fonts, now, means.store) if means.store else ()

    return _counted("letters {}", deliver_all(now, means.channel, enclosed))


def _drafts(means: Means, now: datetime) -> list[str]:
    gone = _counted("drafts {} removed", clear_dead_drafts(means.store, now))
    return [*gone, *_counted("files {} removed", sweep_uploads(means.store, now))] if means.store else gone


def _sources(means: Means, now: datetime) -> list[str]:
    return take_batches(means.world, means.ways.connections, means.sheets, now) if means.sheets else []


TASKS: Final[dict[str, Callable[[Means, datetime], list[str]]]] = {
    "sweep": lambda means, now: [f"{done.number} {done.action} -> {done.state}" for done in sweep(means.world, now)],
    "displays": lambda means, now: [f"record {record} display_ended" for record in end_displays(means.world, now)],
    "sharing": lambda means, now: _counted("letters shared {}", share_out(means.world.jurisdiction, now)),
    "digests": _digests,
    "mail": _mail,
    "waits": lambda means, now: _counted("waits told {}", tell_waits(means.channel, means.site, now)),
    "papers": _papers,
    "deliveries": lambda means, now: deliver(means.world.jurisdiction, means.ways, now),
    "sources": _sources,
    "checkpoints": _checkpoints,
    "outside": _outside,
    "verify": _verify,
    "readings": _readings,
    "drafts": _drafts,
    "feed": lambda means, now: _counted("feed {}", number_new(now)),
    "webhooks": lambda means, now: tell_endpoints(means.line, now) if means.line else [],
}

BEATS: Final = select(Heartbeat.at).where(Heartbeat.name.in_(TASKS))


def last_beat(session: Session) -> datetime | None:
    """When the task that has been silent longest last went well; None where one never has."""
    return least(session.execute(BEATS).all())


def last_beat_and_doubts(session: Session) -> tuple[datetime | None, list[Doubt]]:
    """The last beat and every clock that is in doubt, of one moment."""
    beats, doubts = ask_together(session.connection(), (BEATS, OPEN_DOUBTS), {})
    return least(beats), [Doubt(*row) for row in doubts]


def least(beats: Sequence[Any]) -> datetime | None:
    """The last beat of the task that has been silent longest; None where one never has."""
    return min(row.at for row in beats) if len(beats) == len(TASKS) else None


"""What is done at a beat, each by a job of its own; the names stand in the log and in the heartbeats."""
