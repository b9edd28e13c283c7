"""The ledger as an auditor reads it: the verdict, the latest entries, one case's events with their hashes.

It changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.ledger.checkpoints import newest_checkpoint
from cases.ledger.export import BROKEN, UNSEALED, WITHHELD, ChainLink, ExportOptions, chain_of, export_of, names_another
from cases.ledger.verify import count_events, verify
from cases.ledger.watch import faults_found
from cases.lists.worklists import latest_acts, may_read
from cases.model.visibility import find_case
from config import ROOT
from extensions import db
from notifications.papers import papers_of
from registry.organisations import Enterprise
from registry.people import names_of
from web.account.page import done_to_accounts
from web.case.path import BY_NOBODY
from web.site.access import identity, law, note_read, now, requires, store, witness
from workflow.definition import AUDITOR, CASE, CHIEF, Definition
from workflow.refusal import Message, say

pages = Blueprint("audit", __name__)

Said = Mapping[str, Any]
"""What an event says, as `said_in` reads it."""
MOST_LATEST = 15
AT_ONCE = 20_000
"""So many events are checked whenever the page is opened; more, when somebody asks for it."""


@pages.get("/audit")
@requires(roles=(AUDITOR, CHIEF))
def index() -> ResponseReturnValue:
    """The verdict over the whole ledger, now; and the way to one case."""
    number = request.args.get("number", "").strip()
    if number:
        return redirect(url_for("audit.case", number=number))
    events = count_events(db.session())
    check_now = events <= AT_ONCE or "verify" in request.args
    verdict = verify(db.session(), store().holds, witness=witness()) if check_now else None
    faults = list(verdict.faults) if verdict else faults_found(db.session())
    seen = may_read(db.session(), identity(), {fault.case_number for fault in faults})
    # a deputy of the head is an officer: of some cases with a fault such a reader must not know (D16)
    told = [fault for fault in faults if seen.get(fault.case_number, True)]
    return render_template(
        "oversight/ledger.html",
        verdict=verdict,
        events=events,
        at=now(),
        faults=told[:100],
        all_faults=len(faults),
        numbers={number for number, may in seen.items() if may},
        kept=len(faults) - len(told),
        told=len(told),
        newest=newest_checkpoint(db.session.connection()),
        latest=_latest(),
        accounts=done_to_accounts(None, 10),
    )


@pages.get("/audit/verify_export.py")
@requires(roles=(AUDITOR, CHIEF))
def program() -> ResponseReturnValue:
    """The program with which a stranger checks an export."""
    return send_file(ROOT / "docs" / "verify_export.py", mimetype="text/x-python", as_attachment=True)


@pages.get("/audit/<number>")
@requires(roles=(AUDITOR, CHIEF))
def case(number: str) -> ResponseReturnValue:
    """The events of one case, the newest first, each with both hashes; what does not match is opened."""
    found = find_case(db.session(), identity(), number) or abort(404)
    note_read("audit", number, found.id)
    chain = chain_of(db.session(), found)
    definition = all_kinds()[found.kind]
    events = [(link, said_in(link.event.body)) for link in chain.links]
    people = people_of(db.session(), [(link.event.actor, said) for link, said in events])
    withheld = any(names_another(said) for _link, said in events)
    warnings = [*([WITHHELD] if withheld else []), *([] if witness().has_key else [UNSEALED])]
    return render_template(
        "oversight/ledger_case.html",
        warnings=warnings,
        case=found,
        kind=say(definition.label),
        chain=chain,
        papers=papers_of(db.session(), number)[::-1],
        at=now(),
        firm=db.session().get_one(Enterprise, found.enterprise_id).name,
        broken=BROKEN,
        rows=[
            (
                link,
                who_acted(link.event.actor, said, people),
                what_was_done(definition, link.event.action, said),
                _set_out(link),
            )
            for link, said in events
        ],
    )


@pages.get("/audit/<number>/export")
@requires(roles=(AUDITOR, CHIEF))
def export(number: str) -> ResponseReturnValue:
    """The case as a file that a stranger can check; with `words=no` without words and file names."""
    found = find_case(db.session(), identity(), number) or abort(404)
    note_read("export", number, found.id)
    wanted = ExportOptions(texts=request.args.get("words") != "no")
    made = export_of(db.session(), witness(), number, law().office.name, now(), wanted)
    headers = {"Content-Disposition": f'attachment; filename="{number}{"" if wanted.texts else "-no-words"}.json"'}
    return Response(made, mimetype="application/json", headers=headers)


def _set_out(link: ChainLink) -> str:
    """The sealed bytes with a line for each name; only white space is added."""
    try:
        return json.dumps(json.loads(link.sealed), ensure_ascii=False, sort_keys=True, indent=1)
    except ValueError:
        return link.sealed


def _latest() -> list[tuple[Any, Message, Message | str, Message | str]]:
    """What people did last in the cases that this reader may read: the event, its kind, who, what."""
    found = latest_acts(db.session(), identity(), MOST_LATEST)
    events = [(row, all_kinds()[row.kind], said_in(row.body)) for row in found if row.kind in all_kinds()]
    people = people_of(db.session(), [(row.actor, said) for row, _kind, said in events])
    return [
        (row, say(kind.label), who_acted(row.actor, said, people), what_was_done(kind, row.action, said))
        for row, kind, said in events
    ]


def people_of(session: Session, events: Iterable[tuple[str, Said]]) -> dict[str, str]:
    """The names of those who acted and of those they acted for, by actor; an event is its actor and what it says."""
    sealed = ((actor.removeprefix("user:"), said.get("for"), said.get("through")) for actor, said in events)
    named = (str(id) for one in sealed for id in one)
    ids = [int(id) for id in named if id.isdecimal()]
    return {f"user:{id}": name for id, name in names_of(session, ids).items()}


def who_acted(actor: str, said: Said, people: Mapping[str, str]) -> Message | str:
    """Who acted, for whom where it was a deputy, and through which system."""
    name, stood_for = people.get(actor, ""), said.get("for")
    if name and "through" in said:
        return say("{name} (through {system})", name=name, system=people.get(f"user:{said['through']}", ""))
    if name and stood_for is not None:
        return say("{name} (for {other})", name=name, other=people.get(f"user:{stood_for}", ""))
    return name or BY_NOBODY.get(actor) or (say("another case") if actor == CASE.name else actor)


def what_was_done(definition: Definition, action: str, said: Said) -> Message | str:
    """What the action did, as its row from that state says; its bare name where the kind knows it no longer."""
    rows, source = definition.actions_named(action), said.get("source")
    row = next((one for one in rows if source in one.source), rows[0] if rows else None)
    return say(row.done) if row else action


def said_in(body: str) -> dict[str, Any]:
    """What an event says, or nothing where it can no longer be read."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
