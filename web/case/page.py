"""The pages of a case, of one deadline and of its files and papers, each through the scope of case and reader."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select

from cases.engine.marks import ApprovalMark
from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.lists.lookups import beside, replaced_by
from cases.lists.worklists import count, on_desk_of, others_have, rows
from cases.model.drafts import ActDraft
from cases.model.reading import read_cases
from cases.model.related import links_of
from cases.model.tables import Attachment, Case
from cases.model.visibility import ABOUT_AN_OFFICER, addresses_of, find_case, find_file, last_act_in
from cases.papers.files import Lost, Unsealed, file_name, hand_out, seal_of_paper
from cases.papers.pdf import NotSet
from extensions import db
from notifications.languages import LANGUAGES, put
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.printing import printed
from registry.organisations import remedy_ready
from web.case.choices import addition_of, choices_of, keys_of
from web.case.claims import claim_table, heading
from web.case.deadlines import (
    clock_of,
    clock_of_desk,
    clocks,
    held_back,
    if_done_today,
    if_late,
    if_sent_today,
    proof_of,
    rail,
    since_late,
    still_open,
    together,
)
from web.case.events import after_the_end, came_back, confirmations, decision_of, exhibits, filed_answers, line_of
from web.case.list_row import firm_in_list, next_step
from web.case.path import desk_name, milestones
from web.case.places import PlaceShown, places_shown, said_in_short
from web.case.reading import Reading, reading_of
from web.case.turn import turn
from web.parts.words import DaysLeft, Words, listed
from web.site.access import EVERYBODY, identity, law, note_read, now, requires, settings, store, world
from web.site.forms import MOST, number_in
from web.site.kept_form import sent_file
from web.site.language import bureau_name, bureau_short, language
from web.site.record_words import author_of, field_label, in_this_language
from workflow.definition import AUDITOR, CHIEF, FILER, PROPOSES, Party
from workflow.refusal import Forbidden, Impossible, Message, say

NO_GLYPH: Final = say(
    "This paper cannot be made into a PDF yet: no font here has one of its characters. "
    "The paper is valid as it stands and can be printed from its page; the office sees that a font is missing."
)
SEAL_WAITS: Final = say(
    "This paper is issued; its seal is being put on. It counts from its day and can be read and printed from its page "
    "now. The sealed file is there within minutes as a rule: come back for it then. Where it takes long, the office "
    "sees that and why."
)
FILE_LOST: Final = say(
    "The sealed file of this paper is not as it was put away, so it is not handed out. The paper is valid and can be "
    "read and printed from its page. Tell the office its number."
)
HOW: Final = {
    "opened": say("Opened from here"),
    "opened_by": say("Opened this case"),
    "joined": say("More is disputed there because of this case"),
    "joined_by": say("More is disputed here because of it"),
}


@dataclass(frozen=True)
class Related:
    """Another case, and how it belongs to this one; `how` is none where only the record is the same."""

    number: str
    kind: Message
    state: Message
    filed_on: date
    closed: bool
    how: Message | None = None


def linked(reading: Reading) -> tuple[Related, ...]:
    """The cases that this one opened or was opened by, as far as the reader may read them and knows of them."""
    links = {
        link.case.id: link
        for link in links_of(reading.file.id, reading.around.links, reading.neighbours)
        if not link.how.endswith("_by") or reading.span.holds(link.seq)
    }
    return tuple(_told(reading, link.case, HOW[link.how]) for _id, link in sorted(links.items()))


def on_the_same_record(reading: Reading, but: Collection[str]) -> tuple[Related, ...]:
    """The other cases on the record that the reader may read."""
    here = {row.id for row in reading.around.on_the_record}
    cases = (case for id, case in reading.neighbours.items() if id in here and case.number not in but)
    return tuple(_told(reading, case) for case in cases)


def _told(reading: Reading, case: Case, how: Message | None = None) -> Related:
    definition = all_kinds()[case.kind]
    lost = Party.BUREAU in reading.identity.parties and case.bureau_id not in reading.identity.bureau_ids
    state = say("with another bureau now") if lost else say(definition.state(case.state).label)
    return Related(case.number, say(definition.label), state, case.filed_on, case.closed_at is not None, how)


def readable(reading: Reading) -> Sequence[Paper]:
    """The papers, newest first: the firm's own for the firm, what was issued in its time for a bureau that lost it."""
    found = reading.around.papers
    if reading.mine:
        ids = {row.paper_id for row in reading.around.served}
        return [paper for paper in found if paper.id in ids]
    if reading.lost:
        last = max((event.at for event in reading.events), default=reading.file.opened_at)
        # the last move took the case away: its paper is for the bureau that has it now
        return [paper for paper in found if paper.issued_at < last]
    return found


