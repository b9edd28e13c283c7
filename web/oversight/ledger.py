"""The ledger as an auditor reads it: the verdict, the latest entries, one case's events with their hashes.

It changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.ledger.export import BROKEN, UNSEALED, WITHHELD, ChainLink, ExportOptions, chain_of, export_of, names_another
from cases.ledger.mismatch import Mismatch
from cases.ledger.verify import count_events, verify
from cases.ledger.verify_shared import CHECKPOINT, PROMISE, RECORD
from cases.ledger.watch import faults_found
from cases.model.tables import Case, Checkpoint, Event
from cases.model.visibility import find_case, visible_to
from config import ROOT
from extensions import db
from notifications.papers import Paper
from registry.identity import Identity
from registry.organisations import Enterprise
from registry.people import User
from web.account.page import done_to_accounts
from web.case.path import BY_NOBODY
from web.site.access import identity, law, note_read, now, requires, store, witness
from workflow.definition import AUDITOR, CASE, CHIEF, Definition
from workflow.refusal import Message, say

pages = Blueprint("audit", __name__)

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
    kept = _kept_from_reader(faults)
    told = [fault for fault in faults if fault.case_number not in kept]
    return render_template(
        "oversight/ledger.html",
        verdict=verdict,
        events=events,
        at=now(),
        faults=told[:100],
        all_faults=len(faults),
        numbers=_cases_of(told),
        kept=len(faults) - len(told),
        told=len(told),
        checkpoint=CHECKPOINT,
        record=RECORD,
        promise=PROMISE,
        newest=_newest(),
        latest=_latest(db.session(), identity()),
        accounts=done_to_accounts(None, 10),
    )


@pages.get("/audit/verify_export.py")
@requires(roles=(AUDITOR, CHIEF))
def program() -> ResponseReturnValue:
    """The program with which a stranger checks an export."""
    return send_file(ROOT / "docs" / "verify_export.py", mimetype="text/x-python", as_attachment=True)


def _newest() -> Checkpoint | None:
    return db.session().scalars(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1)).first()


@dataclass(frozen=True)
class LedgerRow:
    """One event in words: when to the second, who, what, and its sealed content set out to be read."""

    link: ChainLink
    who: Message | str
    what: Message | str
    pretty: str


@pages.get("/audit/<number>")
@requires(roles=(AUDITOR, CHIEF))
def case(number: str) -> ResponseReturnValue:
    """The events of one case, the newest first, each with both hashes; what does not match is opened."""
    found = find_case(db.session(), identity(), number) or abort(404)
    note_read("audit", number, found.id)
    chain = chain_of(db.session(), found)
    definition = all_kinds()[found.kind]
    events = [(link, said_in(link.body)) for link in chain.links]
    people = people_of(db.session(), [(link.actor, said) for link, said in events])
    papers = db.session().scalars(select(Paper).where(Paper.case_number == number).order_by(Paper.id)).all()
    withheld = any(names_another(said) for _link, said in events)
    warnings = [*([WITHHELD] if withheld else []), *([] if witness().has_key else [UNSEALED])]
    return render_template(
        "oversight/ledger_case.html",
        warnings=warnings,
        case=found,
        kind=say(definition.label),
        chain=chain,
        papers=papers,
        at=now(),
        firm=db.session().get_one(Enterprise, found.enterprise_id).name,
        broken=BROKEN,
        rows=[_row(link, said, definition, people) for link, said in events],
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


def _cases_of(faults: Sequence[Mismatch]) -> list[str]:
    """The cases with a fault that this reader can open."""
    numbers = {fault.case_number for fault in faults}
    found = select(Case.number).where(Case.number.in_(numbers), visible_to(identity()))
    return list(db.session().scalars(found.limit(200)))


def _kept_from_reader(faults: Sequence[Mismatch]) -> set[str]:
    """The cases with a fault of which this reader must not know (D16): a deputy of the head is an officer."""
    numbers = {fault.case_number for fault in faults}
    found = select(Case.number).where(Case.number.in_(numbers), ~visible_to(identity()))
    return set(db.session().scalars(found))


def _row(link: ChainLink, said: Said, definition: Definition, people: dict[str, str]) -> LedgerRow:
    who, what = who_acted(link.actor, said, people), what_was_done(definition, link.action, said)
    return LedgerRow(link, who, what, _pretty(link.sealed))


def _pretty(sealed: str) -> str:
    """The sealed bytes with a line for each name; only white space is added."""
    try:
        return json.dumps(json.loads(sealed), ensure_ascii=False, sort_keys=True, indent=1)
    except ValueError:
        return sealed


MOST_LATEST = 15


@dataclass(frozen=True)
class LatestEntry:
    """One event: its place in the chain of its case, when, who, what."""

    number: str
    kind: Message
    seq: int
    at: datetime
    who: Message | str
    what: Message | str
    hash: str


def _latest(session: Session, identity: Identity) -> list[LatestEntry]:
    """The newest of the cases that this reader may read."""
    asked = (
        select(Event.seq, Event.at, Event.actor, Event.action, Event.body, Event.hash, Case.number, Case.kind)
        .join(Case, Case.id == Event.case_id)
        .where(Event.actor.startswith("user:"), visible_to(identity))
        .order_by(Event.id.desc())
        .limit(MOST_LATEST)
    )
    rows = [(row, said_in(row.body)) for row in session.execute(asked) if row.kind in all_kinds()]
    people = people_of(session, [(row.actor, said) for row, said in rows])
    return [
        LatestEntry(
            row.number,
            say(all_kinds()[row.kind].label),
            row.seq,
            row.at,
            who_acted(row.actor, said, people),
            what_was_done(all_kinds()[row.kind], row.action, said),
            row.hash,
        )
        for row, said in rows
    ]


Said = Mapping[str, Any]
"""What an event says, as `said_in` reads it."""


def people_of(session: Session, events: Iterable[tuple[str, Said]]) -> dict[str, str]:
    """The names of those who acted or were stood for, by actor; an event is its actor and what it says."""
    ids: set[int] = set()
    for actor, said in events:
        ids |= {int(id)} if (id := actor.removeprefix("user:")).isdecimal() else set()
        ids |= {int(stood_for)} if (stood_for := said.get("for")) is not None else set()
    return {f"user:{id}": name for id, name in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def who_acted(actor: str, said: Said, people: Mapping[str, str]) -> Message | str:
    """Who acted, and for whom where it was a deputy."""
    name, stood_for = people.get(actor, ""), said.get("for")
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
