"""Assessment by month: the page, the sheet that says the same, and who sees which rows."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.organisations import Bureau
from tests.builders import Place
from tests.cases.figures.test_statistics import september  # noqa: F401
from tests.web.signing import sign_in

MONTH = "/assessment?month=2026-09"


@pytest.fixture
def chief(client: FlaskClient, september: Place) -> FlaskClient:  # noqa: F811
    client.set_cookie("language", "en")
    return sign_in(client, september, "chief")


def rows_of(text: str, caption: str = 'id="bodies"') -> dict[str, list[str]]:
    """The cells of each row of the table under this heading, by the row's name."""
    table = text[text.index(caption) :]
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    cells = [[unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.split(r"</t[hd]>", row)] for row in rows]
    return {row[0]: row[1:-1] for row in cells}


def test_a_month_says_what_was_counted_and_begins_where_counting_began(chief: FlaskClient, place: Place) -> None:
    text = chief.get(MONTH).text
    ours, other = place.bureau.name_en, place.other_bureau.name_en
    assert rows_of(text) == {
        "All cases": ["5", "60%", "2", "60%", "6", "12", "1 of 1", "1", "—"],
        ours: ["3", "—", "1", "—", "3", "10", "1 of 1", "1", "—"],
        other: ["1", "—", "—", "—", "2", "2", "—", "—", "—"],
        "Credit Office (our office)": ["5", "80%", "1", "80%", "2", "3", "—", "—", "—"],
    }
    said = re.search(r'class="month-said">(.*?)</p>', text)
    assert said
    assert said[1].startswith("5 closed, 60% on time, 2 late. Late with a deadline of its own: ")
    assert said[1].endswith(f"{place.bureau.short_name_en} 1, Credit Office 1.")
    assert "Month by month" not in text, "one month needs no list of months"
    october = chief.get("/assessment?month=2026-10").text
    assert "No case was closed in this month" in october
    assert 'href="/assessment?month=2026-11"' in october
    for there_is_none in ("2026-12", "2026-13", "0001-01", "9999-12", "yesterday"):
        assert chief.get(f"/assessment?month={there_is_none}").status_code == 404


def test_a_bureau_that_was_merged_before_the_month_is_not_said_to_be_idle(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    idle = re.compile(r"(\d+) bureaus had no part in any")
    before = idle.search(chief.get(MONTH).text)
    worked = {place.bureau.id, place.other_bureau.id}
    gone = session.scalars(select(Bureau).where(Bureau.id.not_in(worked), Bureau.successor_id.is_(None))).first()
    assert before
    assert gone
    for last_day, fewer in ((date(2026, 8, 31), 1), (date(2026, 9, 1), 0)):
        gone.successor_id, gone.valid_until = place.bureau.id, last_day
        session.commit()
        after = idle.search(chief.get(MONTH).text)
        assert after
        assert int(after[1]) == int(before[1]) - fewer


def test_the_sheet_says_what_the_page_says(chief: FlaskClient) -> None:
    page = rows_of(chief.get(MONTH).text)
    answer = chief.get("/assessment.xlsx?month=2026-09")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    assert book.sheet_names == ["2026-09", "Outcomes", "Month by month", "Share on time"]
    rows = book.get_sheet_by_name("2026-09").to_python()
    head = next(place for place, row in enumerate(rows) if row[0] == "Body")
    told = {str(row[0]): dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]}
    assert list(told) == list(page)
    for name, cells in page.items():
        closed, share, late, _by_month, middle, most = cells[:6]
        assert told[name]["Closed"] == int(closed)
        assert told[name]["Late"] == (0 if late == "—" else int(late))
        assert told[name]["On time, share"] == ("" if share == "—" else int(share.rstrip("%")) / 100)
        assert told[name]["Median, working days"] == float(middle)
        assert told[name]["9 of 10 within, working days"] == int(most)
    whole = told["All cases"]
    assert (whole["Working days with the office"], whole["Working days of its own"]) == (11, 27)
    assert book.get_sheet_by_name("Month by month").to_python()[-1] == ["2026-09", 5, 3, 0.6, 2, 6, 12]
    shares = book.get_sheet_by_name("Share on time").to_python()
    assert [row[:2] for row in shares[-4:]] == [["All cases", 0.6], [list(page)[1], ""], [list(page)[2], ""],
                                                [list(page)[3], 0.8]]  # fmt: skip
    assert answer.headers["Content-Disposition"] == 'attachment; filename="assessment-2026-09.xlsx"'


def test_the_ends_of_a_month_are_the_same_on_page_and_sheet_and_add_up_to_its_closings(
    chief: FlaskClient, place: Place
) -> None:
    text = chief.get(MONTH).text
    ours, other, office = place.bureau.name_en, place.other_bureau.name_en, "Credit Office (our office)"
    short, shorter = place.bureau.short_name_en, place.other_bureau.short_name_en
    head = re.search(r'id="outcomes".*?</thead>', text, re.DOTALL)
    assert head
    assert re.findall(r"</i>(.*?)</th>", head[0]) == ["Corrected", "Record kept", "Refused", "Withdrawn"]
    found = rows_of(text, 'id="outcomes"')
    assert found == {
        "All cases": ["", "11 closed again", "3", "1", "1", "6"],
        short: ["", "11 closed again", "2", "—", "—", "3"],
        shorter: ["", "—", "1", "—", "—", "1"],
        "Credit Office": ["", "—", "—", "1", "1", "2"],
    }
    book = CalamineWorkbook.from_filelike(BytesIO(chief.get("/assessment.xlsx?month=2026-09").data))
    rows = book.get_sheet_by_name("Outcomes").to_python()
    assert rows[3] == ["Body", "Kind", "Outcome", "Closed", "Closed again"]
    assert rows[4:] == [
        ["All cases", "Objection", "Corrected", 0, 1], ["All cases", "Objection", "Record kept", 3, 0],
        ["All cases", "Objection", "Refused", 1, 0], ["All cases", "Objection", "Withdrawn", 1, 0],
        [ours, "Objection", "Corrected", 0, 1], [ours, "Objection", "Record kept", 2, 0],
        [other, "Objection", "Record kept", 1, 0],
        [office, "Objection", "Refused", 1, 0], [office, "Objection", "Withdrawn", 1, 0],
    ]  # fmt: skip


def test_the_head_of_a_bureau_sees_its_own_row_beside_the_whole(chief: FlaskClient, place: Place) -> None:
    text = sign_in(chief, place, "approver2").get(MONTH).text
    assert list(rows_of(text)) == ["All cases", place.other_bureau.name_en]
    assert place.bureau.name_en not in text
    assert list(rows_of(text, 'id="outcomes"')) == ["All cases", place.other_bureau.short_name_en]