CaseReader = tuple[Words, str, Message | None]
"""Somebody, what of the case they read (`all`, `part` or `none`), and that in words."""


def readers(reading: Reading) -> Iterator[CaseReader]:
    """Everybody who might be thought to read it, with what they do read; nobody where nothing is kept from anybody."""
    snapshot = reading.file.snapshot
    if not snapshot.complained_of:
        return
    firm: Words = say("your firm") if reading.mine else reading.file.enterprise_name
    yield firm, "all", say("what it wrote, what it was sent, what came of it")
    if snapshot.complained_of == ABOUT_AN_OFFICER:
        yield say("the officers"), "none", say("the head of the office handles it alone")
    else:
        yield say("the officers"), "all", None
    yield say("the head of the office"), "all", None
    yield say("the auditor"), "all", say("writes nothing")
    unit = reading.bureaus.get(snapshot.bureau or 0) if reading.state.desk is Party.BUREAU else None
    if unit:
        yield bureau_short(unit), "all", say("while it lies there")
    complained = reading.bureaus.get(snapshot.complained_bureau or 0)
    if complained:
        words = say("only what the office writes to it: no name, no number, no text, no file")
        yield bureau_short(complained), "part", words
    yield say("all other bureaus"), "none", None


PARTS = {
    "reviewer": say("Verifies"),
    "approver": say("Approves"),
    "head": say("Heads the bureau"),
    "officer": say("Accepts and answers"),
    "chief": say("Heads the office"),
}
"""What somebody does in a case, by the role in which they acted."""
TYPED = say("Entered it from paper")
"""An official who did no more than enter what the firm may file itself."""


def case_context(reading: Reading, shown: int = 0) -> dict[str, object]:
    """Everything that the page of a case shows; `shown` is the number of the file that stands open in it."""
    record, bureaus = reading.record, reading.bureaus
    supplied = bureaus.get(record.supplied_by_id) if record else None
    acts, running, ahead = reading.open_acts, clocks(reading), milestones(reading)
    links, addition, read_by = linked(reading), addition_of(acts), list(readers(reading))
    who_reads = listed(who for who, how, _ in read_by if how == "all") if read_by else ""
    return {
        "reading": reading,
        "number": reading.file.number,
        "mine": reading.mine,
        "version": reading.span.until or reading.file.length,
        "heading": heading(reading),
        "supplied_by": bureau_name(supplied) if supplied else "",
        "decided_by": in_this_language(author_of(record, bureaus[record.determined_by_id])) if record else "",
        "columns": {key: field_label(record, key) for key in ("determined_by", "decided_on")} if record else {},
        "lacks_remedy": reading.bureau is not None and not remedy_ready(reading.bureau),
        "flagged": bool(reading.around.flags),
        "turn": turn(reading, running, ahead, acts),
        "still_open": list(still_open(reading)) if reading.mine else [],
        "sent_back": came_back(reading) if any(one.action.part is PROPOSES for one in acts) else None,
        "clocks": running,
        "clock": clock_of_desk(reading, running),
        "together": together(reading, running),
        "sent_today": if_sent_today(reading, running),
        "claims": claim_table(reading),
        "filed": filed_answers(reading),
        "decision": decision_of(reading),
        "confirmed": confirmations(reading),
        "afterwards": after_the_end(reading),
        "places": (places := _places(reading)),
        "places_said": said_in_short(places),
        "line": line_of(reading),
        "choices": choices_of(reading, acts),
        "addition": addition.name if addition else "",
        "papers": [(paper, say(paper_form(paper.form).title)) for paper in readable(reading)],
        "exhibits": (files := exhibits(reading)),
        "shown_file": next((one for one in files if one.number == shown), None),
        "rail": rail(reading, running, ahead),
        "handlers": _handlers(reading),
        "if_late": list(if_late(reading, running)),
        "since_late": since_late(reading, running),
        "if_today": if_done_today(reading, running, ahead),
        "linked": links,
        "related": on_the_same_record(reading, [one.number for one in links]),
        "drafts": list(_drafts(reading)),
        "read_by": read_by,
        "only_by": say("Only these read this case: {who}", who=who_reads) if read_by else None,
    }


def _places(reading: Reading) -> list[PlaceShown]:
    """Where else the record is shown, once something of it was to be told there."""
    if reading.record is None or reading.lost:
        return []
    return places_shown(reading.session, reading.world, reading.record, reading.identity, reading.today)


