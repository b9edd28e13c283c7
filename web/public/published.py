"""What is published of records: a search, a record's own address, lists by field of business, and all of it as data.

Nothing here asks who reads. What has ended, what never was and what is mistyped answer alike.
"""

import csv
import io
import json
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from operator import attrgetter
from tempfile import SpooledTemporaryFile

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from cases.lists.published import (
    FIELDS,
    MOST,
    SHORTEST,
    PublicRecord,
    counted,
    ended,
    every_in,
    in_list,
    keyed_in,
    lists_on,
    newest_in,
    record_at,
    searched,
)
from cases.lists.records import PAGE
from extensions import db, transaction
from registry.columns import column_of
from registry.credit_records import statements_of
from registry.publication import COLUMNS, ENDED_FOR
from registry.tries import TooManyTries, count_search
from web.parts.display_facts import DisplayLine, display_line
from web.site.access import client_address, law, now, requires, today, whole_address
from web.site.forms import page_read
from web.site.language import language
from web.site.record_words import author_of, in_this_language, kind_label, template_words, value_words
from workflow.jurisdiction import PublicKind, PublicList
from workflow.refusal import Message, say

pages = Blueprint("published", __name__, url_prefix="/public")
pages.context_processor(template_words)

A_PAGE_OF_DATA = 500
IN_MEMORY = 4_000_000
TOO_SHORT = say(
    "Type at least {n} characters of the firm's name, its whole credit code, or the whole number of the decision.",
    n=SHORTEST,
)


@pages.after_request
def _for_nobody_to_keep(response: Response) -> Response:
    """Search engines leave it out, and nothing on the way keeps it: what has ended is gone everywhere at once."""
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.before_request
def _only_where_published() -> None:
    if not lists_on(law(), today()):
        abort(404)


@pages.get("")
@requires(public=True)
def search() -> ResponseReturnValue:
    """Looks for a firm's public records; the lists; what is not published."""
    text = request.args.get("q", "").strip()[:200]
    found, refusal, status = _found(text)
    firms = [list(own) for _, own in groupby(found[:MOST], key=attrgetter("enterprise"))]
    page = render_template(
        "public/records.html",
        q=text,
        asked=bool(text),
        firms=firms,
        more=len(found) > MOST,
        refusal=refusal,
        lists=lists_on(law(), today()),
        counts=counted(db.session(), law(), today()),
        domains=law().domains,
        is_kind=lambda one: isinstance(one, PublicKind),
        called=called,
        until=until_words,
        ended_days=ENDED_FOR.days,
    )
    return page, status


def _found(text: str) -> tuple[list[PublicRecord], Message | None, int]:
    """What is found, or why nothing was looked for, and the status. A search counts before it is made."""
    if not text:
        return [], None, 200
    try:
        with transaction(user_initiated=False) as writing:
            count_search(writing, client_address(), now())
    except TooManyTries as refused:
        return [], refused.message, 429
    found = searched(db.session(), law(), text, today())
    return ([], TOO_SHORT, 422) if found is None else (found, None, 200)


@pages.get("/records/<key>")
@requires(public=True)
def record(key: str) -> ResponseReturnValue:
    """One record, as everybody may read it."""
    found = record_at(db.session(), law(), key, today())
    if found is None:
        return render_template("public/gone.html"), 404
    it = found.record
    beside = {one.field: one.checked_on for one in statements_of(db.session(), it)}
    return render_template(
        "public/record.html",
        found=found,
        rows=_rows(found),
        checked={field: day for field, day in beside.items() if field in COLUMNS},
        basis=lists_on(law(), today())[it.kind],
        until=until_words(found),
        line=_line(found),
    )


def _rows(found: PublicRecord) -> list[tuple[str, str, str]]:
    """Key, label and value of each column that is public and says something."""
    it, names = found.record, {"name": found.enterprise.name, "uscc": found.enterprise.code}
    rows: list[tuple[str, str, str]] = []
    for key in COLUMNS:
        column, value = column_of(it.kind, key), names.get(key) or it.values.get(key, "")
        if column and key == "determined_by":
            said = author_of(it, found.determined_by)
            rows.append((key, column.label, in_this_language(said)))
        elif column and value:
            rows.append((key, column.label, value_words(column, value)))
    return rows


