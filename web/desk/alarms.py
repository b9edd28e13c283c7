"""What the office must see to that no case says: one list, at the top of the desk; empty where all is well.

It gathers and decides nothing: mail knows what it gave up, the sweep what it cannot move, the clock's watch its doubts.
"""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from cases.engine.clock import OPEN_DOUBTS, Doubt, confirm_time
from cases.engine.sweep import STUCK, Stuck
from cases.ledger.watch import FOUND, alarm_in
from cases.papers.files import NOT_SET
from cases.papers.sealing import LONG, WITHOUT_SEAL
from cases.scheduler.tasks import BEATS, least
from database import ask_together
from extensions import db, transaction
from notifications.deliver import DELAYED, THE_GIVEN_UP, delay_in, send_again
from notifications.letters import Letter
from notifications.papers import Paper, number_of
from web.account.inbox import MOST, lost_among, lost_letters
from web.oversight.board import stuck_among
from web.site.access import identity, now, person, requires
from web.site.health import SILENT
from workflow.definition import AUDITOR, CHIEF, OFFICER

pages = Blueprint("alarms", __name__)


def alarms() -> dict[str, Any] | None:
    """What is wrong now, as far as the reader may know it; None for whom it does not concern.

    `here`: the clock of the server that shows the page is one of those in doubt; `grave`: time limits do not run as
    they should, or the ledger does not match.
    """
    if not identity().holds(OFFICER, CHIEF, AUDITOR):
        return None
    at, asked = now(), (BEATS, OPEN_DOUBTS, FOUND, STUCK, DELAYED, THE_GIVEN_UP, NOT_SET, WITHOUT_SEAL)
    beats, doubts, faults, kept, waiting, given_up, glyphless, unsealed = ask_together(
        db.session().connection(), asked, {"most": MOST, "issued_before": at - LONG}
    )
    beat, clocks, ledger = least(beats), [Doubt(*row) for row in doubts], alarm_in(*faults[0])
    stuck, delay = stuck_among([Stuck(*row) for row in kept]), delay_in(*waiting[0])
    lost = lost_among([Letter(**row._asdict()) for row in given_up], MOST)
    seals = [
        {"number": number_of(row.series, row.year, row.n), "since": row.issued_at, "why": row.last_error}
        for row in unsealed
    ]
    unset = [Paper(**row._asdict()) for row in glyphless]
    here = any(doubt.covers(at) for doubt in clocks)
    silent = not here and (beat is None or at - beat > SILENT)
    grave = bool(clocks or ledger or silent or stuck)
    return {
        "clocks": clocks,
        "here": here,
        "silence": {"since": beat} if silent else None,
        "ledger": ledger,
        "stuck": stuck,
        "delay": delay,
        "lost": lost,
        "unset": unset,
        "seals": seals,
        "may_send": identity().holds(OFFICER, CHIEF),
        "may_confirm": identity().holds(CHIEF),
        "may_audit": identity().holds(CHIEF, AUDITOR),
        "grave": grave,
        "any": grave or bool(delay or lost or unset or seals),
    }


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
