"""The limits in force, for everybody, as a page and as a sheet; and what is ours to decide."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flask import Blueprint, Response, get_template_attribute, render_template, request
from flask.typing import ResponseReturnValue

from cases.kinds import all_kinds
from cases.kinds.common import OFFICIAL_LADDER
from notifications.languages import BASES
from notifications.remedies import UNITS
from web.public.calculator import AS_A_DAY, read_day
from web.public.house_decisions import HOUSE_DECISIONS
from web.site.access import identity, law, requires, today, world
from web.site.language import in_words, language
from workflow.calendar import Unit
from workflow.definition import Party
from workflow.jurisdiction import Jurisdiction, Remedy
from workflow.limits import Mark, Rule, mark_of
from workflow.refusal import say

MARKS: tuple[Mark, ...] = ("statute", "statute_unverified", "promise", "proposal", "analogy")


@dataclass(frozen=True)
class LimitRow:
    """One limit. `where` says for which cases it holds, `variant` for which sort; both empty: for all.

    `certainty` is "recalled" where the figure was found in no text: it then is a proposal without a citation.
    """

    kind: str
    name: str
    label: str
    n: int
    unit: Unit
    counted_from: str
    mark: Mark
    citation: str
    certainty: str
    note: str
    where: str = ""
    variant: str = ""
    extension: int | None = None
    extension_up_to: bool = False
    extension_mark: Mark | None = None
    window: bool = False
    key: str = ""
    since: date | None = None
    """The first filing day of this version."""


@dataclass(frozen=True)
class LimitGroup:
    """The rows of one kind; `handled` says whether such cases are taken here yet."""

    kind: str
    handled: bool
    rows: tuple[LimitRow, ...]


def limits_on(place: Jurisdiction, day: date, language: str, kinds: Collection[str]) -> tuple[LimitGroup, ...]:
    """Every limit for cases filed on a day, by kind, those of the kinds that are handled first."""
    rows = [row for rule in place.in_force(day) for row in rows_of(rule, language)]
    names = sorted(dict.fromkeys(row.kind for row in rows), key=lambda kind: kind not in kinds)
    return tuple(LimitGroup(kind, kind in kinds, tuple(row for row in rows if row.kind == kind)) for kind in names)


def marked(groups: tuple[LimitGroup, ...], mark: str) -> tuple[LimitGroup, ...]:
    """Only the rows that bear a mark; groups without one are left out."""
    if mark not in MARKS:
        return groups
    kept = (
        LimitGroup(group.kind, group.handled, tuple(row for row in group.rows if row.mark == mark)) for group in groups
    )
    return tuple(group for group in kept if group.rows)


def leading(groups: tuple[LimitGroup, ...]) -> tuple[LimitGroup, ...]:
    """The limits to know first: of the first kind its first step, what a text gives and what can become longer; of
    the others what a text binds to or was promised."""
    kept = (replace(group, rows=tuple(row for row in group.rows if _leads(row, group, groups[0]))) for group in groups)
    return tuple(group for group in kept if group.rows)


def _leads(row: LimitRow, group: LimitGroup, first: LimitGroup) -> bool:
    if row.window:
        return False
    if group.kind != first.kind:
        return row.mark not in ("proposal", "analogy")
    return row == group.rows[0] or row.mark != "proposal" or row.extension is not None


def counted(groups: tuple[LimitGroup, ...]) -> dict[Mark, int]:
    """How many rows bear each mark; a mark that none bears counts 0."""
    found = Counter(row.mark for group in groups for row in group.rows)
    return {mark: found[mark] for mark in MARKS}


def remedies_of(place: Jurisdiction, after: Collection[str], language: str) -> tuple[tuple[Remedy, LimitRow], ...]:
    """What the law opens after a decision or after silence, each with its limit."""
    return tuple((remedy, _remedy(remedy, language)) for remedy in place.remedies if remedy.after in after)


def rows_of(rule: Rule, language: str) -> tuple[LimitRow, ...]:
    """The limit, and the same where a text binds only some cases."""
    row = _row(rule, "", language)
    return (row, _row(rule.bound(), rule.binding.where, language)) if rule.binding else (row,)


def _row(rule: Rule, where: str, language: str) -> LimitRow:
    return LimitRow(
        kind=rule.kind,
        name=rule.name,
        label=rule.label,
        n=rule.n,
        unit=rule.unit,
        counted_from=rule.counted_from,
        mark=mark_of(rule),
        citation=_citation(rule, language),
        certainty=rule.certainty,
        note=rule.note,
        where=where,
        variant=rule.variant,
        extension=rule.extension,
        extension_up_to=rule.extension_up_to,
        extension_mark=_extension_mark(rule),
        window=rule.window,
        key=rule.key,
        since=rule.valid_from,
    )


def _extension_mark(rule: Rule) -> Mark | None:
    """The mark of the extension, where it is not that of the limit itself."""
    of_extension = rule.of_extension
    return None if of_extension in (None, rule.basis) else of_extension


def _remedy(remedy: Remedy, language: str) -> LimitRow:
    return LimitRow(
        kind="remedy",
        name=remedy.name,
        label=remedy.label[language],
        n=remedy.n,
        unit=remedy.unit,
        counted_from=remedy.counted_from,
        mark="statute_unverified" if remedy.certainty == "second_hand" else "statute",
        citation=_citation(remedy, language),
        certainty=remedy.certainty,
        note=remedy.note,
    )


def _citation(cited: Rule | Remedy, language: str) -> str:
    return cited.citation_en if language == "en" else cited.citation


HEADINGS: Final = (
    say("Matter"),
    say("Step"),
    say("For"),
    say("Limit"),
    say("Unit"),
    say("Longer by"),
    say("Counted"),
    say("Basis"),
    say("Source"),
    say("What to know"),
    say("First filing day"),
    say("Key"),
)


def sheet_of(groups: Iterable[LimitGroup]) -> str:
    """A line a limit under a line of headings."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([in_words(heading) for heading in HEADINGS])
    for group in groups:
        writer.writerows(_cells(row) for row in group.rows)
    return f"\ufeff{target.getvalue()}"


