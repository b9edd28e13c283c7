"""A class that is disputed is called by its name wherever the dispute is named, also on papers, never by its code;
a day on a paper is written in full."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.papers import Paper
from tests.builders import day, make_place
from tests.spoken import said_by
from tests.web.signing import sign_in

CODE = re.compile(r"\b(minor|general|serious)\b")
NOW = day(2026, 11, 16)
FOUND = {key: {"finding": "as_claimed", "reason": "已核对决定书。"} for key in ("severity", "decided_on")}


def test_no_page_and_no_paper_says_the_code_of_a_class(client: FlaskClient, session: Session) -> None:
    place = make_place(session)
    case = place.file(NOW, claims={"severity": "general", "decided_on": "2026-03-13"})
    steps = (
        ("office", "accept", {}, ("/desk", "/intake", f"/search?q={case.number}")),
        ("office", "refer", {"question": "请核对。"}, ("/overdue/office",)),
        ("reviewer", "propose", {"findings": FOUND, "reasons": "属实。"}, ("/desk",)),
        ("approver", "approve", {}, ("/approvals",)),
        ("office", "carry_out", {}, ("/desk",)),
        ("office", "answer", {"letter": "经核查，已更正。"}, ()),
    )
    for who, action, answers, lists in steps:
        reader = sign_in(client.application.test_client(), place, who)
        reader.set_cookie("language", "zh")
        for address in (*lists, f"/cases/{case.number}", f"/cases/{case.number}/{action}"):
            page = reader.get(address)
            assert page.status_code == 200, address
            assert [text for text, _language in said_by(page.text) if CODE.search(text)] == [], address
            assert "一般" in page.text, address
        place.act(case, who, action, NOW, **answers)
    chief = sign_in(client.application.test_client(), place, "chief")
    chief.set_cookie("language", "zh")
    papers = [chief.get(f"/papers/{id}").text for id in session.scalars(select(Paper.id))]
    assert [text for paper in papers for text, _language in said_by(paper) if CODE.search(text)] == []
    said = [text for paper in papers for text, _language in said_by(paper)]
    assert {"更正为 一般", "更正为 2026年3月13日"} <= set(said)
