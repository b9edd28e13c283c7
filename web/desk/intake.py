"""Intake: what waits for the office's first decision, each case beside its queue, decided without leaving the page.

The choices post to the acts of the case itself: nothing is decided here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import and_, not_, or_

from cases.kinds import all_kinds
from cases.lists.alike import on_same_document
from cases.lists.worklists import at_intake, count, counts, intake_to_decide, rows
from cases.model.bisect import readable
from cases.model.custody import returns
from cases.model.disputed import Subject, subjects_of
from cases.model.tables import Case
from cases.model.visibility import find_case
from extensions import db
from registry.columns import shown_in
from registry.credit_records import CreditRecord, changes_of
from web.acts.page import template_of
from web.acts.phrases import offers_of
from web.acts.request import ChosenAct, asks_of_a_record, draft_line, form_with_draft
from web.case.choices import OfferedAct, choices_of
from web.case.claims import claim_table, heading
from web.case.deadlines import clock_of_desk, clocks
from web.case.events import filed_answers
from web.case.list_row import CaseRow
from web.case.page import found_reading
from web.case.reading import Reading
from web.parts.words import DaysLeft, Words, length, listed
from web.site.access import identity, requires
from web.site.action_form import INPUTS
from web.site.forms import ShownPage, page_read
from web.site.language import bureau_name
from web.site.record_words import column_in, field_label, template_words
from workflow.answers import suggested
from workflow.decide import AvailableAction
from workflow.definition import CHIEF, FILER, OFFICER, START, Action, FieldKind, Party
from workflow.guards import Within
from workflow.refusal import Message, say

pages = Blueprint("intake", __name__)
pages.context_processor(template_words)

BY_RECORD = {
    "supplied_by": (
        say("This bureau supplied the record."),
        say("It also made the decision."),
        say("The decision was made by {bureau}."),
    ),
    "determined_by": (
        say("This bureau made the decision."),
        say("It also supplied the data."),
        say("The data were supplied by {bureau}."),
    ),
}
"""By which column of the record it goes there, and what the other column says: the same bureau, or another."""


class IntakeRow(CaseRow):
    """A case at intake. It says nothing about one that is kept from somebody."""

    @property
    def about(self) -> Words:
        return "" if self.definition.closed_to else super().about

    @cached_property
    def days(self) -> DaysLeft:
        found = super().days
        return replace(found, due=None) if self.row.desk == Party.ENTERPRISE else found

    @property
    def to_do(self) -> Message | None:
        """The work, where that is not plain: the first step on what is disputed is to accept it or not."""
        opens = (action for action in self.definition.actions if START in action.source)
        new = any(self.row.state in action.targets for action in opens)
        waits = self.row.desk == Party.ENTERPRISE and self.row.due_on
        return None if new and not waits and self.subjects and not self.definition.closed_to else self.work


PAGE: Final = 50
"""Cases of the reader's own on a page."""
BESIDE: Final = 40
"""Cases that wait for others, shown below them: as many that wait for papers, as many of the rest."""


@dataclass(frozen=True)
class IntakeQueue:
    """A page of what waits for the reader, and under headings what waits for others: the most urgent, and how many."""

    shown: ShownPage[IntakeRow]
    others: Sequence[tuple[Message, Sequence[IntakeRow], int]]

    @property
    def lines(self) -> Sequence[IntakeRow]:
        return self.shown.rows

    @property
    def numbers(self) -> list[str]:
        """Every case on the page, in its order."""
        each = (self.lines, *(theirs for _title, theirs, _n in self.others))
        return [line.number for lines in each for line in lines]

    def after(self, number: str) -> str:
        """The reader's next case once this one is dealt with: the one below it, at the end of the list the first."""
        mine = [line.number for line in self.lines]
        place = mine.index(number) + 1 if number in mine else 0
        return next((one for one in (*mine[place:], *mine) if one != number), "")


def _queue() -> IntakeQueue:
    """The cases at intake that the reader may read."""
    session, who = db.session(), identity()
    mine, papers = intake_to_decide(who), at_intake(Party.ENTERPRISE)
    rest = and_(at_intake(Party.OFFICE), not_(mine))
    taken, free = and_(rest, Case.holder_id.is_not(None)), and_(rest, Case.holder_id.is_(None))
    n = counts(session, who, {"mine": mine, "taken": taken, "free": free, "papers": papers})
    found = page_read(n["mine"], PAGE, lambda most, skip: rows(session, who, mine, most=most, skip=skip))
    others = rows(session, who, rest, most=BESIDE) if n["taken"] or n["free"] else []
    waiting = rows(session, who, papers, most=BESIDE) if n["papers"] else []
    lines = iter(IntakeRow.of([*found.rows, *others, *waiting], timed=True))
    first, beside = [next(lines) for _row in found.rows], [next(lines) for _row in others]
    groups = (
        (say("Taken by colleagues"), [line for line in beside if line.row.holder_id], n["taken"]),
        (say("For the officers"), [line for line in beside if not line.row.holder_id], n["free"]),
        (say("Waiting for papers"), list(lines), n["papers"]),
    )
    page = ShownPage(first, found.first, found.last, found.total, found.before, found.after)
    return IntakeQueue(page, [group for group in groups if group[2]])


