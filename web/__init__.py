"""Pages: a door, without rules. Each module is one blueprint; here they are hung into the application."""

from __future__ import annotations

from flask import Flask

from web import (
    act_draft,
    acts,
    admissions,
    alarms,
    approvals,
    assessment,
    audit,
    board,
    board_body,
    bulk,
    calendar,
    case_time,
    cases,
    deputies,
    desk,
    feed,
    files,
    filing,
    filters,
    firm,
    front,
    health,
    inbox,
    intake,
    join,
    manage,
    organisations,
    paper_check,
    people,
    phrases,
    readers,
    record_import,
    record_new,
    records,
    rule,
    rules,
    search,
    sign_in,
    sign_in_again,
    status,
    successions,
)
from web.bounds import bound
from web.chrome import register_chrome
from web.seen import register_seen


def register_pages(app: Flask) -> None:
    """Every blueprint, and what all templates may use."""
    bound(app)
    register_chrome(app)
    register_seen(app)
    for module in (
        act_draft,
        acts,
        admissions,
        alarms,
        approvals,
        assessment,
        audit,
        board,
        board_body,
        bulk,
        calendar,
        case_time,
        cases,
        deputies,
        desk,
        feed,
        files,
        filters,
        filing,
        firm,
        front,
        health,
        inbox,
        manage,
        join,
        intake,
        organisations,
        paper_check,
        people,
        phrases,
        readers,
        record_import,
        record_new,
        records,
        rule,
        rules,
        search,
        sign_in,
        sign_in_again,
        status,
        successions,
    ):
        app.register_blueprint(module.pages)