def _drafts(reading: Reading) -> Iterator[tuple[ActDraft, Message]]:
    """What the reader has begun to write here and not sent, the latest first."""
    for draft in reading.around.drafts:
        row = next(iter(reading.definition.actions_named(draft.action)), None)
        if row:
            yield draft, say(row.label)


def _handlers(reading: Reading) -> list[tuple[Message, str, Words]]:
    """Who has it in hand, and who acted last in each way, newest first, three at most, with what they did and where
    they sit; never the reader's own side."""
    found: dict[int, tuple[Message, str, Words]] = {}
    for event in reversed(reading.events):
        party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
        if event.person is None or event.person in found or party is None or party == "enterprise":
            continue
        place = desk_name(reading, party, event.body.get("by_bureau"))
        typed = event.seq == 1 and FILER in event.action.by
        did = TYPED if typed else PARTS.get(event.body["role"], say(event.action.done))
        found[event.person] = did, reading.names.get(event.person, ""), place
    acted = list(found.values())[:3]
    if not reading.holder:
        return acted
    holder = say("Has it in hand"), reading.holder, desk_name(reading, reading.state.desk)
    return [holder, *(one for one in acted if one[1] != reading.holder)]


pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A case."""
    reading = found_reading(number)
    return render_template(
        "case/case.html",
        case=case_context(reading, number_in(request.args.get("file", ""), 0) or 0),
        keys={} if reading.mine else keys_of(reading.file.kind),
        onward=onward(reading),
        may_audit=identity().holds(AUDITOR, CHIEF),
    )


@pages.get("/cases/<number>/deadlines/<name>")
@requires(roles=EVERYBODY)
def deadline(number: str, name: str) -> ResponseReturnValue:
    """Day by day, why a deadline is due when it is."""
    reading = found_reading(number)
    timers = [timer for timer in reading.file.snapshot.timers if timer.deadline == name]
    if not timers or reading.lost:
        abort(404)
    clock = clock_of(reading, timers[-1])
    return render_template(
        "case/deadline.html",
        reading=reading,
        clock=clock,
        heading=heading(reading),
        holds=list(held_back(clock, reading)),
        proof=list(proof_of(reading, clock)),
    )


def case_here(number: str) -> Case:
    """The case; where it has left the reader, what they did in it last; else the page is not there."""
    if case := find_case(db.session(), identity(), number):
        return case
    kind, action, at = last_act_in(db.session(), identity(), number) or abort(404)
    step = next((row.label for row in all_kinds()[kind].actions_named(action)), action)
    left = "On {day} you took the step “{step}” in {number}, and it is recorded. The case has left your desk since."
    raise Forbidden(say(left, day=law().day_of(at), step=say(step), number=number))


def found_reading(number: str) -> Reading:
    """The case of that number as the reader may read it; else the page is not there."""
    case = case_here(number)
    note_read("case", number, case.id)
    [file] = read_cases(db.session(), [case.id])
    return reading_of(db.session(), world(), file, identity(), now())


def same_work(reading: Reading) -> str:
    """Where the next step is taken of the reader's most urgent other case that stands as this one did; else empty."""
    alike = (Case.kind == reading.file.kind, Case.state == reading.file.snapshot.state)
    row = next(iter(rows(reading.session, reading.identity, *_waits(reading), *alike, most=1)), None)
    return next_step(row, reading.identity) if row else ""


def onward(reading: Reading) -> dict[str, object] | None:
    """The most urgent other case of the reader's desk that no colleague has taken, and how many wait; none for readers
    without a desk."""
    session, identity = reading.session, reading.identity
    if identity.holds(AUDITOR) or identity.parties.isdisjoint((Party.BUREAU, Party.OFFICE)):
        return None
    waits = _waits(reading)
    row = next(iter(rows(session, identity, *waits, most=1)), None)
    if row is None:
        return None
    left = DaysLeft.to(row.due_on, reading.world.calendar, reading.today)
    return {
        "number": row.number,
        "firm": firm_in_list(row.kind, row.enterprise),
        "due": left.words if left else None,
        "to": next_step(row, identity),
        "count": count(session, identity, *waits),
    }


def _waits(reading: Reading) -> tuple[ColumnElement[bool], ...]:
    """The other cases of the reader's desk: not what a colleague has taken, nor what the reader has marked already."""
    identity = reading.identity
    unmarked = Case.id.not_in(select(ApprovalMark.case_id).where(ApprovalMark.user_id == identity.user_id))
    return on_desk_of(identity), ~others_have(identity), Case.id != reading.file.id, unmarked


files = Blueprint("files", __name__)

IN_A_PAGE: Final = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""A paper is shown beside the findings on it, by the browser's own viewer: in pages of ours alone, without script."""


