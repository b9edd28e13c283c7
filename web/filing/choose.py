"""By which way and for which enterprise a form is begun: said in the address, or chosen on a page of its own."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.model.visibility import OpeningOption
from extensions import db
from registry.admission import find_enterprise
from web.filing.entries import way_href, way_label, way_name
from web.filing.request import Scene, asked_enterprise, enterprise_named, enterprises_like, ways_at
from workflow.refusal import Message

MOST: Final = 20
"""Enterprises offered to choose from."""


def beginning(kind: str, record_id: int | None) -> Scene | ResponseReturnValue:
    """The row and the enterprise that the address names; a page to choose where it leaves several."""
    row, ways = ways_at(kind, record_id)
    asked = request.args.get("way", "")
    chosen = [way for way in ways if not asked or way_name(way) == asked or way.action.name == asked]
    if not chosen:
        abort(404)
    if len(chosen) > 1:
        named = [way_href(way, record_id, named=True, enterprise=asked_enterprise()) for way in chosen]
        links = list(zip(map(way_label, chosen), named, strict=True))
        return render_template("filing/ways.html", links=links, row=row)
    firm = asked_enterprise()
    enterprise = row.enterprise if row else enterprise_named(chosen[0], firm)
    if enterprise is None:
        return _choose_enterprise(kind, asked, chosen[0]) if firm is None else abort(404)
    return Scene(chosen[0], row, enterprise)


def _choose_enterprise(kind: str, way: str, chosen: OpeningOption) -> ResponseReturnValue:
    """For whom it is filed, where the address does not say it: found by credit code or name."""
    typed = request.args.get("firm", "").strip()
    found = find_enterprise(db.session(), typed) if typed else None
    if found is not None and not isinstance(found, Message):
        return redirect(url_for("filing.begin", kind=kind, way=way or None, enterprise=found.id))
    firms = [
        (firm, url_for("filing.begin", kind=kind, way=way or None, enterprise=firm.id))
        for firm in enterprises_like(typed, kind, MOST)
    ]
    return render_template("filing/enterprise.html", what=way_label(chosen), way=way, typed=typed, firms=firms)
