"""What the office must see to that no case says: one list, at the top of the desk; empty where all is well.

It gathers and decides nothing: mail knows what it gave up, the sweep what it cannot move, the clock's watch its doubts.
"""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from cases.engine.clock import confirm_time
from cases.ledger.watch import found
from cases.papers.files import not_set
from cases.scheduler.tasks import last_beat_and_doubts
from extensions import db, transaction
from notifications.deliver import delayed, send_again
from web.account.inbox import MOST, lost_letters
from web.oversight.board import stuck_here
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
    session, at = db.session(), now()
    (beat, clocks), ledger, stuck = last_beat_and_doubts(session), found(session), stuck_here()
    delay, lost, unset = delayed(session), lost_letters(MOST), not_set(session)
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
        "may_send": identity().holds(OFFICER, CHIEF),
        "may_confirm": identity().holds(CHIEF),
        "may_audit": identity().holds(CHIEF, AUDITOR),
        "grave": grave,
        "any": grave or bool(delay or lost or unset),
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
