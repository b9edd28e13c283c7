"""Public pages at a place with ten thousand public records: `python -m tests.bench.public_records`.

Milliseconds and statements. The place is the demo with firms and penalties beside its own; `--records` says how many,
`--database` where, if not in a file of SQLite that is made for it.
"""

import argparse
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cases.lists.published import counted
from extensions import db
from registry.credit_records import CreditRecord, new_key
from registry.organisations import Bureau, Enterprise
from tests.bench.speed import stage
from tests.statements import timed

TIMES: Final = 5
A_FIRM: Final = 4
"""Records of one firm."""
PAGES: Final = (
    "/public", "/public?q={code}", "/public?q=第{n}号煤业", "/public?q={document}", "/public/records/{key}",
    "/public/lists/penalty", "/public/lists/penalty?page=200", "/public/lists/honest_taxpayers",
    "/public/lists/penalty.json", "/public/lists/penalty.csv", "/public/ended.csv",
)  # fmt: skip


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--records", type=int, default=10_000)
    reads.add_argument("--database", default="")
    asked = reads.parse_args()
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        url = asked.database or f"sqlite:///{folder / 'public.sqlite'}"
        stage.make(url, folder, 0, [stage.played(folder, 0)])
        app = stage.application(url, folder)
        with app.app_context():
            names = _fill(db.session(), asked.records)
            total = counted(db.session(), app.extensions["law"], stage.NOW.date())
            print(f"public records: {total}", flush=True)  # noqa: T201
        for at, path in enumerate(PAGES):
            client = app.test_client()
            client.environ_base["REMOTE_ADDR"] = f"192.0.2.{at}"
            took = timed(app, client, path.format_map(names), TIMES)
            least = f"{min(took.clock) * 1000:7.0f} ms, processor {min(took.processor) * 1000:6.0f} ms"
            print(f"{path:34} {least}, {took.statements:3} statements {took.size:9} bytes", flush=True)  # noqa: T201


def _fill(session: Session, number: int) -> dict[str, str]:
    """Firms with penalties by every bureau, of every class, most without a day of the sheet; what addresses name."""
    chance, today = random.Random(5), stage.NOW.date()
    bureaus = session.scalars(sa.select(Bureau.id)).all()
    firms = [
        {"code": f"91159999{n:010}", "name": f"示范旗第{n}号煤业有限公司（演示）", "former_names": []}
        for n in range(number // A_FIRM)
    ]
    ids = session.scalars(sa.insert(Enterprise).returning(Enterprise.id, sort_by_parameter_order=True), firms).all()
    rows: list[dict[str, Any]] = []
    for n in range(number):
        decided, document = today - timedelta(days=chance.randrange(80)), f"示量罚〔2026〕{n}号"
        sheet = decided + timedelta(days=1000) if chance.random() < 0.3 else None
        values = {"document_number": document, "decided_on": decided.isoformat(), "offence": "未批先建", "fine": "3.00"}
        values |= {"penalty_kind": "罚款", "basis": "《中华人民共和国环境影响评价法》第三十一条"}
        rows.append({
            "key": new_key(), "kind": "penalty", "enterprise_id": ids[n // A_FIRM], "determined_by_id":
            chance.choice(bureaus), "supplied_by_id": bureaus[0], "known_as": document, "document_number": document,
            "decided_on": decided, "display_until": sheet, "values": values, "sheet_says": {},
            "severity": chance.choice(("", "minor", "general", "serious")),
        })  # fmt: skip
    session.execute(sa.insert(CreditRecord), rows)
    session.commit()
    some = number // A_FIRM // 2
    return {"code": firms[some]["code"], "n": str(some), "document": "示量罚〔2026〕77号", "key": rows[77]["key"]}


if __name__ == "__main__":
    main()
