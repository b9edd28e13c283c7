"""Very many rows: every list is a page of them, asks the database as often as with few rows, and is not slow.

Four thousand in every round of the tests; `MANY_ROWS=10000` makes that many.
"""

import os
import re
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from extensions import db
from tests.statements import counting
from tests.web.many_rows import multiply
from tests.web.stage import ACTORS, Stage, build_stage, fill

pytestmark = pytest.mark.both_databases

MANY = int(os.environ.get("MANY_ROWS", "4000"))
FEW = 1000
LISTS = {
    "office": ("/desk", "/cases", "/cases?show=all&page=150", "/records", "/records?page=150", "/intake", "/inbox",
               "/overdue", "/search?q=恒源", "/search?q=2025-YY", "/admissions", "/assessment", "/organisations"),
    "chief": ("/desk", "/people", "/people?q=copy-77", "/approvals", "/overdue", "/overdue/{other_bureau}", "/inbox",
              "/audit", "/audit/readers"),
    "filer": ("/records", "/records?page=9", "/cases", "/inbox"),
    "holder": ("/desk", "/desk?view=all-in-hand&page=2", "/phrases", "/records", "/cases", "/inbox"),
    "auditor": ("/cases", "/overdue", "/audit"),
}  # fmt: skip
MOST_LINES, LONGEST = 420, 400_000
"""Rows of tables and lists on a page; its bytes before they are packed."""
SLOWEST = 6.0
"""Seconds of a processor; each takes a fraction of one."""


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[int, Stage]:
    made = {}
    for n in (FEW, MANY):
        stage = build_stage(tmp_path_factory.mktemp(f"rows{n}"), sqlite_template)
        fill(stage)
        with stage.app.app_context():
            multiply(db.session(), stage.names["case"], n)
        made[n] = stage
    return made


def measured(stage: Stage, client: FlaskClient, address: str) -> tuple[str, int, float]:
    """The page, how many statements it took, and what of a processor."""
    path = address.format_map(stage.names)
    with stage.app.app_context():
        engine = db.engine
    with counting(engine) as seen:
        begun = time.process_time()
        answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text, seen[0], time.process_time() - begun


@pytest.mark.parametrize("who", LISTS)
def test_no_list_grows_with_what_stands_in_the_database(stages: dict[int, Stage], who: str) -> None:
    clients = {n: stage.browser(ACTORS[who]) for n, stage in stages.items()}
    for client in clients.values():
        client.get("/account")  # what is read once a process has been read
    for address in LISTS[who]:
        counts = {}
        for n, stage in stages.items():
            page, counts[n], seconds = measured(stage, clients[n], address)
            lines = len(re.findall(r"<(?:tr|li)\b", page))
            assert lines <= MOST_LINES, f"{address} has {lines} lines of {n}"
            assert len(page.encode()) < LONGEST, f"{address} of {n} is long"
            assert seconds < SLOWEST, f"{address} of {n} took {seconds:.1f} s"
        assert counts[MANY] <= counts[FEW] + 2, f"{address}: {counts} statements"


def test_of_many_people_one_is_found_and_the_others_are_a_page_away(stages: dict[int, Stage]) -> None:
    stage = stages[MANY]
    chief = stage.browser("chief")
    first = chief.get("/people").text
    after = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert after
    assert chief.get(after[1].replace("&amp;", "&")).status_code == 200
    found = chief.get("/people?q=copy-377").text
    assert "copy-3777" in found
    assert "copy-888" not in found
