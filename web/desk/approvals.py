"""The approver's queue: each proposal with what it comes to, what has changed since, and who can decide.

What was looked at is marked; the marked are approved together, with a result for each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature

from cases.engine.marks import ApprovalMark, approve_marked, mark, marks_of, unmark
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow, awaits_decision_of, rows
from cases.model.bisect import readable
from cases.model.disputed import Dispute, disputes
from cases.model.reading import read_cases
from cases.model.related import Change, Since, changes_since
from cases.model.tables import Case
from cases.model.visibility import find_case
from extensions import db
from registry.columns import shown_in
from registry.people import names_of
from web.acts.page import template_of
from web.case.choices import target_of, who_else
from web.case.deadlines import RunningDeadline, clock_of_desk, clocks
from web.case.events import NewsSince, answers_of, news_of, proposal_of
from web.case.list_row import LONGEST, CaseRow
from web.case.reading import PeopleOfDesk, Reading, people_reader, readings_of
from web.desk.bulk import ActResult, act_on, found_rows, results_page
from web.parts.words import Words
from web.site.access import identity, now, requires, today, world
from web.site.kept_form import signer
from web.site.record_words import FINDINGS, column_in, field_label
from workflow.decide import AvailableAction
from workflow.definition import APPROVER, CHIEF, DECIDES, FieldKind
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED
from workflow.refusal import Forbidden, Impossible, Message, say
from workflow.snapshot import Person

pages = Blueprint("approvals", __name__)

DECIDING: Final = (APPROVER, CHIEF)
DAY: Final = 24 * 3600
SALT: Final = "seen-for-approval"
MOST: Final = 60
"""Proposals on one page, the most urgent of all."""
BRIEF: Final = 60
"""Characters of a proposal in words that a list shows."""


@dataclass(frozen=True)
class ProposalRow(CaseRow):
    """A proposal of the queue. `why`: what keeps the reader from deciding on it, and who can instead.

    `mark`: the reader has looked at it and marked it; `meanwhile`: what has happened since then.
    """

    _: KW_ONLY
    reading: Reading
    decision: AvailableAction
    by: str
    since: tuple[NewsSince, ...]
    why: tuple[Message, ...]
    mark: ApprovalMark | None
    meanwhile: tuple[NewsSince, ...]

    @property
    def action(self) -> str:
        return self.decision.action.name

    @property
    def at(self) -> datetime | None:
        return self.reading.proposal.at if self.reading.proposal else None

    @cached_property
    def disputed(self) -> Sequence[Dispute]:
        return disputes(self.reading.definition, self.reading.past, self.reading.words)

    @property
    def lines(self) -> tuple[Words, ...]:
        """What the proposal comes to."""
        found = tuple(_finding_words(self.reading, one) for one in self.disputed if one.finding)
        return found or tuple(_answer_words(self.reading))

    @property
    def against(self) -> bool:
        """Whether it refuses the firm anything: a field stays as it was, or the case ends against it."""
        target = target_of(self.reading, self.decision.action)
        return any(one.finding not in GRANTED for one in self.disputed) or bool(target and target.adverse)

    @cached_property
    def clock(self) -> RunningDeadline | None:
        return clock_of_desk(self.reading, clocks(self.reading))

    @property
    def left(self) -> Message:
        return self.clock.words if self.clock else say("no deadline")

    @property
    def tone(self) -> str:
        return self.clock.urgency if self.clock else "run"


def _queue() -> dict[str, Any]:
    """The reader's queue, the first due first: some twenty statements, however many wait.

    It is sorted by what its reader can do: approve what was seen and marked, look, or leave it to others.
    """
    found = rows(db.session(), identity(), awaits_decision_of(identity()), most=MOST + 1)
    files = read_cases(db.session(), [row.case_id for row in found[:MOST]])
    readings = {one.file.id: one for one in readings_of(db.session(), world(), files, identity(), now())}
    facts, desk = _facts_of(readings.values()), people_reader(db.session(), today())
    lines = [
        line
        for row in found[:MOST]
        if row.case_id in readings
        and (line := readable(row.number, partial(_waiting, row, readings[row.case_id], facts[row.case_id], desk)))
    ]
    return {
        "marked": [line for line in lines if line.mark and not line.why],
        "to_see": [line for line in lines if not line.mark and not line.why],
        "barred": [line for line in lines if line.why],
        "count": len(lines),
        "more": len(found) > MOST,
    }


def _decision_on(reading: Reading) -> AvailableAction | None:
    """The act by which the reader's role decides on the proposal that waits, open or not."""
    acts = (one for one in reading.open_acts if one.action.part is DECIDES)
    return next(acts, None) if reading.proposal else None


