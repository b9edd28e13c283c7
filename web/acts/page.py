"""The page of one act: what it is about, what it brings about, and what was proposed where it decides."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from cases.kinds import all_kinds
from cases.lists.alike import Alike, Difference, alike
from cases.model.disputed import Dispute, disputes
from cases.model.tables import Case
from notifications.languages import span
from registry.columns import KINDS, shown_in
from registry.credit_records import changes_of
from registry.organisations import Bureau, Office
from web.acts.request import sent_back
from web.case.choices import EFFECTS, consequences, linked_case, target_of
from web.case.claims import Table, claim_table, heading, stale_sums
from web.case.deadlines import clock_of_desk, clocks
from web.case.events import Exhibit, Said, answers_of, came_back, exhibits, filed_answers, since_proposal
from web.case.list_row import LONGEST
from web.case.page import Related, on_the_same_record
from web.case.path import Way, actor_of, ahead, ends, leading_on, milestones
from web.case.reading import CaseEvent, Reading
from web.case.turn import asked_of_firm, stops
from web.parts.words import Words, listed
from web.site.language import language
from web.site.record_words import column_in, field_label, handler_names
from workflow.calendar import Unit
from workflow.decide import AvailableAction
from workflow.definition import (
    CALLS_BACK,
    CASE,
    DECIDES,
    FILER,
    PROPOSES,
    SENDS_BACK,
    STAY,
    Action,
    Addressee,
    FieldKind,
    Party,
)
from workflow.guards import HasRemedy, NotHandler, Once
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED, KEPT, UNDECIDABLE, filing
from workflow.refusal import Message, say


class Appeal(NamedTuple):
    """A way of the law against the decision: what it is called, whom it leads to, within which time."""

    label: str
    body: str
    within: Words
    confirmed: bool


def appeals(reading: Reading, action: Action) -> Iterator[Appeal]:
    """The ways against what this act decides; none for one that needs no body to turn to."""
    needs = {guard.of for guard in action.guard if isinstance(guard, HasRemedy)}
    if not needs:
        return
    body = reading.bureau if Party.BUREAU in needs else reading.session.scalars(select(Office)).first()
    for remedy in reading.world.jurisdiction.remedies:
        if body and remedy.after == "decision" and remedy.body != "superior":
            name, confirmed = _turned_to(body, remedy.body)
            yield Appeal(remedy.label[language()], name, span(remedy.n, remedy.unit), confirmed)


def _turned_to(body: Bureau | Office, whom: str) -> tuple[str, bool]:
    english = language() == "en"
    if whom == "court":
        return (english and body.court_en) or body.court, body.court_confirmed
    return (english and body.review_body_en) or body.review_body, body.review_confirmed


SHOWN = 5


def earlier(reading: Reading) -> tuple[Related, ...]:
    """The other cases of the record, the newest first."""
    return tuple(reversed(on_the_same_record(reading, ())))


def same_mistakes(reading: Reading) -> Iterator[tuple[Message, Alike, list[tuple[str, Message]]]]:
    """Each mistake of this case that this bureau has met in the last year, with its newest cases and their states."""
    if reading.record is None:
        return
    kinds = {column.key: column.type for column in KINDS.get(reading.record.kind, ())}
    for one in alike(reading.session, reading.identity, reading.file, kinds, reading.today):
        field, difference = field_label(reading.record, one.difference.field), _in_words(one.difference)
        found = reading.session.scalars(select(Case).where(Case.number.in_(one.numbers[:SHOWN])))
        states = {case.number: say(all_kinds()[case.kind].state(case.state).label) for case in found}
        newest = [(number, states[number]) for number in one.numbers[:SHOWN]]
        yield say("{field}: {difference}", field=field, difference=difference), one, newest


def _in_words(difference: Difference) -> Message:
    by, later = abs(difference.by), difference.by > 0
    if difference.unit == "times" and later:
        return say("the record is {n} times the claim", n=by)
    if difference.unit == "times":
        return say("the claim is {n} times the record", n=by)
    distance = span(by, Unit.DAY)
    return say("{span} later", span=distance) if later else say("{span} earlier", span=distance)


BY_FIELD: Final = ("correct", "end_display", "keep_statement", "unflag", "open_case")
"""What is said here in detail, where there are findings."""


def on_record(reading: Reading, action: Action) -> Iterator[Message]:
    """What happens to the record until the end, once this is decided as it was proposed."""
    later = list(_later(reading, action))
    does = {effect.name: effect for row in (action, *later) for effect in row.does}
    found = disputes(reading.definition, reading.past, reading.words)
    for one in found:
        yield from _of_field(reading, one, set(does))
    if "unflag" in does:
        yield EFFECTS["unflag"]
    if "open_case" in does and any(one.finding in GRANTED for one in found):
        yield linked_case(reading, does["open_case"].of)


def at_the_end(reading: Reading, action: Action) -> Iterator[Message]:
    """The letter with which a later step closes the case."""
    last = next(iter(reversed(list(_later(reading, action)))), None)
    if last is None or all(notice.to is not Addressee.FILER for notice in last.tells):
        return
    end = target_of(reading, last)
    if end and end.adverse:
        yield say("At the end the firm gets a written answer with reasons, remedies, body and period.")
    else:
        yield say("At the end the firm is told the result in writing.")


def _later(reading: Reading, action: Action) -> Iterator[Action]:
    """The steps from where the decision leads to the end."""
    target, way = target_of(reading, action), Way.of(reading)
    states = (target.name, *ahead(way, target.name)) if target else ()
    for state, then in pairwise(states):
        yield from (row for row in leading_on(way, state) if then in row.targets)


def _of_field(reading: Reading, one: Dispute, does: set[str]) -> Iterator[Message]:
    label = field_label(reading.record, one.field)
    if one.finding in GRANTED and one.field == DISPLAY and "end_display" in does:
        yield say("The display of the record ends.")
    elif one.finding in GRANTED and one.field != DISPLAY and "correct" in does:
        value = one.claim if one.finding == AS_CLAIMED else one.value
        if len(value) > LONGEST:
            yield say("{field} becomes “{value}”; what stood there is kept.", field=label, value=value)
        else:
            said = shown_in(value, column_in(reading.record, one.field))
            yield say("{field} becomes {value}; what stood there is kept.", field=label, value=said)
    elif one.finding == UNDECIDABLE and "keep_statement" in does and one.joined:
        yield say("Beside {field} it is noted that it could not be established.", field=label)
    elif one.finding == UNDECIDABLE and "keep_statement" in does:
        yield say("Beside {field} stand the firm's words and that it could not be established.", field=label)


def act_view(reading: Reading, chosen: AvailableAction) -> dict[str, Any]:
    """Everything that the page of an act shows beside its form; `wanted`: what the firm's answer is asked for."""
    action, proposal = chosen.action, reading.proposal
    decides = action.part is DECIDES and proposal is not None
    back, final = sent_back(reading, action), ends(reading.definition, action)
    answers_the_desk = reading.state.desk is Party.ENTERPRISE and action.moves and not final
    return {
        "reading": reading,
        "number": reading.file.number,
        "name": action.name,
        "label": say(action.label),
        "heading": heading(reading),
        "final": final,
        "warnings": list(_warnings(reading, action)),
        "brings": list(_brings(reading, action, decides)),
        "claims": _claims(reading, action),
        "stale": stale_sums(reading, proposed=decides) if decides or action.part is PROPOSES else (),
        "filed": filed_answers(reading),
        "stops": list(stops(reading, milestones(reading))),
        "clock": clock_of_desk(reading, clocks(reading)),
        "judges": action.judges,
        "proposed": answers_of(reading, proposal, tabled=False) if proposal else (),
        "signers": list(_signers(reading, proposal)) if proposal and decides else (),
        "handlers_barred": any(isinstance(guard, NotHandler) for guard in action.guard),
        "since": since_proposal(reading),
        "statements": statements(reading),
        "back": _back(reading),
        "exhibits": exhibits(reading),
        "sums": _sums(reading) if decides else "",
        "appeals": list(appeals(reading, action)) if decides else (),
        "last": next(at_the_end(reading, action), None) if decides else None,
        "wanted": asked_of_firm(reading) if answers_the_desk else None,
        "sent_back": came_back(reading) if back else None,
        "earlier": partial(earlier, reading),
        "same_mistakes": partial(same_mistakes, reading),
    }


