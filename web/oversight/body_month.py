"""A month of one body, stage by stage: how many took how long beside their limit, where the days went, who was late.

Stages are compared with those of the other bodies; persons never are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from cases.figures.stages import BodyStage, SaidWhy, body_stages, said_why
from cases.figures.statistics import first_month
from cases.kinds import all_kinds
from cases.model.months import Month
from extensions import db
from notifications.languages import span
from registry.organisations import Bureau
from web.case.list_row import firm_in_list
from web.oversight.assessment import READERS, bureaus_seen
from web.parts.bars import BarValue, Spread, Spreads, ValueBar, bars, spreads
from web.parts.words import Words, in_a_row
from web.site.access import identity, requires, today, world
from web.site.language import body_names, month_words
from workflow.calendar import Unit
from workflow.definition import AUDITOR, CHIEF, OFFICER, Deadline, Party
from workflow.limits import Mark, mark_of
from workflow.refusal import Message, say

pages = Blueprint("body_month", __name__)

Key = tuple[str, str, int, Unit]
"""Kind, deadline, and its limit: the same stage under another limit is another row."""


@dataclass(frozen=True)
class StageRow:
    """One stage of the month: its name and limit, how many took how long, and how many were late by how much at
    most."""

    kind: Message
    label: Message
    limit: Message
    mark: Mark
    drawn: Spread
    n: int
    middle: Message
    late: int
    longest: Message | None


@dataclass(frozen=True)
class StageParts:
    """Days of a stage on average, as its limit counts them: up to the proposal and from it on; beside them those of the
    other bodies."""

    kind: Message
    label: Message
    own: ValueBar
    others: ValueBar | None


@dataclass(frozen=True)
class LateStage:
    """One deadline that was kept late, or is late: of a case that the reader may not know of, without a number."""

    of: BodyStage
    firm: Words
    label: Message
    late: Message
    held: int
    why: SaidWhy | None


@pages.get("/assessment/office")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def office() -> ResponseReturnValue:
    """Our own office is not left out."""
    return _page(Party.OFFICE, None)


@pages.get("/assessment/<int:id>")
@requires(roles=READERS)
def bureau(id: int) -> ResponseReturnValue:
    """A bureau: for its own head, the office and the auditor."""
    only = bureaus_seen()
    if only is not None and id not in only:
        abort(404)
    return _page(Party.BUREAU, db.session().get(Bureau, id) or abort(404))


def _page(party: Party, body: Bureau | None) -> ResponseReturnValue:
    session, this, id = db.session(), Month.of(today()), body.id if body else None
    asked = request.args.get("month")
    month = Month.read(asked) if asked else this
    if month is None or month > this:
        abort(404)
    everybody = body_stages(session, identity(), world(), party, month, today())
    own = [one for one in everybody if one.timer.bureau == id]
    groups = _grouped(own)
    late = sorted((one for one in own if one.late), key=lambda one: (-one.late, one.number))
    rows, ticks = _stage_rows(groups)
    names = body_names(session)
    return render_template(
        "oversight/body_month.html",
        name=names.whole[id] if id else names.office,
        body_id=id,
        month=month,
        months=list(min(first_month(session) or month, month).up_to(this)),
        month_words=month_words,
        sentence=_sentence(own, late) if own else None,
        is_late=bool(late),
        rows=rows,
        ticks=ticks,
        days=_stage_days(groups, _grouped(everybody)) if party is Party.BUREAU else [],
        late=_late_stages(id, late),
    )


def _grouped(stages: Iterable[BodyStage]) -> dict[Key, list[BodyStage]]:
    """By kind, deadline and limit, in the order in which a case comes to them."""
    found: dict[Key, list[BodyStage]] = defaultdict(list)
    for one in stages:
        found[one.kind, one.timer.deadline, one.timer.n, one.timer.unit].append(one)
    kinds = {name: [each.name for each in kind.deadlines] for name, kind in all_kinds().items()}
    kind_order = list(kinds)

    def place(key: Key) -> tuple[int, int, int]:
        return kind_order.index(key[0]), kinds[key[0]].index(key[1]) if key[1] in kinds[key[0]] else -1, key[2]

    return {key: found[key] for key in sorted(found, key=place)}


def _stage_rows(groups: Mapping[Key, Sequence[BodyStage]]) -> tuple[list[StageRow], Spreads]:
    drawn = spreads([(_took(those), None if key[3] is Unit.MONTH else key[2]) for key, those in groups.items()])
    rows = []
    for (key, those), spread in zip(groups.items(), drawn.rows, strict=True):
        kind, _, n, unit = key
        days = _in_days(unit)
        late = [one.late for one in those if one.late]
        rows.append(
            StageRow(
                say(all_kinds()[kind].label),
                say(_deadline(those[0]).label),
                span(n, unit),
                mark_of(those[0].rule),
                spread,
                len(those),
                say("median {days}", days=_length(median(one.used for one in those), days)),
                len(late),
                span(max(late), days) if late else None,
            )
        )
    return rows, drawn


def _took(stages: Iterable[BodyStage]) -> dict[int, tuple[int, int]]:
    """How many took so long, in time and late."""
    in_time, late = Counter[int](), Counter[int]()
    for one in stages:
        (late if one.late else in_time)[one.used] += 1
    return {length: (in_time[length], late[length]) for length in in_time | late}


def _in_days(unit: Unit) -> Unit:
    """What is counted in days a limit in months is."""
    return Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY


def _length(n: float, unit: Unit) -> Message:
    return span(int(n), unit) if n == int(n) else say("{n} {unit}", n=f"{n:.1f}", unit=span(2, unit).values["unit"])


def _deadline(one: BodyStage) -> Deadline:
    return all_kinds()[one.kind].deadline(one.timer.deadline, one.variant)


def _stage_days(
    groups: Mapping[Key, Sequence[BodyStage]], everybody: Mapping[Key, Sequence[BodyStage]]
) -> list[StageParts]:
    """The stages in which something is proposed: the parts of the days of those that have ended."""
    values: list[BarValue] = []
    found: list[tuple[Key, bool]] = []
    for key, those in groups.items():
        own, others = _parts(those), _parts(one for one in everybody[key] if one not in those)
        if own is None:
            continue
        first, rest = own
        words = say("{first} + {rest} = {all} d", first=f"{first:.1f}", rest=f"{rest:.1f}", all=f"{first + rest:.1f}")
        values.append(BarValue("", (("bureau", first), ("approval", rest)), words))
        if others:
            words = say("other bureaus {days} d", days=f"{sum(others):.1f}")
            values.append(BarValue("", (("office", sum(others)),), words))
        found.append((key, others is not None))
    drawn = iter(bars(values))
    return [
        StageParts(
            say(all_kinds()[key[0]].label),
            say(_deadline(groups[key][0]).label),
            next(drawn),
            next(drawn) if with_others else None,
        )
        for key, with_others in found
    ]


def _parts(stages: Iterable[BodyStage]) -> tuple[float, float] | None:
    """Days up to the first proposal, and after it, on average; None where nothing was proposed."""
    ended = [(one.until_proposed, one.used) for one in stages if one.timer.stopped]
    proposed = [(first, whole - first) for first, whole in ended if first is not None]
    if not proposed:
        return None
    return fmean(first for first, _ in proposed), fmean(rest for _, rest in proposed)


def _late_stages(id: int | None, late: Sequence[BodyStage]) -> list[LateStage]:
    named = [one.case_id for one in late if one.named]
    why = said_why(db.session(), id, named) if named else {}
    return [
        LateStage(
            one,
            firm_in_list(one.kind, one.firm),
            say(_deadline(one).label),
            span(one.late, _in_days(one.timer.unit)),
            sum(((hold.end or one.timer.stopped or today()) - hold.start).days for hold in one.timer.holds),
            why.get(one.case_id) if one.named else None,
        )
        for one in late
    ]


def _sentence(own: Sequence[BodyStage], late: Sequence[BodyStage]) -> Message:
    """How many ended, how many in time, and which is the latest of those that go on."""
    ended, said = [one for one in own if one.timer.stopped], []
    if ended:
        too_late = sum(bool(one.late) for one in ended)
        values = {"n": len(ended), "kept": len(ended) - too_late, "late": too_late}
        said.append(say("Stages that ended: {n}. In time: {kept}; late: {late}.", **values))
    going = [one for one in late if not one.timer.stopped]
    if going:
        said.append(say("Late and not done: {n}.", n=len(going)))
    if going and going[0].named:
        worst = going[0]
        label, over = say(_deadline(worst).label), span(worst.late, _in_days(worst.timer.unit))
        said.append(say("Longest late: {number}, {stage}, {late}.", number=worst.number, stage=label, late=over))
    return in_a_row(said)
