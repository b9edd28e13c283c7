"""The limits in force, for everybody: how long, from when, on which basis, how sure; and what is ours to decide."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from cases.kinds import all_kinds
from cases.kinds.common import OFFICIAL_LADDER
from web.public.calculator import AS_A_DAY, read_day
from web.public.house_decisions import HOUSE_DECISIONS
from web.public.limit_rows import counted, limits_on, marked, remedies_of
from web.public.limit_sheet import sheet_of
from web.site.access import identity, requires
from web.site.context import law, today, world
from web.site.language import in_words, language
from workflow.definition import Party

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