def _brings(reading: Reading, action: Action, decides: bool) -> Iterator[Message]:
    """What the act brings about; of a decision also what it does to the record, field by field, and how it ends."""
    if not decides:
        yield from consequences(reading, action)
        if action.part is CALLS_BACK:
            yield say("The time limit runs on, and nobody is told.")
        return
    yield from on_record(reading, action)
    yield from consequences(reading, action, BY_FIELD)
    yield from at_the_end(reading, action)


def _sums(reading: Reading) -> Words:
    """What the proposal comes to, counted: so many fields changed, kept, not established."""
    found = [one.finding for one in disputes(reading.definition, reading.past, reading.words)]
    changed, kept, open_still = sum(one in GRANTED for one in found), found.count(KEPT), found.count(UNDECIDABLE)
    counts = (
        (changed, say("{n} changed", n=changed)),
        (kept, say("{n} kept", n=kept)),
        (open_still, say("{n} not established", n=open_still)),
    )
    said = [words for number, words in counts if number]
    return listed(said) if said else ""


def template_of(reading: Reading, action: Action) -> str:
    """The page that fits an act: findings field by field, a proposal to decide on, or a plain form."""
    if action.part is PROPOSES and any(field.kind is FieldKind.FINDINGS for field in action.asks):
        return "acts/propose.html"
    nothing_else = all(field.internal and not field.required for field in action.asks)
    return "acts/approve.html" if action.part is DECIDES and nothing_else and reading.proposal else "acts/act.html"


