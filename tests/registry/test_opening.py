"""Files sent as sheets that would kill or fill whoever reads them: each ends in a sentence, and the worker lives on."""

import csv
import io
import re
import resource
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from registry.sheets import opening
from registry.sheets.opening import open_records
from registry.sheets.reading import BadSheet
from tests.registry.sheets import REAL, csv_of, row, sheet_of
from tests.test_ladder import FILES


def workbook(data: str, **more: str) -> bytes:
    """An XLSX of one sheet with this in its table, and other files beside it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, "A1")
    read = zipfile.ZipFile(file)
    sheet = read.read("xl/worksheets/sheet1.xml").decode()
    before, after = sheet[: sheet.index("<sheetData>")], sheet[sheet.index("</sheetData>") :]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in read.namelist():
            content = read.read(name) if "sheet1" not in name else f"{before}<sheetData>{data}{after}"
            archive.writestr(name, more.pop(name, content))
        for name, text in more.items():
            archive.writestr(name, text)
    return out.getvalue()


def far_apart(mark: str = '<c r="{}" t="inlineStr">') -> bytes:
    cells = (mark.format(cell) + "<is><t>x</t></is></c>" for cell in ("A1", "XFD1048576"))
    return workbook('<row r="1">{}</row><row r="1048576">{}</row>'.format(*cells))


def refusal(content: bytes | Path) -> str:
    with pytest.raises(BadSheet) as refused:
        list(open_records(content, "penalty").rows)
    return str(refused.value)


@pytest.mark.parametrize("mark", ['<c r="{}" t="inlineStr">', "<c t='inlineStr' r = '{}' >"])
def test_two_cells_at_the_ends_of_the_grid_are_refused_before_a_reader_takes_room_for_all_between(mark: str) -> None:
    assert len(far_apart(mark)) < 8000
    assert "XFD1048576 with almost nothing in it" in refusal(far_apart(mark))


def test_what_no_look_at_the_references_finds_ends_the_child_alone() -> None:
    assert "more memory or time than one sheet may" in refusal(far_apart('<c t="inlineStr" x=">" r="{}">'))


def test_a_blank_cell_far_out_that_a_format_has_left_behind_hinders_nobody() -> None:
    blank = workbook(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" s="0"/><c r="XFC1" s="0"></c></row>'
    )
    assert "No row with the headings" in refusal(blank)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: workbook("", **{f"x{n}": "" for n in range(1001)}), "too large"),
        (lambda: workbook("", **{"xl/sharedStrings.xml": "<t>a</t>" * 4_000_000}), "too large"),
        (lambda: csv_of(row()) + b"," * 5000 + b"x", "more than 1000 cells"),
        (lambda: csv_of(row()) + b"x\n" * 200, "more than 100 rows"),
        (lambda: csv_of(row()) + b'"' + b"x" * 200_000, "cannot be read"),
        (lambda: b"PK\x03\x04" + bytes(1000), "cannot be read"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, "be read"),
        (lambda: bytes(100_000), "No row with the headings"),
    ],
    ids=["entries", "dense", "wide", "long", "quote", "broken zip", "broken xls", "nul"],
)
def test_each_excess_has_its_sentence(content, words: str, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(opening, "SENT", opening.SENT._replace(rows=100))
    assert words in refusal(content())


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (opening.SENT._replace(memory=2**20), REAL.read_bytes),
        (opening.SENT._replace(seconds=1), lambda: csv_of(row()) + b"\n" * 10_000_000),
    ],
    ids=["memory", "time"],
)
def test_memory_and_time_end_the_child_with_a_sentence(limits, content, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr(opening, "SENT", limits)
    assert "more memory or time than one sheet may" in refusal(content())
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_what_is_told_is_limited_however_often_the_file_says_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SENT", opening.SENT._replace(told=1000))
    assert "too large" in refusal(sheet_of(row(), row(), row(), row()))


def test_a_machine_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening.sys, "executable", "/nowhere")  # type: ignore[attr-defined]
    assert "no room to read a sheet at the moment" in refusal(sheet_of(row()))


def test_cells_keep_their_kinds_on_the_way_from_the_child() -> None:
    [(number, cells)] = open_records(sheet_of(row(decided_on=date(2025, 2, 10), fine=0.5)), "penalty").rows
    assert number == 2
    assert {date(2025, 2, 10), 0.5} <= set(cells)


def test_a_reader_that_is_not_read_to_the_end_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    start = opening._begun
    monkeypatch.setattr(opening, "_begun", lambda source: begun.append(start(source)) or begun[-1])
    open_records(REAL, "penalty")
    assert begun[0].poll() is not None


def test_nothing_but_the_child_opens_what_was_sent() -> None:
    """PDF and images are known by their first bytes and never parsed; nor is any archive unpacked elsewhere."""
    parsers = re.compile(
        r"^\s*(?:import|from) (?:python_calamine|openpyxl|xlrd|PIL|cv2|pypdf|PyPDF2|pdfminer|pikepdf|fitz|"
        r"pypdfium2|wand|zipfile|tarfile|lxml|xml)\b",
        re.MULTILINE,
    )
    parsing = {name for name, path in FILES.items() if parsers.search(path.read_text("utf-8"))}
    assert parsing == {"registry.sheets.child", "web.case.page"}
    packing = re.findall(r"ZipFile\(([^)]*)\)", FILES["web.case.page"].read_text("utf-8"))
    assert packing == ['archive, "w", ZIP_DEFLATED'], "a case's papers are packed there, and nothing is unpacked"


def test_rows_of_a_csv_keep_their_numbers_past_empty_lines() -> None:
    text = io.StringIO()
    csv.writer(text).writerows([[], *csv.reader(io.StringIO(csv_of(row(), encoding="utf-8").decode())), [], ["x"]])
    assert [number for number, _row in open_records(text.getvalue().encode(), "penalty").rows] == [3, 5]
