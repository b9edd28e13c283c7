"""Builders: a place's bureaus, and record sheets written cell by cell."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import ROOT
from registry.columns import KINDS, PENALTY
from registry.credit_records import CreditRecord
from registry.organisations import load_bureaus
from registry.sheets.importing import Imported, import_sheet
from workflow.rules import load_jurisdiction

NOW = datetime(2026, 9, 17, 2, 0, tzinfo=UTC)
LAW = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
REAL = ROOT / "tests" / "data" / "penalties.xlsx"

FIRM, CODE = "示范旗通鑫冶金有限责任公司（演示）", "91150699YALKAUR84L"
OTHER_FIRM, OTHER_CODE = "青山镇达青电石有限责任公司（演示）", "911506990U0QK8EE8L"
THIRD_FIRM, THIRD_CODE = "河东镇宏恒建筑工程有限公司（演示）", "91150699RU5KH6E956"
FIRE, FIRE_CODE = "示范旗消防救援大队", "111506998LUDAPYM04"
SAFETY, SAFETY_CODE = "示范旗应急管理局", "11150699DBPCNGNP11"

RIGHT: Mapping[str, object] = {
    "name": FIRM, "subject_kind": "法人及非法人组织", "uscc": CODE, "legal_representative": "徐芳涛",
    "document_number": "示消行罚〔2025〕323号", "offence": "消防设施未保持完好有效",
    "facts": "消防设施未保持完好有效。", "basis": "《中华人民共和国消防法》第六十条",
    "penalty_kind": "罚款", "penalty": "罚款，罚款人民币5000元", "fine": 0.5,
    "decided_on": "2025-02-10", "display_until": "2028-02-10", "determined_by": FIRE, "determined_by_code": FIRE_CODE,
    "supplied_by": FIRE, "supplied_by_code": FIRE_CODE,
}  # fmt: skip
"""A row with nothing wrong."""

NOISE: Mapping[str, object] = {
    **RIGHT,
    "name": OTHER_FIRM,
    "uscc": OTHER_CODE,
    "document_number": "示消行罚〔2025〕9号",
}

HEADINGS = {column.key: column.heading for column in PENALTY}

LISTED: Mapping[str, object] = {
    "name": FIRM, "subject_kind": "法人及非法人组织", "uscc": CODE, "document_number": "示应急列〔2025〕4号",
    "list_name": "安全生产严重失信主体名单", "facts": "发生生产安全责任事故，负有主要责任。",
    "basis": "《安全生产严重失信主体名单管理办法》第六条", "decided_on": "2025-06-16", "removed_on": "",
    "display_until": "2028-06-16", "determined_by": SAFETY, "determined_by_code": SAFETY_CODE,
    "supplied_by": SAFETY, "supplied_by_code": SAFETY_CODE,
}  # fmt: skip
"""A row of a list with nothing wrong."""


def row(**cells: object) -> dict[str, object]:
    """The right row with some cells otherwise."""
    return {**RIGHT, **cells}


def listed(**cells: object) -> dict[str, object]:
    """The right row of a list with some cells otherwise."""
    return {**LISTED, **cells}


def sheet_of(*rows: Mapping[str, object], keys: Sequence[str] = (), above: int = 0, kind: str = "penalty") -> bytes:
    """An XLSX sheet of these rows, by column key, below so many lines of title."""
    keys = keys or _keys(rows, kind)
    headings = {column.key: column.heading for column in KINDS[kind]}
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet()
    if above:
        page.write(0, 0, "行政处罚信息")
    for column, key in enumerate(keys):
        page.write(above, column, headings.get(key, key))
        for line, cells in enumerate(rows, start=above + 1):
            page.write(line, column, cells.get(key, ""))
    book.close()
    return file.getvalue()


def csv_of(
    *rows: Mapping[str, object], encoding: str = "utf-8-sig", delimiter: str = ",", kind: str = "penalty"
) -> bytes:
    """The same as CSV."""
    keys = _keys(rows, kind)
    headings = {column.key: column.heading for column in KINDS[kind]}
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow([headings.get(key, key) for key in keys])
    writer.writerows([[cells.get(key, "") for key in keys] for cells in rows])
    return file.getvalue().encode(encoding)


def _keys(rows: Sequence[Mapping[str, object]], kind: str) -> list[str]:
    first = RIGHT if kind == "penalty" else LISTED
    return list(dict.fromkeys(key for cells in (first, *rows) for key in cells))


def place(session: Session) -> None:
    """The demo's bureaus."""
    load_bureaus(session, LAW.bureaus, LAW.office)
    session.commit()


def take_in(session: Session, source: bytes | object, dry_run: bool = False, kind: str = "penalty") -> Imported:
    """Import a sheet at NOW."""
    done = import_sheet(session, source, kind, LAW, NOW, "import:test", dry_run)  # type: ignore[arg-type]
    session.commit()
    return done


def counts(imported: Imported) -> tuple[int, int, int, int]:
    return imported.imported, imported.updated, imported.unchanged, imported.rejected


def records(session: Session) -> list[CreditRecord]:
    """Every record as the database has it now."""
    session.expire_all()
    return list(session.scalars(select(CreditRecord).order_by(CreditRecord.id)))


def reason(imported) -> str:  # type: ignore[no-untyped-def]
    """The one reason for the one rejected row."""
    assert counts(imported)[3] == 1, counts(imported)
    return str(imported.faults[0].reason)