def _cells(row: LimitRow) -> tuple[object, ...]:
    kind = all_kinds().get(row.kind)
    return (
        in_words(say(kind.label)) if kind else row.kind,
        in_words(say(row.label)),
        _for(row),
        row.n,
        in_words(UNITS[str(row.unit)]),
        row.extension or "",
        in_words(say(row.counted_from)),
        in_words(BASES[row.mark]),
        row.citation,
        in_words(say(row.note)) if row.note else "",
        row.since,
        row.key,
    )


def _for(row: LimitRow) -> str:
    """For which cases it holds; empty: for all."""
    if row.where:
        return in_words(say(row.where))
    return str(get_template_attribute("parts/limits.html", "variant_name")(row.variant)) if row.variant else ""


pages = Blueprint("rules", __name__)


@pages.get("/rules")
@requires(public=True)
def rules() -> ResponseReturnValue:
    """Every limit for cases filed today, or on the day of `?on=`; `?mark=` shows those of one basis."""
    typed, mark = request.args.get("on", "").strip(), request.args.get("mark", "")
    day, fault = _asked_day(typed)
    groups = limits_on(world().jurisdiction, day, language(), tuple(all_kinds()))
    page = render_template(
        "public/rules/all.html",
        groups=marked(groups, mark),
        counts=counted(groups),
        mark=mark,
        day=day,
        typed=typed,
        fault=fault,
        remedies=remedies_of(law(), ("decision", "silence", "review"), language()),
        grounds=law().grounds,
        fees=law().fees,
        ladder=OFFICIAL_LADDER,
        decisions=HOUSE_DECISIONS,
        place=law().place,
        begins=law().begins,
        at_work=identity().parties & {Party.OFFICE, Party.BUREAU},
    )
    return page, 422 if fault else 200


@pages.get("/rules.csv")
@requires(public=True)
def sheet() -> ResponseReturnValue:
    """The same limits as a sheet, in the language of the page."""
    day, _fault = _asked_day(request.args.get("on", "").strip())
    groups = limits_on(world().jurisdiction, day, language(), tuple(all_kinds()))
    headers = {"Content-Disposition": f'attachment; filename="rules-{day}.csv"'}
    return Response(sheet_of(groups), mimetype="text/csv", headers=headers)


def _asked_day(typed: str) -> tuple[date, str]:
    """The day asked for, and what is wrong with it: then it is today."""
    if not typed:
        return today(), ""
    day = read_day(typed)
    return (day, "") if day else (today(), in_words(AS_A_DAY))
