"""The ledger as an auditor reads it: the verdict, and one case's events with their hashes. It changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.ledger.export import BROKEN, UNSEALED, WITHHELD, ChainLink, ExportOptions, chain_of, export_of, names_another
from cases.ledger.mismatch import Mismatch
from cases.ledger.verify import count_events, verify
from cases.ledger.verify_shared import CHECKPOINT, PROMISE, RECORD
from cases.ledger.watch import faults_found
from cases.model.tables import Case, Checkpoint
from cases.model.visibility import find_case, visible_to
from config import ROOT
from extensions import db
from notifications.papers import Paper
from registry.organisations import Enterprise
from web.account.page import done_to_accounts
from web.oversight.ledger_latest import latest
from web.oversight.ledger_words import Said, people_of, said_in, what_was_done, who_acted
from web.site.access import identity, moment, requires
from web.site.context import law, store, witness
from web.site.read_log import note_read
from workflow.definition import AUDITOR, CHIEF, Definition
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
    now = events <= AT_ONCE or "verify" in request.args
    verdict = verify(db.session(), store().holds, witness=witness()) if now else None
    faults = list(verdict.faults) if verdict else faults_found(db.session())
    kept = _kept_from_reader(faults)
    told = [fault for fault in faults if fault.case_number not in kept]
    return render_template(
        "oversight/ledger.html",
        verdict=verdict,
        events=events,
        at=moment(),
        faults=told[:100],
        all_faults=len(faults),
        numbers=_cases_of(told),
        kept=len(faults) - len(told),
        told=len(told),
        checkpoint=CHECKPOINT,
        record=RECORD,
        promise=PROMISE,
        newest=_newest(),
        latest=latest(db.session(), identity()),
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
class Row:
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
        at=moment(),
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
    made = export_of(db.session(), witness(), number, law().office.name, moment(), wanted)
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


def _row(link: ChainLink, said: Said, definition: Definition, people: dict[str, str]) -> Row:
    who, what = who_acted(link.actor, said, people), what_was_done(definition, link.action, said)
    return Row(link, who, what, _pretty(link.sealed))


def _pretty(sealed: str) -> str:
    """The sealed bytes with a line for each name; only white space is added."""
    try:
        return json.dumps(json.loads(sealed), ensure_ascii=False, sort_keys=True, indent=1)
    except ValueError:
        return sealed
