"""Every address, as everybody, against a table written by hand from the contracts and the procedures.

`permissions_addresses.csv` gives for each address what each person gets: 200, another status, `in` (asked to sign in),
`go` (taken, and led on). What is refused changes nothing: the whole database is the same before and after. The full
table is tried on SQLite; on PostgreSQL the addresses of one thing, since a scope is a condition of a query: where there
is nothing for anybody, by a third of them in turn (`EVERY_CELL=1` leaves nobody out). Pages are drawn where they are
there; that there is none says its number alone, and so does what is asked of PostgreSQL.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from exchange.queue import Owing, owe
from exchange.webhooks import TAKEN, WebhookMessage
from extensions import db
from registry.credit_records import CreditRecord
from registry.endpoints import Hosts, NewEndpoint, add_endpoint, exchange_secret
from registry.people import Deputy, Membership, User
from registry.tokens import NewToken, add_token, issue
from tests.conftest import NOW
from tests.databases import empty
from tests.exchange.test_deliveries import OUTSIDE, WITH
from tests.registry.sheets import RIGHT, csv_of
from tests.web.stage import ACTORS, PDF, Stage, build_stage, fill
from tests.web.states.cells import THIRD

pytestmark = pytest.mark.both_databases

with Path(__file__).with_name("permissions_addresses.csv").open(encoding="utf-8", newline="") as lines:
    TABLE = list(csv.DictReader(lines))

YEAR = """name = "cn"
known_from = 2027-01-01
known_until = 2027-12-31
weekend = [6, 7]
off = [2027-01-01]
work = []
source = "invented"
"""

BECAME = {"how": "renamed", "name": "更了名的局", "document": "示编发〔2026〕9号", "on_day": "2026-11-20"}

PROMISE = {
    "title": "异议办理时限公告",
    "number": "示政办发〔2026〕41号",
    "dated": "2026-11-30",
    "n": "5",
    "first_day": "2026-12-01",
}

BY_TOKEN = "a token opens it and no sign-in"
"""Of the API, where no cookie opens anything: it asks for no form token."""

Row = Mapping[str, str]

BODIES: Mapping[str, Mapping[str, str]] = {
    "/calendar/load": {"text": YEAR},
    "/rules/<key>/preview": PROMISE,
    "/rules/<key>/adopt": PROMISE,
    "/sign-in": {"username": "chief", "password": "not the password"},
    "/sign-in/<token>": {"password": "three grey horses", "again": "three grey horses"},
    "/account": {"language": "en"},
    "/account/password": {"current": "guessed wrongly", "password": "three grey horses", "again": "three grey horses"},
    "/filters": {"name": "金额", "kind": "objection"},
    "/filters/<int:id>": {"name": "另一个", "do": "rename"},
    "/approvals": {"case": "{case}", "opinion": "同意。"},
    "/approvals/mark": {"seen": "forged"},
    "/approvals/unmark": {"case": "{case}"},
    "/bulk": {"case": "{case} 1", "act": "take"},
    "/overdue/supervise": {"sheet": "{case} verify"},
    "/cases/<number>/<action>": {"shown": "{length}", "words": "补充说明", "reasons": "理由", "deadline": "verify"},
    "/records/import/take": {"sheet": "{sheet}"},
    "/records/import/held/<int:id>": {"return": "1", "reasons": "请核对。"},
    "/records/new": {
        "name": "某某公司",
        "uscc": "91150699RU5KH6E956",
        "document_number": "示〔2026〕1号",
        "decided_on": "2026-03-18",
        "determined_by": "{bureau}",
    },
    "/organisations/office": {"name": "信用办", "email": "office@banner.example"},
    "/organisations/<int:id>/succession": BECAME,
    "/organisations/<int:id>/succession/record": BECAME,
    "/organisations/<int:id>": {"name": "改了名的局", "email": "bureau@banner.example"},
    "/people/deputies": {
        "person": "{officer}",
        "deputy": "{chief}",
        "from_day": "2026-12-01",
        "until_day": "2026-12-04",
    },
    "/phrases": {"name": "一致", "text": "与原件一致。"},
    "/phrases/<int:id>": {"name": "一致", "text": "与原件一致。"},
    "/join": {"firm": "某某煤业有限公司", "code": "91150699RU5KH6E956"},
    "/join/person": {"person": "李某"},
    "/join/mail": {"mail": "li@firm.example"},
    "/join/code": {"code": "123456"},
    "/admissions/<number>/admit": {"dated": "2026-11-20", "signed_by": "王某", "filed_at": "甲柜", "username": "li"},
    "/admissions/<number>/refuse": {"reasons": "公章看不清。"},
    "/firm/people/new": {"username": "new", "name": "新来的"},
    "/firm/agents/new": {
        "username": "new-agent",
        "name": "代办人",
        "from_day": "2026-11-24",
        "until_day": "2026-12-24",
        "kinds": "all",
    },
    "/tokens": {"name": "执法系统", "scopes": "cases:read", "days": "90"},
    "/endpoints": {"name": "执法系统", "address": "https://zf.example/redress"},
    "/people/new": {"username": "new", "name": "新来的", "role": "officer", "language": "zh"},
    "/inbox/<int:letter_id>/send-again": {"mail": "other@banner.example"},
    "/deliveries/<int:id>/<any:deed>": {
        "how": "函告",
        "agrees": "yes",
        "seen_on": "2026-11-24",
        "proof": "截图",
        "reason": "已停用",
    },
    "/records/<int:record_id>/class": {"severity": "serious"},
    "/records/<int:record_id>/handler/decide": {"act": "1", "decision": "confirm"},
    "/records/<int:record_id>/<kind>": {
        "ground": "wrong",
        "claims-fine-wrong": "y",
        "claims-fine-value": "0.80",
        "handed_in_on": "2026-11-20",
    },
    "/records/<int:record_id>/<kind>/<step>": {"words": "多了一个零。", "declared": "y"},
    "/file/<kind>/<step>": {"facts": "拖了三个月没有答复。", "sought": "请督促办理。"},
}
"""What a forged form would hold: complete enough to be taken, were it not refused."""

FILES: Mapping[str, Sequence[tuple[str, str, bytes]]] = {
    "/rules/<key>/preview": [("file", "公告.pdf", PDF)],
    "/rules/<key>/adopt": [("file", "公告.pdf", PDF)],
    "/calendar/preview": [("file", "cn-2027.toml", YEAR.encode())],
    "/firm/agents/new": [("letter", "委托书.pdf", PDF)],
    "/records/import": [("sheet", "处罚.csv", csv_of(RIGHT))],
}
COUNTED = ("200", "go", "401")
"""A post that was taken; and a password tried wrongly is counted, so the next one would wait."""


NOTED = ("/inbox/<int:letter_id>", "/papers/<int:paper_id>.pdf", "/cases/<number>/papers.zip")
"""What is opened and leaves a line of its own beside the log of readings: that a letter was read, and which rendering
of a paper was given out."""


def named(row: Row) -> str:
    return f"{row['method']} {row['address']}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stage:
    made = build_stage(tmp_path_factory.mktemp("addresses"), sqlite_template)
    fill_for_every_address(made)
    return made


@pytest.fixture(scope="module")
def content(stage: Stage) -> str:
    """All that the database holds before anything is tried."""
    stage.put_back()
    return stage.content()


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Stage]:
    made = build_stage(tmp_path_factory.mktemp("addresses"), postgres_url)
    fill_for_every_address(made)
    yield made
    made.close_session()
    empty(postgres_url)


def fill_for_every_address(stage: Stage) -> None:
    """All that the addresses of the table name."""
    fill(stage)
    name_deputies(stage)
    owe_elsewhere(stage)
    let_systems_in(stage)


def name_deputies(stage: Stage) -> None:
    """One at the office and one at the bureau that has the case, from a day to come: nobody may do more for it now."""
    with stage.app.app_context():
        session = db.session()
        ids = {user.username: user.id for user in session.scalars(select(User))}
        days = {"from_day": date(2026, 12, 7), "until_day": date(2026, 12, 8), "named_by_id": ids["chief"]}
        rows = {
            "officer": Deputy(person_id=ids["office"], deputy_id=ids["officer2"], named_at=NOW, **days),
            "holder": Deputy(person_id=ids["reviewer2"], deputy_id=ids["approver2"], named_at=NOW, **days),
        }
        session.add_all(rows.values())
        session.flush()
        stage.names |= {f"deputy_of_{name}": str(row.id) for name, row in rows.items()}
        stage.names["officer"] = str(ids["office"])
        session.commit()
    stage.keep()


def owe_elsewhere(stage: Stage) -> None:
    """A record changed that other places show: its bureau's own system, told by hand, and the city's."""
    stage.app.extensions["law"] = WITH
    with stage.app.app_context():
        session = db.session()
        record = session.get_one(CreditRecord, int(stage.names["record"]))
        places = [place for place in WITH.places if place.code in ("bureau", "city")]
        owed = owe(session, OUTSIDE, [Owing(record, one, "corrected", 1, None, "user:1") for one in places], NOW)
        stage.names |= {f"at_{one.place}": str(one.id) for one in owed}
        session.commit()
    stage.keep()


def let_systems_in(stage: Stage) -> None:
    """A token and an endpoint of the bureau that has the case, and a message that was taken."""
    with stage.app.app_context():
        session = db.session()
        holds = session.scalars(select(Membership.bureau_id).join(User).where(User.username == "reviewer2")).one()
        token = add_token(session, NewToken("执法系统", ["cases:read"], 90, holds), NOW, demo=False)
        issue(session, token)
        new, hosts = NewEndpoint("执法系统", "https://zf.example/redress", holds), Hosts(("zf.example",))
        endpoint = add_endpoint(session, new, hosts, 0, NOW, demo=False)
        exchange_secret(session, endpoint, stage.app.extensions["line"].vault, NOW)
        message = WebhookMessage(endpoint_id=endpoint.id, key="msg_1", type="case.changed", at=NOW, state=TAKEN)
        session.add(message)
        session.flush()
        stage.names |= {"api_token": str(token.id), "endpoint": str(endpoint.id), "message": str(message.id)}
        session.commit()
    stage.keep()


def attempt(stage: Stage, row: Row, who: str) -> str:
    """Open or post an address as somebody; gives the answer in the words of the table."""
    client, address = stage.browser(ACTORS[who]), row["address"].format_map(stage.names)
    if row["method"] == "GET":
        return outcome(client.get(address))
    fields: dict[str, object] = {
        name: value if value is YEAR else value.format_map(stage.names)
        for name, value in BODIES.get(row["rule"], {}).items()
    }
    fields |= {field: (io.BytesIO(content), name) for field, name, content in FILES.get(row["rule"], ())}
    return outcome(client.post(address, data=fields, content_type="multipart/form-data"))


def is_nowhere(row: Row) -> bool:
    """Whether nothing is there for anybody."""
    return {row[who] for who in ACTORS} <= {"404", "in"}


def outcome(answer: TestResponse) -> str:
    if answer.status_code in (302, 303):
        return "in" if answer.location.startswith("/sign-in?") else "go"
    return str(answer.status_code)


@pytest.mark.parametrize("row", TABLE, ids=named)
def test_an_address_gives_each_person_what_the_table_says(stage: Stage, content: str, row: Row) -> None:
    posted = row["method"] == "POST"
    taken = [who for who in ACTORS if posted and row[who] in COUNTED]
    stage.put_back()
    with stage.undrawn("site/error.html"):
        got = {who: attempt(stage, row, who) for who in ACTORS if who not in taken}
        if row["rule"] not in NOTED:
            assert stage.content() == content, "what was refused, or only read, left a trace"
        for who in taken:
            got[who] = attempt(stage, row, who)
            stage.put_back()
    assert got == {who: row[who] for who in ACTORS}, row["because"]


@pytest.mark.parametrize("row", [row for row in TABLE if "{" in row["address"]], ids=named)
def test_the_scopes_are_the_same_on_postgresql(on_postgresql: Stage, row: Row) -> None:
    refused = [who for who in ACTORS if row["method"] == "GET" or row[who] not in COUNTED]
    if is_nowhere(row):
        refused = refused[TABLE.index(row) % THIRD :: THIRD]
    with on_postgresql.undrawn():
        assert {who: attempt(on_postgresql, row, who) for who in refused} == {who: row[who] for who in refused}


def test_no_address_is_missing_from_the_table(stage: Stage) -> None:
    known = {(row["method"], row["rule"]) for row in TABLE}
    there = {
        (method, re.sub(r"\(.*?\)", "", rule.rule))  # a number's bounds are no part of its address
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    assert known == there


def test_every_address_within_something_is_also_tried_where_there_is_none() -> None:
    """What a token opens, `tests/web/api` tries with tokens."""
    nowhere = {row["rule"] for row in TABLE if is_nowhere(row)}
    within = {row["rule"] for row in TABLE if "<" in row["rule"] and row["because"] != BY_TOKEN}
    assert within - nowhere - {"/language/<lang>", "/cases/<number>/deadlines/<name>"} == set()


def test_an_address_takes_no_other_method(stage: Stage) -> None:
    chief = stage.browser("chief")
    taken = {(row["method"], row["address"]) for row in TABLE}
    with stage.undrawn("site/error.html"):
        for address in sorted({row["address"] for row in TABLE}):
            for method in {"POST", "PUT", "DELETE"} - {method for method, known in taken if known == address}:
                answer = chief.open(address.format_map(stage.names), method=method)
                assert answer.status_code in (404, 405), f"{method} {address}"


def test_no_post_is_taken_without_a_form_token(stage: Stage, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those who could do something, and of nobody: what all others send is refused with a token too."""
    monkeypatch.setitem(stage.app.config, "WTF_CSRF_ENABLED", True)
    stage.put_back()
    with stage.undrawn("site/error.html"):
        for row in TABLE:
            if row["method"] == "POST":
                able = [who for who in ACTORS if who == "nobody" or row[who] in (*COUNTED, "409", "422")]
                refused = "401" if row["because"] == BY_TOKEN else "400"
                assert {attempt(stage, row, who) for who in able} == {refused}, row["address"]
    assert stage.content() == content