def _facts_of(readings: Collection[Reading]) -> dict[int, dict[str, Any]]:
    """What is read once for the whole queue, by case: who proposed, the reader's mark, changes since either."""
    session, marks = db.session(), marks_of(db.session(), identity().user_id)
    since = _changes(one for one in map(proposal_of, readings) if one)
    marked = ((one.file, marks[one.file.id]) for one in readings if one.file.id in marks)
    meanwhile = _changes(Since(file, mark.seen, mark.opened_at) for file, mark in marked)
    proposed_by = {one.file.id: one.proposal.person or 0 for one in readings if one.proposal}
    names = names_of(session, proposed_by.values())
    return {
        one.file.id: {
            "by": names.get(proposed_by.get(one.file.id, 0), ""),
            "since": news_of(one, since.get(one.file.id, ())),
            "mark": marks.get(one.file.id),
            "meanwhile": news_of(one, meanwhile.get(one.file.id, ())),
        }
        for one in readings
    }


def _changes(asked: Iterable[Since]) -> dict[int, tuple[Change, ...]]:
    all_asked = list(asked)
    found = changes_since(db.session(), identity(), all_asked)
    return {one.file.id: changes for one, changes in zip(all_asked, found, strict=True)}


def _waiting(row: WorkRow, reading: Reading, facts: Mapping[str, Any], desk: PeopleOfDesk) -> ProposalRow | None:
    decision = _decision_on(reading)
    if decision is None:
        return None
    why: tuple[Message, ...] = ()
    if decision.refusal:
        others = who_else(reading, decision.action, desk) if isinstance(decision.refusal, Forbidden) else ()
        why = (decision.refusal.message, *others)
    return ProposalRow(row, reading=reading, decision=decision, why=why, **facts)


def _finding_words(reading: Reading, one: Dispute) -> Words:
    label = field_label(reading.record, one.field)
    if one.finding not in GRANTED:
        return say("{field}: {finding}", field=label, finding=FINDINGS[one.finding])
    if one.field == DISPLAY:
        return say("The display ends")
    value = one.claim if one.finding == AS_CLAIMED else one.value
    now = str(reading.record.values.get(one.field, "")) if reading.record else ""
    if max(len(value), len(now)) > LONGEST:
        return say("{field}: {finding}", field=label, finding=FINDINGS[one.finding])
    column = column_in(reading.record, one.field)
    old, new = (shown_in(text, column) for text in (now, value))
    if not now:
        return say("{field} {value}", field=label, value=new)
    return say("{field} {old} → {new}", field=label, old=old, new=new)


def _answer_words(reading: Reading) -> Iterator[Words]:
    """What was chosen, else the beginning of what was written."""
    assert reading.proposal
    said = answers_of(reading, reading.proposal)
    chosen = [one.words for one in said if one.field.kind is FieldKind.CHOICE]
    written = [one.words for one in said if isinstance(one.words, str)]
    yield from chosen or [words if len(words) <= BRIEF else words[: BRIEF - 1] + "…" for words in written[:1]]


@pages.get("/approvals")
@requires(roles=DECIDING)
def index() -> ResponseReturnValue:
    """What waits for the reader's decision."""
    return _page()