@files.get(f"/files/<int(max={MOST}):file_id>")
@requires(roles=EVERYBODY)
def evidence(file_id: int) -> ResponseReturnValue:
    """A file of a case. What it is was found out when it came; its name is data and never a path."""
    file = find_file(db.session(), identity(), file_id)
    if file is None or not _is_shown(file):
        abort(404)
    note_read("file", file_id, file.case_id)
    response = sent_file(file.sha256, file.name, file.media_type)
    response.headers["Content-Security-Policy"] = IN_A_PAGE
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@files.get(f"/papers/<int(max={MOST}):paper_id>")
@requires(roles=EVERYBODY)
def paper(paper_id: int) -> ResponseReturnValue:
    """An official paper, as it was issued."""
    found, case = _paper_to_read(paper_id)
    around = beside(db.session(), found, settings().site)
    sheet = printed(found, paper_form(found.form), language(), **around)
    later = replaced_by(db.session(), found) if case else None
    waits, sealed = seal_of_paper(db.session(), found.id)
    return render_template(
        "case/paper.html",
        sheet=sheet,
        case=case,
        issued=found,
        later=later,
        may_check=bool(around["site"]),
        waits=SEAL_WAITS if waits else None,
        sealed=sealed,
    )


@files.get(f"/papers/<int(max={MOST}):paper_id>.pdf")
@requires(roles=EVERYBODY)
def paper_file(paper_id: int) -> ResponseReturnValue:
    """The paper as a file: the official one in Chinese, or with `reading` the English one to read."""
    found, _case = _paper_to_read(paper_id)
    return as_file(found)


def as_file(found: Paper) -> Response:
    """The PDF of a paper, noted as handed out. Raises Impossible where it cannot be set, or has no seal yet."""
    of = LANGUAGES[1] if "reading" in request.args else LANGUAGES[0]
    try:
        content = BytesIO(_handed_out(found, of))
    except Unsealed:
        raise Impossible(SEAL_WAITS) from None
    return send_file(content, mimetype="application/pdf", download_name=file_name(found, of), as_attachment=True)


def _handed_out(found: Paper, of: str) -> bytes:
    try:
        return hand_out(found, settings().site, settings().fonts, of, now(), store())
    except NotSet:
        raise Impossible(NO_GLYPH) from None
    except Lost:
        raise Impossible(FILE_LOST) from None


@files.get("/cases/<number>/papers.zip")
@requires(roles=EVERYBODY)
def all_papers(number: str) -> ResponseReturnValue:
    """Every paper of the case that the reader may read, as files in one archive, in the order in which they came.

    In the place of one whose seal is still being put on stands a text that says so.
    """
    reading = found_reading(number)
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as to:
        for paper in reversed(readable(reading)):
            day = paper.issued_on
            try:
                content, ends = _handed_out(paper, LANGUAGES[0]), "pdf"
            except Unsealed:
                content, ends = put(SEAL_WAITS, language(), day).encode(), "txt"
            entry = ZipInfo(f"{day.isoformat()} {paper.number}.{ends}", (day.year, day.month, day.day, 0, 0, 0))
            to.writestr(entry, content, ZIP_DEFLATED)
    archive.seek(0)
    return send_file(archive, mimetype="application/zip", download_name=f"{number}.zip", as_attachment=True)


def _paper_to_read(paper_id: int) -> tuple[Paper, Case | None]:
    """The paper, with its case where the reader may know of it; a page that cannot be found else."""
    found = db.session().get(Paper, paper_id)
    case = find_case(db.session(), identity(), found.case_number) if found else None
    if found is not None and case is None and _came_alone(found):
        note_read("paper", paper_id)
        return found, None
    if found is None or case is None or all(one.id != paper_id for one in readable(found_reading(case.number))):
        abort(404)
    note_read("paper", paper_id, case.id)
    return found, case


def _came_alone(paper: Paper) -> bool:
    """Whether it is a paper for somebody who may not know of the case (D16), and this reader got it."""
    served = db.select(Letter).where(Letter.paper_id == paper.id, Letter.served_at <= now())
    letters = db.session().scalars(served) if paper_form(paper.form).closed else ()
    mine = {(address.party, address.id, address.role) for address in addresses_of(identity())}
    return any((letter.to_party, letter.to_id, letter.to_role) in mine for letter in letters)


def _is_shown(file: Attachment) -> bool:
    """Whether the page of its case shows it: a firm does not read the files of findings that nobody decided on."""
    case = read_cases(db.session(), [file.case_id])[0]
    reading = reading_of(db.session(), world(), case, identity(), now())
    return any(one.id == file.id for one in reading.files.values())