def _claims(reading: Reading, action: Action) -> Table:
    """What is disputed; where the reader is to find, without findings that were sent back or are now reviewed."""
    table = claim_table(reading)
    if action.part is not PROPOSES:
        return table
    return replace(table, rows=tuple(replace(row, state="open") for row in table.rows))


def _warnings(reading: Reading, action: Action) -> Iterator[Message]:
    """What an act that ends the case leaves, before it is taken."""
    if not ends(reading.definition, action):
        return
    if FILER in action.by and reading.file.snapshot.round > 1:
        yield say("What was decided before then stands. This cannot be asked a second time.")
    elif FILER in action.by:
        yield say("The case ends here. You may file again, as a new case.")
    else:
        yield say("Once sent, it cannot be called back: the case ends here.")
        yield from (say("The firm can then: {act}.", act=say(row.label)) for row in _ways_back(reading, action))


def _ways_back(reading: Reading, action: Action) -> Iterator[Action]:
    """How the firm can take the case up again after such an end, where it was not used yet."""
    used = {past.action for past in reading.past}
    rows = {
        row
        for target in action.targets
        if target is not STAY
        for row in reading.definition.actions_from(str(target), reading.file.snapshot.variant)
    }
    for row in sorted(rows, key=lambda row: row.name):
        once = any(isinstance(guard, Once) for guard in row.guard)
        if row.reopens and FILER in row.by and not (once and row.name in used):
            yield row


class Statement(NamedTuple):
    """What the firm, another case or whoever opened it again has said in a case: who and when, words and files.

    `later`: after the proposal that waits.
    """

    what: Message
    by: Words
    at: datetime
    said: tuple[Said, ...]
    files: tuple[Exhibit, ...]
    later: bool


def statements(reading: Reading) -> list[Statement]:
    """What was said to the desks of a case since it was filed, the first first: a decision rests on it."""
    proposal, shown, found = reading.proposal, exhibits(reading), []
    filed = filing(reading.definition, reading.past).seq
    for event in reading.events[1:]:
        heard = event.body["role"] in (FILER.name, CASE.name) or event.action.reopens
        said = answers_of(reading, event) if heard and event.seq != filed else ()
        files = tuple(one for one in shown if said and one.file.event_id == event.id)
        if said:
            later, done = bool(proposal and event.seq > proposal.seq), say(event.action.done)
            found.append(Statement(done, actor_of(reading, event), event.at, said, files, later))
    return found


class Signer(NamedTuple):
    """One of those who check each other: their part, their name and when."""

    part: Message
    name: Words
    at: datetime | None = None


def _signers(reading: Reading, proposed: CaseEvent) -> Iterator[Signer]:
    """Who proposes, entered the record, handled it and approves; an import has no author in this sense (D27)."""
    if proposed.person is not None:
        yield Signer(say("Proposes"), reading.names.get(proposed.person, ""), proposed.at)
    record = reading.record
    if record is not None:
        typed = record.entered_by_id and changes_of(reading.session, record)
        yield Signer(say("Entered the record"), say("typed by a person") if typed else say("imported from a sheet"))
        yield Signer(say("Handler on the record"), handler_names(record) or say("the sheet names none"))
    yield Signer(say("Approves"), reading.person.name)


def _back(reading: Reading) -> tuple[str, Message] | None:
    """The act that sends the proposal back, offered beside the approval."""
    back = (one.action for one in reading.open_acts if one.action.part is SENDS_BACK and one.why_not is None)
    return next(((action.name, say(action.label)) for action in back), None)
