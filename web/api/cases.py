"""Cases over the API: one as its body may read it, and its deadlines with their proof."""

from flask import Response, abort
from pydantic import BaseModel, Field

from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.model.reading import read_cases
from cases.model.visibility import find_case
from extensions import db
from registry.organisations import Bureau
from registry.tokens import READ_CASES
from web.api.door import answer, pages, takes
from web.api.models import (
    NamedBody,
    NamedState,
    ShownAnswer,
    ShownCase,
    ShownDay,
    ShownDeadline,
    ShownDeadlines,
    ShownDueDay,
    ShownEvent,
    ShownLimit,
    ShownPaper,
    ShownPapers,
)
from web.case.deadlines import RunningDeadline, clock_of_desk, clocks, proof_of
from web.case.events import answers_of
from web.case.page import as_file, readable
from web.case.path import actor_of
from web.case.reading import CaseEvent, Reading, reading_of
from web.parts.words import Words
from web.site.access import identity, note_read, now, world
from web.site.language import bureau_name, in_words, language
from workflow.limits import mark_of
from workflow.refusal import Message, say


class PaperAsked(BaseModel):
    """Which of its two languages."""

    reading: str | None = Field(None, description="Whatever is sent: the English one to read.")


@pages.get("/cases/<number>")
@takes(READ_CASES, ShownCase, 404, versioned=True)
def case(number: str) -> Response:
    """A case as the body may read it."""
    reading = read(number)
    return answer(shown(reading), version=version_of(reading))


@pages.get("/cases/<number>/deadlines")
@takes(READ_CASES, ShownDeadlines, 404, versioned=True)
def deadlines(number: str) -> Response:
    """The deadlines that run, each with the limit it follows and the proof of its last day."""
    reading = read(number)
    running = [_deadline(reading, clock) for clock in clocks(reading)]
    version = version_of(reading)
    return answer(ShownDeadlines(number=number, version=version, deadlines=running), version=version)


@pages.get("/cases/<number>/papers")
@takes(READ_CASES, ShownPapers, 404)
def papers(number: str) -> Response:
    """The papers that were issued in a case, each with its number and check code."""
    found = [
        ShownPaper(
            id=one.id,
            number=one.number,
            title=in_words(say(paper_form(one.form).title)),
            issued_on=one.issued_on,
            check_code=one.check_code,
        )
        for one in readable(read(number))
    ]
    return answer(ShownPapers(number=number, papers=found))


@pages.get("/cases/<number>/papers/<int:paper_id>.pdf")
@takes(READ_CASES, None, 404, 409, query=PaperAsked)
def paper(number: str, paper_id: int) -> Response:
    """A paper as PDF: the official one in Chinese, or with `reading` the English one to read."""
    reading = read(number)
    found = next((one for one in readable(reading) if one.id == paper_id), None) or abort(404)
    note_read("paper", paper_id, reading.file.id)
    return as_file(found)


def read(number: str) -> Reading:
    """The case, through the scope of who asks; a kind that is kept from somebody is no machine's (D16)."""
    found = find_case(db.session(), identity(), number)
    if found is None or all_kinds()[found.kind].closed_to:
        abort(404)
    note_read("case", found.number, found.id)
    return reading_of(db.session(), world(), read_cases(db.session(), [found.id])[0], identity(), now())


def version_of(reading: Reading) -> int:
    """How many events the reader may know of."""
    return reading.file.length if reading.span.until is None else reading.span.until


def shown(reading: Reading) -> ShownCase:
    file, state = reading.file, reading.state
    clock = clock_of_desk(reading, clocks(reading))
    return ShownCase(
        number=file.number,
        version=version_of(reading),
        kind=file.kind,
        label=in_words(say(reading.definition.label)),
        variant=file.snapshot.variant,
        state=NamedState(name=state.name, label=in_words(say(state.label)), outcome=state.outcome),
        desk=str(state.desk or ""),
        filed_on=file.filed_on,
        closed_at=None if reading.lost else file.closed_at,
        record=file.record_id,
        document_number=file.document_number,
        enterprise=NamedBody(code=file.enterprise_code, name=file.enterprise_name),
        bureau=named_body(reading.bureau) if reading.bureau and not reading.lost else None,
        due=due_day(clock) if clock else None,
        lost=reading.lost,
        events=[_event(reading, event) for event in reading.events],
    )


def named_body(bureau: Bureau) -> NamedBody:
    return NamedBody(code=bureau.code or "", name=bureau_name(bureau))


def due_day(clock: RunningDeadline) -> ShownDueDay:
    return ShownDueDay(on=clock.due, provisional=clock.provisional)


def plain(words: Words) -> str:
    """Words in the language asked for."""
    return in_words(words) if isinstance(words, Message) else str(words)


def _event(reading: Reading, event: CaseEvent) -> ShownEvent:
    said = [
        ShownAnswer(field=one.field.name, label=plain(one.label), words=plain(one.words))
        for one in answers_of(reading, event)
    ]
    return ShownEvent(
        seq=event.seq,
        at=event.at,
        on=event.on,
        action=event.action.name,
        done=in_words(say(event.action.done)),
        by=plain(actor_of(reading, event)),
        state=event.body["target"],
        said=said,
        hash=event.hash,
    )


def _deadline(reading: Reading, clock: RunningDeadline) -> ShownDeadline:
    rule = clock.rule
    limit = ShownLimit(
        key=rule.key,
        n=rule.n,
        unit=str(rule.unit),
        basis=mark_of(rule, extended=bool(clock.timer.extended)),
        citation=rule.citation_en if language() == "en" else rule.citation,
    )
    days = [
        ShownDay(
            day=day.day,
            ordinal=day.ordinal,
            why=str(day.why),
            said=plain(why),
            source=plain(source),
            provisional=day.provisional,
        )
        for day, why, source in proof_of(reading, clock)
    ]
    return ShownDeadline(
        name=clock.deadline.name,
        label=plain(clock.label),
        owner=clock.owner,
        started_on=clock.timer.started,
        due=due_day(clock),
        left=clock.left,
        limit=limit,
        days=days,
    )
