"""What the office must see to that no case says: one list, at the top of the desk; empty where all is well.

It gathers and decides nothing: mail knows what it gave up, the sweep what it cannot move, the clock's watch its doubts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from cases.engine.clock import Doubt, confirm_time, open_doubts
from cases.engine.sweep import Stuck
from cases.ledger.watch import LedgerAlarm, found
from cases.scheduler.tasks import last_beat
from extensions import db, transaction
from notifications.deliver import Delay, delayed, send_again
from web.account.queries import MOST, LostLetter, lost_letters
from web.oversight.board import stuck_here
from web.site.access import identity, now, person, requires
from web.site.health import SILENT
from workflow.definition import AUDITOR, CHIEF, OFFICER

pages = Blueprint("alarms", __name__)

SHOWN: Final = 5
"""Letters and cases named one by one; the others are a number and a way to them."""


@dataclass(frozen=True)
class Silence:
    """The scheduler does not do its work, since `since`, or never has."""

    since: datetime | None


@dataclass(frozen=True)
class Alarms:
    """All of it. `here`: the clock of the server that shows the page is one of those in doubt."""

    clocks: Sequence[Doubt]
    here: bool
    silence: Silence | None
    ledger: LedgerAlarm | None
    stuck: Sequence[Stuck]
    delay: Delay | None
    lost: Sequence[LostLetter]
    may_send: bool
    may_confirm: bool
    may_audit: bool

    @property
    def grave(self) -> bool:
        """Time limits do not run as they should, or the ledger does not match."""
        return bool(self.clocks or self.ledger or self.silence or self.stuck)

    @property
    def any(self) -> bool:
        return bool(self.grave or self.delay or self.lost)


def alarms() -> Alarms | None:
    """What is wrong now, as far as the reader may know it; None for whom it does not concern."""
    if not identity().holds(OFFICER, CHIEF, AUDITOR):
        return None
    session, at = db.session(), now()
    clocks = open_doubts(session)
    here = any(doubt.covers(at) for doubt in clocks)
    return Alarms(
        clocks=clocks,
        here=here,
        silence=None if here else _silence(at),
        ledger=found(session),
        stuck=stuck_here(),
        delay=delayed(session),
        lost=lost_letters(MOST),
        may_send=identity().holds(OFFICER, CHIEF),
        may_confirm=identity().holds(CHIEF),
        may_audit=identity().holds(CHIEF, AUDITOR),
    )


@pages.post("/desk/letters")
@requires(roles={OFFICER, CHIEF})
def send_all_again() -> ResponseReturnValue:
    """Every mail that was given up goes out again, of cases that the reader may open."""
    with transaction() as session:
        sent = sum(send_again(session, letter.id, now()) for letter in lost_letters(MOST))
    flash(ngettext("%(num)s mail goes out again.", "%(num)s mails go out again.", sent))
    return redirect(url_for("desk.desk"))


@pages.post("/desk/clock")
@requires(roles={CHIEF})
def confirm_clock() -> ResponseReturnValue:
    """The head of the office says that this server's clock is right: what waited for that goes on."""
    with transaction() as session:
        confirmed = confirm_time(session, now(), person().id)
    flash(
        gettext("The time is confirmed: what waited goes on.") if confirmed else gettext("No clock is in doubt here.")
    )
    return redirect(url_for("desk.desk"))


def _silence(now: datetime) -> Silence | None:
    beat = last_beat(db.session())
    return Silence(beat) if beat is None or now - beat > SILENT else None
