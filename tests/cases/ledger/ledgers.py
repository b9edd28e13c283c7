"""Builders of whole ledgers, and the hand of a database owner who tampers with one."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from cases.ledger.sealing import NewEvent, Tip, file_text, link, salted
from cases.ledger.watch import FOUND, LedgerAlarm, alarm_in
from cases.model import triggers
from cases.model.tables import Attachment, Case, CaseBureau, Event, EventText
from registry.organisations import Bureau, Enterprise

AT = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
PATH = ("start", "filed", "comparing", "with_bureau", "proposed", "answering")
CONTENT = b"%PDF-1.4 what the enterprise handed in"
SHA = hashlib.sha256(CONTENT).hexdigest()


def write_ledger(session: Session, cases: int = 3, events: int = 5) -> list[str]:
    """Cases with whole chains, texts on each event and a file on the first; their numbers."""
    triggers.create(session.connection())
    enterprise = Enterprise(code="91110000600037341L", name="诚达建材经销部（演示）")
    bureau = Bureau(code="11150000000000001A", name="示范旗生态环境分局")
    session.add_all([enterprise, bureau])
    session.flush()
    rows = [_case(n, events, enterprise.id, bureau.id) for n in range(1, cases + 1)]
    session.execute(insert(Case), rows)
    ids = {row.number: row.id for row in session.execute(select(Case.id, Case.number))}
    for row in rows:
        _write_chain(session, Tip(ids[row["number"]], row["number"]), events, row)
    session.commit()
    return [row["number"] for row in rows]


def found(session: Session) -> LedgerAlarm | None:
    """What the check in the background has found and not forgotten."""
    return alarm_in(*session.execute(FOUND).one())


def lengthen(session: Session, number: str) -> None:
    """One more event, with its text, at the end of a case's chain."""
    case = session.execute(select(Case).where(Case.number == number)).scalar_one()
    seq, (salt, hashed) = case.length + 1, salted("后来的理由")
    said = body(seq, case.enterprise_id, case.bureau_id or 0, {"reasons": hashed}, {})
    entry = NewEvent(case.id, AT + timedelta(hours=seq), f"user:{seq}", f"act{seq}", said)
    rows, moved = link({case.id: Tip(case.id, number, case.head, case.length)}, [entry])
    event_id = session.scalars(insert(Event).returning(Event.id), rows).one()
    session.add(EventText(event_id=event_id, case_id=case.id, name="reasons", text="后来的理由", salt=salt))
    case.head, case.length, case.state = moved[case.id].head, seq, PATH[seq]
    session.commit()


def body(seq: int, enterprise: int, bureau: int, texts: dict[str, str], files: dict[str, str]) -> dict[str, object]:
    opens = {"opens": {"kind": "objection", "enterprise": enterprise, "record": None, "filed_on": "2026-11-24"}}
    return {
        "source": PATH[seq - 1], "target": PATH[seq], "round": 1, "variant": "", "desk": "office", "bureau": bureau,
        "outcome": "", "role": "officer", "codes": {"why": "clear"}, "texts": texts, "files": files,
        "definition": "0123456789abcdef", **(opens if seq == 1 else {}),
    }  # fmt: skip


GUARDED = ("event", "checkpoint", "promise", "account_act", "register_entry", "sealed_row")


@contextmanager
def owner(session: Session) -> Iterator[Connection]:
    """The database's owner takes the guard away, tampers, and puts it back as if nothing had been."""
    session.commit()
    with session.get_bind().engine.begin() as connection:
        for table in GUARDED:
            on_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            for what in ("update", "delete", "replace", "change"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuses_{what}{on_table}"))
        yield connection
        for table in GUARDED:
            triggers.create(connection, table)


def _case(n: int, events: int, enterprise: int, bureau: int) -> dict[str, Any]:
    return {
        "number": f"2026-YY-{n:06d}", "check_code": "ABCDEFGHJK", "kind": "objection", "definition": "0123456789abcdef",
        "state": PATH[events], "desk": "office", "bureau_id": bureau, "enterprise_id": enterprise, "round": 1,
        "filed_on": date(2026, 11, 24), "opened_at": AT + timedelta(hours=1),
    }  # fmt: skip


def _write_chain(session: Session, tip: Tip, events: int, case: dict[str, Any]) -> None:
    entries, salts = [], []
    for seq in range(1, events + 1):
        salt, hashed = salted(f"理由 {seq}")
        name_salt, name_hash = salted("证据.pdf")
        files = {SHA: name_hash} if seq == 1 else {}
        said = body(seq, case["enterprise_id"], case["bureau_id"], {"reasons": hashed}, files)
        entries.append(NewEvent(tip.case_id, AT + timedelta(hours=seq), f"user:{seq}", f"act{seq}", said))
        salts.append((salt, name_salt))
    rows, moved = link({tip.case_id: tip}, entries)
    ids = session.scalars(insert(Event).returning(Event.id, sort_by_parameter_order=True), rows).all()
    for seq, (event_id, (salt, name_salt)) in enumerate(zip(ids, salts, strict=True), 1):
        session.add(EventText(event_id=event_id, case_id=tip.case_id, name="reasons", text=f"理由 {seq}", salt=salt))
        if seq == 1:
            session.add(EventText(event_id=event_id, case_id=tip.case_id, name=file_text(SHA), text="证据.pdf",
                                  salt=name_salt))  # fmt: skip
            session.add(Attachment(case_id=tip.case_id, event_id=event_id, field="evidence", name="证据.pdf",
                                   media_type="application/pdf", size=9, sha256=SHA))  # fmt: skip
    session.flush()
    session.add(CaseBureau(case_id=tip.case_id, from_seq=1, bureau_id=case["bureau_id"]))
    session.flush()
    end = moved[tip.case_id]
    session.execute(text("UPDATE case_ SET head = :head, length = :length WHERE id = :case_id"), end._asdict())