@pages.get("/intake")
@requires(roles={OFFICER, CHIEF})
def index() -> ResponseReturnValue:
    """The queue, with its first case beside it; on a phone the queue alone."""
    queue = _queue()
    return _page(queue, next(iter(queue.numbers), ""), alone=False)


@pages.get("/intake/<number>")
@requires(roles={OFFICER, CHIEF})
def show(number: str) -> ResponseReturnValue:
    """One case of the queue; `?act=` says which choice is open. What has left the queue gives way to its first."""
    if find_case(db.session(), identity(), number) is None:
        abort(404)
    queue = _queue()
    at = or_(at_intake(Party.OFFICE), at_intake(Party.ENTERPRISE))
    if number not in queue.numbers and not count(db.session(), identity(), at, Case.number == number):
        flash(_("%(number)s does not wait for a first decision any more.", number=number))
        return redirect(url_for("intake.index"))
    return _page(queue, number, alone=True)


def _page(queue: IntakeQueue, number: str, *, alone: bool) -> str:
    case = readable(number, partial(_case, number)) if number else None
    then = queue.after(number)
    act = case["open"] if case else None
    return render_template(
        "desk/intake.html",
        queue=queue,
        number=number,
        case=case,
        alone=alone,
        onward=url_for("intake.show", number=then) if then else url_for("intake.index"),
        act=act,
        draft=act["draft"] if act else None,
        offers=act["offers"] if act else None,
    )


def _case(number: str) -> dict[str, Any]:
    """The case with the choice of that name on, or else with the one along which most cases go on.

    A choice that is `apart` has its form on a page of its own; `open` is the form in the card that is on, if any.
    """
    reading, wanted = found_reading(number), request.args.get("act")
    acts = reading.open_acts
    choices = choices_of(reading, acts)
    opened = {one.action.name: one for one in acts if one.why_not is None}
    proposals = _put_forward(reading, opened.values())
    names = [choice.name for choice in choices.steps]
    on = wanted if wanted in names else next(iter(names), "")
    cards: list[dict[str, Any]] = [
        {"key": key, "choice": choice, "on": choice.name == on, "apart": _apart(reading, opened[choice.name])}
        for key, choice in enumerate(choices.steps, start=1)
    ]
    shown = next((card["choice"] for card in cards if card["on"] and not card["apart"]), None)
    return {
        "number": number,
        "files": list(reading.files.values()),
        "reading": reading,
        "heading": heading(reading),
        "clock": clock_of_desk(reading, clocks(reading)),
        "claims": claim_table(reading),
        "filed": filed_answers(reading),
        "similar": _similar_cases(reading),
        "goes": _destination(reading),
        "kept_from": _kept_from(reading),
        "put_forward": proposals,
        "by": _by(reading),
        "cards": cards,
        "others": choices.others,
        "hands": choices.hands,
        "used": choices.used,
        "never_came": _never_came(reading),
        "open": _form(reading, shown, opened[shown.name], proposals) if shown else None,
    }


def _apart(reading: Reading, chosen: AvailableAction) -> bool:
    return asks_of_a_record(chosen.action) or template_of(reading, chosen.action) != "acts/act.html"


