"""An attacker with a stolen token: what each scope opens and what it does not, by tables written by hand.

The token is that of a bureau, of one scope, and binds to no network; what is asked is on a case and a record of that
bureau. `docs/security.md` says the same in words.
"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.model.tables import Case
from notifications.papers import Paper
from registry.tokens import READ_CASES, SCOPES, SUPPLY_RECORDS
from tests.builders import Place
from tests.conftest import NOW
from tests.web.api.conftest import Make
from tests.web.api.system import System
from tests.web.api.test_acts import FOUND
from tests.web.api.test_document import BY_HAND

OWN = """
address                              records:read cases:read cases:act feed:read figures:read
GET  /records                        200          403        403       403       403
GET  /records/{record}               200          403        403       403       403
GET  /cases                          403          200        403       403       403
GET  /cases/{case}                   403          200        403       403       403
GET  /cases/{case}/deadlines         403          200        403       403       403
GET  /cases/{case}/papers            403          200        403       403       403
GET  /cases/{case}/papers/{paper}.pdf 403         200        403       403       403
GET  /cases/{case}/choices           403          403        200       403       403
POST /cases/{case}/acts/note         403          403        200       403       403
GET  /feed                           403          403        403       200       403
GET  /figures/2026-11                403          403        403       403       200
GET  /calendar/due                   403          403        403       403       200
POST /batches                        403          403        403       403       403
"""
"""A thing of the body itself. A bureau's token has not the scope `records:supply`, which is the office's."""

OTHERS = """
address                              records:read cases:read cases:act feed:read figures:read
GET  /records/{record}               404          403        403       403       403
GET  /cases/{case}                   403          404        403       403       403
GET  /cases/{case}/deadlines         403          404        403       403       403
GET  /cases/{case}/papers            403          404        403       403       403
GET  /cases/{case}/papers/{paper}.pdf 403         404        403       403       403
GET  /cases/{case}/choices           403          403        404       403       403
POST /cases/{case}/acts/note         403          403        404       403       403
"""
"""The same with the token of a bureau that has no part in it: as if it were not there."""

PAGES = ("/desk", "/cases/{case}", "/records", "/tokens", "/endpoints", "/people", "/audit", "/papers/{paper}.pdf")
"""What people open: a token opens none of it."""


Cell = tuple[str, str, str]


def cells(table: str) -> dict[Cell, int]:
    """The answer of each cell, by method, address and scope."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    return {
        (row[0], row[1], scope): int(status) for row in rows for scope, status in zip(head[1:], row[2:], strict=True)
    }


@pytest.fixture
def names(case: Case, place: Place, session: Session) -> dict[str, str]:
    referral = session.scalars(select(Paper.id).where(Paper.case_number == case.number, Paper.form == "referral")).one()
    return {"case": case.number, "record": str(place.record.id), "paper": str(referral)}


def ask(asks: System, method: str, address: str, names: dict[str, str], person: str) -> TestResponse:
    """What comes, with all that a request to that address bears beside the token."""
    query = {"/calendar/due": "?start=2026-11-24&n=7&unit=workday", "/batches": "?kind=penalty&name=a.csv"}
    asked, needs = f"{address.format_map(names)}{query.get(address, '')}", person if "choices" in address else ""
    if method == "GET":
        return asks.get(asked, needs)
    return asks.post(asked, {"words": "看过。"}, person, If_Match='"3"', Idempotency_Key="a")


def test_each_address_of_the_document_stands_in_the_table() -> None:
    filled = {"record": "{record_id}", "case": "{number}", "paper": "{paper_id}"}
    shown = {(cell[0].lower(), cell[1].format_map(filled).replace("2026-11", "{month}")) for cell in cells(OWN)}
    assert shown == {
        (method, path if "/acts/" not in path else "/cases/{number}/acts/note") for method, path in BY_HAND
    }


@pytest.mark.parametrize(
    ("whose", "person", "table"), [("bureau", "reviewer", OWN), ("other_bureau", "reviewer2", OTHERS)]
)
def test_a_scope_opens_what_the_table_says(
    system: Make, names: dict[str, str], whose: str, person: str, table: str
) -> None:
    stolen = {scope: system(whose, scope) for scope in SCOPES if scope != SUPPLY_RECORDS}
    told = cells(table)
    found = {cell: ask(stolen[cell[2]], *cell[:2], names, person).status_code for cell in told}
    assert found == told


def test_what_brings_sheets_in_opens_nothing_else_and_is_the_offices(system: Make, names: dict[str, str]) -> None:
    stolen = system("office", SUPPLY_RECORDS)
    found = {cell[:2]: ask(stolen, *cell[:2], names, "office").status_code for cell in cells(OWN)}
    assert found.pop(("POST", "/batches")) == 422, "this is no sheet; a sheet is taken in"
    assert set(found.values()) == {403}


def test_with_every_scope_it_decides_nothing_and_is_no_way_into_the_pages(
    system: Make, names: dict[str, str], case: Case, place: Place, client: FlaskClient
) -> None:
    place.act(case, "reviewer", "propose", NOW, **FOUND)
    complaint = place.complain(NOW)
    stolen = system("bureau")
    for action in ("approve", "send_back", "extend", "request_close"):
        for person in ("reviewer", "approver"):
            answer = stolen.post(f"/cases/{case.number}/acts/{action}", {}, person, If_Match='"4"', Idempotency_Key="b")
            assert answer.status_code in (403, 404), action
    assert place.case(case.number).length == 4
    assert stolen.get(f"/cases/{complaint.number}").status_code == 404
    assert complaint.number not in stolen.get("/cases").text + stolen.get("/feed").text
    for address in PAGES:
        answer = client.get(address.format_map(names), headers=stolen.headers())
        assert answer.location.startswith("/sign-in"), address
    assert client.post("/tokens", data={"name": "更多", "scopes": ["cases:act"], "days": "365"},
                       headers=stolen.headers()).location.startswith("/sign-in")  # fmt: skip


@pytest.mark.parametrize(
    ("networks", "asked_from", "status"),
    [
        (["10.20.3.0/24"], "10.20.3.8", 200),
        (["10.20.3.0/24"], "10.20.4.8", 401),
        (["10.20.3.40/32"], "10.20.3.41", 401),
        (["10.20.3.0/24", "192.0.2.0/28"], "192.0.2.15", 200),
        (["10.20.3.0/24", "192.0.2.0/28"], "192.0.2.16", 401),
        (["2001:db8:1::/48"], "2001:db8:1::7", 200),
        (["2001:db8:1::/48"], "2001:db8:2::7", 401),
        (["10.20.3.0/24"], "2001:db8:1::7", 401),
        (["2001:db8:1::/48"], "10.20.3.8", 401),
        ([], "198.51.100.7", 200),
    ],
)
def test_it_opens_from_its_networks_alone(
    system: Make, client: FlaskClient, networks: list[str], asked_from: str, status: int
) -> None:
    stolen = system("bureau", READ_CASES, networks=tuple(networks))
    headers = stolen.headers() | {"X-Forwarded-For": "10.20.3.8"}  # what the attacker says of the address is not heard
    answer = client.get("/api/v1/cases", headers=headers, environ_base={"REMOTE_ADDR": asked_from})
    assert answer.status_code == status