@pages.get("/approvals/next")
@requires(roles=DECIDING)
def following() -> ResponseReturnValue:
    """To the most urgent proposal that the reader has not marked yet; where there is none, to the queue."""
    waiting = _queue()["to_see"]
    if not waiting:
        return redirect(url_for("approvals.index"))
    return redirect(url_for("acts.show", number=waiting[0].number, action=waiting[0].action))


@pages.post("/approvals/mark")
@requires(roles=DECIDING)
def put_mark() -> ResponseReturnValue:
    """Keep that the reader has opened this proposal and would approve it as it was shown; then on to the next."""
    seen = _seen_in(request.form.get("seen", ""))
    if seen is None:
        return _page(_("Nothing was marked: open the case and mark it there."))
    mark(seen, now())
    number = db.session().get_one(Case, seen.case_id).number
    flash(_("%(number)s is marked. It is approved only when you approve the marked together.", number=number))
    return redirect(url_for("approvals.following"))


@pages.post("/approvals/unmark")
@requires(roles=DECIDING)
def take_mark() -> ResponseReturnValue:
    """Take a mark away: the case waits as before."""
    rows = found_rows(request.form.getlist("case"))
    unmark(identity().user_id, [row.case_id for row in rows.values()])
    return redirect(url_for("approvals.index"))


@pages.post("/approvals")
@requires(roles=DECIDING)
def approve() -> ResponseReturnValue:
    """Approve the marked that were chosen, each by itself and as it was seen."""
    asked = request.form.getlist("case")
    if not asked:
        return _page(_("Nothing was approved: choose at least one of the marked."))
    marks, opinion = marks_of(db.session(), identity().user_id), request.form.get("opinion", "").strip()
    results = [result for number in dict.fromkeys(asked) for result in _decide(number, marks, opinion)]
    return results_page("desk/approved.html", results, opinion=opinion, left=len(_queue()["to_see"]))


@pages.app_template_global()
def seen_token(reading: Reading, name: str) -> str:
    """The sign that this person was shown this proposal in this version now; empty where it cannot be marked."""
    decision = _decision_on(reading)
    if decision is None or decision.why_not or decision.action.name != name:
        return ""
    if template_of(reading, decision.action) != "acts/approve.html":  # one opinion for several is not all that it asks
        return ""
    file = reading.file
    shown = [identity().user_id, file.id, name, file.length, now().isoformat()]
    return str(signer(SALT).dumps(shown))


def _seen_in(token: str) -> ApprovalMark | None:
    """What such a sign says; None where it was not made for this person within a day."""
    try:
        user_id, case_id, action, version, opened_at = signer(SALT).loads(token, max_age=DAY)
    except BadSignature:
        return None
    if user_id != identity().user_id:
        return None
    opened = datetime.fromisoformat(opened_at)
    return ApprovalMark(user_id=user_id, case_id=case_id, action=action, seen=version, opened_at=opened)


def _decide(number: str, marks: dict[int, ApprovalMark], opinion: str) -> list[ActResult]:
    case = find_case(db.session(), identity(), number)
    marked = marks.get(case.id) if case else None
    name = marked.action if marked else ""
    if case and not marked:  # sent twice, the mark is gone and the act is there
        name = read_cases(db.session(), [case.id])[0].snapshot.past[-1].action

    def take(row: WorkRow, person: Person) -> RecordedMove:
        if marked is None:
            raise Impossible(say("You have not marked this case: open it first."))
        return approve_marked(world(), marked, identity(), person, _answers(row, marked.action, opinion), now())

    return act_on([number], name, take)


def _answers(row: WorkRow, name: str, opinion: str) -> dict[str, object]:
    """The one opinion, where the act asks for words; an act that asks nothing gets none."""
    action = all_kinds()[row.kind].action(name, row.state, row.variant)
    asked = action.asks if action else ()
    return {field.name: opinion for field in asked if field.kind is FieldKind.TEXT}


def _page(refusal: str = "") -> ResponseReturnValue:
    return render_template("desk/approvals.html", queue=_queue(), refusal=refusal), 422 if refusal else 200
