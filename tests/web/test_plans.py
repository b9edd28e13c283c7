"""How PostgreSQL would read the big tables for a page: through an index, however many rows there come to be."""

import re
from typing import Final

import pytest
from flask.testing import FlaskClient

from extensions import db
from tests.builders import Place
from tests.statements import asked
from tests.web.signing import sign_in
from tests.web.walking import walk

PAGES: Final = {
    "enterprise": ("/cases", "/cases/{number}", "/records", "/inbox"),
    "reviewer": ("/cases", "/cases/{number}", "/desk", "/inbox"),
    "office": ("/cases", "/cases/{number}", "/desk", "/inbox", "/intake", "/records", "/search?q=2026"),
    "chief": ("/overdue",),
}
GROWING: Final = frozenset(
    ("attachment", "case_", "case_bureau", "case_link", "checkpoint_head", "credit_record", "enterprise", "event",
     "event_text", "letter", "paper", "reading", "record_change", "record_flag", "rung_fired", "timer")
)  # fmt: skip
"""Tables to which every case adds."""

COUNTED_WHOLE: Final = {("/cases", "case_"), ("/records", "credit_record")}
"""How many cases are closed, and how many records there are, is counted each time for those who read all of them."""


@pytest.mark.postgresql
@pytest.mark.parametrize("who", PAGES)
def test_no_page_reads_a_growing_table_from_end_to_end(client: FlaskClient, place: Place, who: str) -> None:
    """With sequential scans as dear as can be, one is only left where no index serves."""
    number = walk(place, "accept", "refer").number
    sign_in(client, place, who)
    scanned = set()
    for address in PAGES[who]:
        with asked(db.engine) as statements:
            assert client.get(address.format(number=number)).status_code == 200, address
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            for statement, values in statements:
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
                scanned |= {(address, table) for table in re.findall(r"Seq Scan on (\w+)", "\n".join(plan))}
    assert {(address, table) for address, table in scanned if table in GROWING} <= COUNTED_WHOLE