def _line(found: PublicRecord) -> DisplayLine | None:
    if found.end is None:
        return None
    it, sheet = found.record, found.record.display_until
    until = sheet or found.end.day
    acted_on = found.end.day if found.end.day < until else None
    return display_line(it.decided_on, until, today(), acted_on=acted_on, listed=it.kind != "penalty")


def until_words(found: PublicRecord) -> Message:
    """Until when a record is public, and why then."""
    end = found.end
    if end is None:
        return say("No last day is set: it is public as long as the body that decided upholds it.")
    if end.rule is None:
        return say("the last day of display, as the record sheet has it")
    if end.acted_on:
        return say("the longest display of the class that the body stated")
    return say("the longest display for any class: the body that decided has stated none")


def called(one: PublicKind | PublicList) -> Message | str:
    """What a list is called: a kind of record by its name, a list as its basis calls it."""
    return one.label[language()] if isinstance(one, PublicList) else kind_label(one.kind)


@pages.get("/lists/<code>")
@requires(public=True)
def one_list(code: str) -> ResponseReturnValue:
    """A list, the newest decision first."""
    one = _list(code)
    total = counted(db.session(), law(), today())[code]
    shown = page_read(total, PAGE, partial(newest_in, db.session(), law(), in_list(one), today()))
    of = one.domain if isinstance(one, PublicList) else ""
    domain = next((domain for domain in law().domains if domain.code == of), None)
    return render_template("public/list.html", one=one, code=code, name=called(one), domain=domain, shown=shown)


@pages.get("/lists/<code>.csv")
@requires(public=True)
def as_sheet(code: str) -> ResponseReturnValue:
    """All of a list as a sheet, a row a record, as it stands at this moment."""
    rows = every_in(db.session(), law(), in_list(_list(code)), today())
    return _sheet(f"{code}-{today()}", (tuple(one.data.values()) for one in rows), FIELDS)


@pages.get("/lists/<code>.json")
@requires(public=True)
def as_json(code: str) -> ResponseReturnValue:
    """A page of a list as JSON, in the order of the keys; `next` is the address of the page behind it."""
    one, after = _list(code), request.args.get("after", "")
    rows = keyed_in(db.session(), law(), in_list(one), today(), after, A_PAGE_OF_DATA)
    last = rows[-1].record.key if len(rows) == A_PAGE_OF_DATA else None
    said = {
        "place": law().name["zh"],
        "list": code,
        "kind": one.kind,
        "basis": one.citation,
        "as_of": now().astimezone(law().zone).isoformat(timespec="seconds"),
        "records": [{**row.data, "address": whole_address("published.record", key=row.record.key)} for row in rows],
        "next": whole_address("published.as_json", code=code, after=last) if last else None,
    }
    return Response(json.dumps(said, ensure_ascii=False), mimetype="application/json")


@pages.get("/ended.csv")
@requires(public=True)
def ended_sheet() -> ResponseReturnValue:
    """Keys of what is no longer public, each with the first such day: copies have to drop it. No names."""
    rows = ((key, day.isoformat()) for key, day in ended(db.session(), law(), today()))
    return _sheet(f"ended-{today()}", rows, ("key", "ended_on"))


def _list(code: str) -> PublicKind | PublicList:
    return lists_on(law(), today()).get(code) or abort(404)


def _sheet(name: str, rows: Iterable[tuple[str, ...]], headings: tuple[str, ...]) -> Response:
    """Rows as CSV, on disk where they are many; what a spreadsheet would take for a formula stays text."""
    kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    text = io.TextIOWrapper(kept, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow(f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row)
    text.detach()
    kept.seek(0)
    return send_file(kept, "text/csv; charset=utf-8", as_attachment=True, download_name=f"{name}.csv")