def _form(
    reading: Reading, choice: OfferedAct, chosen: AvailableAction, proposals: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The form as the page of the act has it; what is put forward is chosen already, unless something was kept."""
    scene = ChosenAct(reading, chosen, reading.record)
    form, files = form_with_draft(scene)
    for one in proposals:
        if one["act"] == choice.name and scene.draft is None:
            form[one["field"]].data = one["answer"]
    return {
        "number": reading.file.number,
        "name": choice.name,
        "label": choice.label,
        "final": choice.final,
        "form": form,
        "kept": files,
        "draft": draft_line(reading, scene.draft),
        "offers": offers_of(scene, form),
    }


def _by(reading: Reading) -> Message:
    """Who handed it in."""
    opening = reading.events[0]
    name = reading.names.get(opening.person or 0, "")
    if opening.person is None:
        return say("Opened by the office.")
    if opening.body["role"] == FILER.name:
        return say("{name}, for the firm", name=name)
    return say("Entered by {name}; it did not come through the site.", name=name)


def _never_came(reading: Reading) -> Message | None:
    """That papers were asked and their time has passed: the clock put the case back before the office."""
    moves = [past for past in reading.past if past.source != past.target]
    if not moves or moves[-1].role != "clock" or reading.state.desk is not Party.OFFICE:
        return None
    asked = next((past for past in reversed(moves[:-1]) if past.target == moves[-1].source), None)
    if asked is None or reading.definition.state(asked.target).desk is not Party.ENTERPRISE:
        return None
    return say(
        "Papers were asked for on {asked}; by {day} nothing had come. The time goes on from where it stood.",
        asked=asked.on,
        day=moves[-1].on,
    )


def _destination(reading: Reading) -> dict[str, Any] | None:
    """The bureau to which it goes by the record and the procedure, why, what that bureau lacks before it can decide,
    how it may send it back; none where a route, or a person, chooses the bureau."""
    record = reading.record
    routes = [effect.of for action in _rows_of_variant(reading) for effect in action.does if effect.name == "route"]
    column = next((column for column in routes if column in BY_RECORD), "")
    if record is None or not column:
        return None
    named = {"supplied_by": record.supplied_by_id, "determined_by": record.determined_by_id}
    bureau, other = (reading.bureaus[id] for id in (named.pop(column), *named.values()))
    why, also, by_another = BY_RECORD[column]
    first = changes_of(reading.session, record)[:1]
    lacks = (say("the body that reviews its decisions"), bureau.review_body), (say("the court"), bureau.court)
    return {
        "bureau": bureau_name(bureau),
        "why": why,
        "more": also if bureau is other else say(by_another.id, bureau=bureau_name(other)),
        "entered_on": reading.world.jurisdiction.day_of(first[0].at) if first else None,
        "lacks": [words for words, entered in lacks if not entered],
        "may_return": _may_return(reading),
    }


def _put_forward(reading: Reading, acts: Iterable[AvailableAction]) -> list[dict[str, Any]]:
    """What the kind puts forward for the choices of these acts, by what the opening of this case says, and why: nobody
    is bound by it."""
    said = reading.past[0].codes if reading.past else {}
    return [
        {
            "act": one.action.name,
            "field": field.name,
            "answer": found.answer,
            "words": say(next(choice.label for choice in field.choices if choice.code == found.answer)),
            "because": say(found.because),
        }
        for one in acts
        for field in one.action.asks
        if (found := suggested(field, said))
    ]


def _kept_from(reading: Reading) -> Message | None:
    """Whom a case is about that is kept from them."""
    name = reading.definition.closed_to
    field = next((field for field in reading.events[0].action.asks if field.name == name), None)
    if field is None or field.kind is not FieldKind.CHOICE:
        return None
    bureau = reading.bureaus.get(reading.file.snapshot.complained_bureau or 0)
    of = reading.file.snapshot.complained_of
    whom = bureau_name(bureau) if bureau else INPUTS[field.kind].said(field, of, reading)
    return say("{whom} reads nothing of it.", whom=whom)


def _rows_of_variant(reading: Reading) -> list[Action]:
    """The rows of the procedure that are open to this variant."""
    variant = reading.file.snapshot.variant
    return [action for action in reading.definition.actions if not action.variants or variant in action.variants]


def _may_return(reading: Reading) -> Message | None:
    """How long the bureau may say that it is not its own."""
    for action in _rows_of_variant(reading):
        for guard in action.guard:
            if isinstance(guard, Within) and any(returns(reading.definition, action, one) for one in action.source):
                rule = reading.world.limit_of(reading.file.snapshot, guard.rule)
                return say("If it is not its own it may send it back within {span}.", span=length(rule.n, rule.unit))
    return None


def _similar_cases(reading: Reading) -> list[dict[str, Any]]:
    """The cases on the same record or document that the reader may read, open ones first; with the next day of each
    while it is open, else the day on which it was closed."""
    if reading.record is None:
        return []
    found = on_same_document(reading.session, reading.identity, reading.record, reading.file.id)
    claimed = subjects_of(reading.session, [reading.file.id, *(case.id for case, _record, _firm in found)])
    similar = []
    for case, record, firm in found:
        definition, here, there = all_kinds()[case.kind], claimed[reading.file.id], claimed[case.id]
        differs = list(_differs(reading, case, firm, here, there))
        similar.append(
            {
                "number": case.number,
                "kind": say(definition.label),
                "same": listed(_same(reading, record, here, there)),
                "differs": listed(differs) if differs else None,
                "state": say(definition.state(case.state).label),
                "due_on": None if case.closed_at else case.due_day,
                "closed_on": reading.world.jurisdiction.day_of(case.closed_at) if case.closed_at else None,
            }
        )
    return similar


def _same(
    reading: Reading, record: CreditRecord, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    yield say("the same record") if record.id == reading.file.record_id else say("the same document")
    values = {one.field: one.claim for one in there}
    for one in here:
        if one.field in values:
            label = field_label(reading.record, one.field)
            alike = one.claim and values[one.field] == one.claim
            yield say("{field}, the same new value", field=label) if alike else label


def _differs(
    reading: Reading, case: Case, firm: str, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    if case.kind != reading.file.kind:
        yield say("another kind: {kind}", kind=say(all_kinds()[case.kind].label))
    if case.enterprise_id != reading.file.enterprise_id:
        yield say("filed by {firm}", firm=firm)
    ours = {one.field: one.claim for one in here}
    for one in there:
        label = field_label(reading.record, one.field)
        if one.field not in ours:
            yield say("disputes {field}", field=label)
        elif one.claim != ours[one.field]:
            value = shown_in(one.claim, column_in(reading.record, one.field))
            yield say("{field} should be {value}", field=label, value=value)
