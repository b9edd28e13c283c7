"""All cases: the address is the filter, pages go by key, and a sheet that is taken along is written down."""

import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.readings import ReadingRow
from tests.builders import PROOF, Place
from tests.web.desk.test_desk import RECENT, cases_in, english, read
from tests.web.signing import sign_in
from tests.web.walking import walk
from web.desk import all_cases

pytestmark = pytest.mark.both_databases


def linked(text: str, words: str) -> str:
    """The address of a link by its first words."""
    found = re.search(rf'<a[^>]* href="([^"]*)"[^>]*>{re.escape(words)}', text)
    assert found, words
    return found[1].replace("&amp;", "&")


def test_what_narrows_the_list_is_in_the_address_and_each_part_can_be_removed(
    client: FlaskClient, place: Place
) -> None:
    with_bureau = walk(place, "accept", "refer")
    filed = place.file(RECENT, record=place.other_record, by="enterprise2", claims={"fine": "0.80"})
    repair = place.open("repair", "file", {"words": "已整改。", "files": PROOF, "commitment": True}, RECENT)
    client = english(client, place, "office")
    asked = "/cases?kind=objection&stage=correction.with_bureau"
    text = read(client, asked)
    assert cases_in(text) == [with_bureau.number], "the same words are one stage, whatever the kind"
    assert "Kind <b>Objection</b>" in text
    assert linked(text, "Remove") == "/cases?stage=correction.with_bureau"
    assert cases_in(read(client, "/cases?kind=repair&since=2026-11-17")) == [repair.number]
    assert cases_in(read(client, "/cases?until=2026-11-16")) == [with_bureau.number]
    assert cases_in(read(client, f"/cases?q={filed.number[-6:]}&kind=objection")) != []
    assert set(cases_in(read(client, "/cases?kind=none&sort=none&holder=x&bureau=99"))) == {
        with_bureau.number, filed.number, repair.number,
    }  # fmt: skip
    assert "No case matches this filter." in read(client, "/cases?kind=complaint")
    wrong = client.get("/cases?since=tomorrow")
    assert wrong.status_code == 422
    assert 'value="tomorrow" aria-invalid="true"' in wrong.text
    assert "Write the day as" in wrong.text


def test_headings_sort_and_say_so(client: FlaskClient, place: Place) -> None:
    first = walk(place, "accept", "refer")
    second = place.file(RECENT, record=place.other_record, by="enterprise2", claims={"fine": "0.80"})
    client = english(client, place, "office")
    text = read(client, "/cases?sort=-number")
    assert cases_in(text) == [second.number, first.number]
    assert 'aria-sort="descending"><a href="/cases?sort=number">Case' in text
    assert text.count('aria-sort="none"') == 4
    turned = read(client, linked(text, "Case "))
    assert cases_in(turned) == [first.number, second.number]
    for sort in ("firm", "-firm", "bureau", "due", "-due", "filed", "-filed"):
        assert set(cases_in(read(client, f"/cases?sort={sort}"))) == {first.number, second.number}


@pytest.mark.parametrize("sort", ["", "-due", "firm", "-number"])
def test_pages_go_by_key_and_what_comes_new_moves_no_row(
    client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(all_cases, "PAGE", 1)
    walk(place, "accept", "refer")
    place.file(RECENT, record=place.other_record, by="enterprise2", claims={"fine": "0.80"})
    place.open("repair", "file", {"words": "已整改。", "files": PROOF, "commitment": True}, RECENT)
    client = english(client, place, "office")
    pages = [read(client, f"/cases?sort={sort}")]
    while "Next page" in pages[-1]:
        pages.append(read(client, linked(pages[-1], "Next page")))
    order = [cases_in(page) for page in pages]
    assert len(order) == len({number for [number] in order}) == 3
    assert "Earlier page" not in pages[0]
    back = read(client, linked(pages[2], "Earlier page"))
    assert cases_in(back) == order[1]
    assert cases_in(read(client, linked(back, "Earlier page"))) == order[0]
    for broken in ("x", "2026-11-30,x", "9,9999999999999999", ",1"):
        assert client.get(f"/cases?sort={sort}&after={broken}").status_code == 200


def test_what_is_filtered_is_taken_along_as_a_sheet_and_that_is_written_down(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = walk(place, "accept", "refer")
    other = place.file(RECENT, record=place.other_record, by="enterprise2", claims={"fine": "0.80"})
    client = english(client, place, "office")
    sheet = client.get(linked(read(client, "/cases?until=2026-11-16"), "Export this case (XLSX)"))
    assert "attachment" in sheet.headers["Content-Disposition"]
    words = zipfile.ZipFile(io.BytesIO(sheet.data)).read("xl/sharedStrings.xml").decode()
    assert case.number in words
    assert place.firm.name in words
    assert "Filed until: 2026-11-16" in words
    assert other.number not in words
    session.commit()
    [reading] = session.scalars(select(ReadingRow).where(ReadingRow.what == "cases"))
    assert (reading.ref, reading.user_id) == ("1", place.people["office"].id)
    assert "a list of cases as a sheet: 1" in read(english(client, place, "auditor"), "/audit/readers")


def test_a_list_and_its_sheet_name_nobody_of_a_case_that_is_kept(client: FlaskClient, place: Place) -> None:
    complaint = place.complain(RECENT)
    client = english(client, place, "office")
    for sort in ("firm", "-firm", ""):
        text = read(client, f"/cases?sort={sort}&kind=complaint")
        assert cases_in(text) == [complaint.number]
        assert place.firm.name not in text
    sheet = client.get("/cases?kind=complaint&as=xlsx")
    words = zipfile.ZipFile(io.BytesIO(sheet.data)).read("xl/sharedStrings.xml").decode()
    assert complaint.number in words
    assert place.firm.name not in words


def test_a_bureau_that_lost_a_case_cannot_ask_where_it_is_now(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return")
    place.act(case, "chief", "assign", RECENT, bureau=place.other_bureau.id, reasons="由该局核查。")
    client = english(client, place, "reviewer")
    assert case.number in read(client, "/cases?show=all")
    for asked in ("stage=correction.with_bureau", "show=late", "show=today", "show=hold", "holder=none"):
        assert cases_in(read(client, f"/cases?{asked}")) == []


def test_a_bureau_does_not_read_its_own_name_in_every_row(client: FlaskClient, place: Place) -> None:
    walk(place, "accept", "refer")
    held = '<td class="with" data-l="Now with"><div class="soft">your bureau</div></td>'
    assert held in read(english(client, place, "reviewer"), "/cases?show=all")
    assert held not in read(english(client, place, "office"), "/cases?show=all")


def test_a_firm_has_the_same_list_without_the_offices_columns(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    client = english(client, place, "enterprise")
    text = read(client, "/cases?kind=objection")
    assert cases_in(text) == [case.number]
    assert 'name="holder"' not in text
    assert "Now with" not in text
    assert cases_in(read(sign_in(client, place, "enterprise2"), "/cases?show=all")) == []
