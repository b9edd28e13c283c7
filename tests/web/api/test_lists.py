"""Lists over the API: each body its own, page by page, with cursors that tell nothing; and records and papers."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.model.tables import Case
from registry.credit_records import correct
from tests.builders import Place, _begins, _record
from tests.conftest import NOW
from tests.web.api.conftest import Make
from web.api import lists

pytestmark = pytest.mark.both_databases


@pytest.fixture
def filed(place: Place) -> list[Case]:
    """An objection of each firm, and a complaint, which is in no list."""
    place.complain(NOW)
    return [place.file(NOW), place.file(NOW, place.other_record, by="enterprise2")]


@pytest.mark.parametrize(
    ("whose", "which"), [("office", [0, 1]), ("firm", [0]), ("other_firm", [1]), ("bureau", []), ("other_bureau", [])]
)
def test_a_body_lists_its_own_cases(system: Make, filed: list[Case], whose: str, which: list[int]) -> None:
    found = system(whose).get("/cases").json
    assert sorted(case["number"] for case in found["cases"]) == [filed[n].number for n in which]
    assert found["next"] == ""


def test_a_list_goes_on_at_a_sealed_place(system: Make, filed: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 1)
    asks = system("office")
    first = asks.get("/cases").json
    second = asks.get(f"/cases?after={first['next']}").json
    assert sorted(case["number"] for page in (first, second) for case in page["cases"]) == [one.number for one in filed]
    assert second["next"] == ""
    for wrong in ("x", first["next"][:-2], system("office").get("/records").json["next"] or "y"):
        answer = asks.get(f"/cases?after={wrong}")
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["after"])


def test_open_and_closed_cases_are_asked_for_apart(system: Make, filed: list[Case], place: Place) -> None:
    place.act(filed[0], "enterprise", "withdraw", NOW, words="不再异议。")
    asks = system("office")
    assert [one["number"] for one in asks.get("/cases?state=closed").json["cases"]] == [filed[0].number]
    assert [one["number"] for one in asks.get("/cases?state=open").json["cases"]] == [filed[1].number]
    assert asks.get("/cases?state=lost").status_code == 422
    assert asks.get("/cases?more=1").json["errors"] == {"more": "This is not asked for: leave it out."}


def test_of_a_case_that_another_bureau_has_a_list_tells_what_it_was(
    system: Make, filed: list[Case], place: Place
) -> None:
    case = filed[0]
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核查。")
    place.act(case, "reviewer", "return", NOW, reasons="不归我们。")
    place.act(case, "chief", "assign", NOW, bureau=place.other_bureau.id, reasons="归该局。")
    asks = system("bureau")
    listed = asks.get("/cases").json["cases"]
    assert [(one["number"], one["state"], one["due"], one["lost"]) for one in listed] == [
        (case.number, None, None, True)
    ]
    shown = asks.get(f"/cases/{case.number}")
    assert (shown.json["state"]["name"], shown.json["bureau"], shown.headers["ETag"]) == ("with_bureau", None, '"5"')
    assert asks.get(f"/cases/{case.number}/choices", "reviewer").json["acts"] == []


@pytest.mark.parametrize(
    ("whose", "count"), [("office", 2), ("firm", 1), ("other_firm", 1), ("bureau", 1), ("other_bureau", 1)]
)
def test_a_body_lists_its_own_records(system: Make, place: Place, whose: str, count: int) -> None:
    found = system(whose).get("/records").json["records"]
    assert len(found) == count
    assert all(one["values"]["fine"] == "8.00" for one in found)


def test_a_record_is_read_by_whose_it_is(system: Make, place: Place) -> None:
    address = f"/records/{place.record.id}"
    found = system("firm").get(address)
    assert found.json["document_number"] == place.record.document_number
    assert found.json["determined_by"]["name"] == place.bureau.name_en
    assert system("other_firm").get(address).status_code == 404
    assert system("firm", "cases:read").get(address).status_code == 403


def test_what_has_changed_since_is_asked_for(
    system: Make, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 1)
    more = _record(place.firm, place.bureau, "示环罚〔2026〕19号")
    session.add(more)
    session.flush()
    session.add(_begins(more))
    correct(session, more, {"fine": "0.80"}, 1, NOW, "case")
    session.commit()
    asks = system("firm")
    first = asks.get("/records").json
    assert [one["id"] for one in first["records"]] == [place.record.id]
    assert [one["id"] for one in asks.get(f"/records?after={first['next']}").json["records"]] == [more.id]
    since = datetime(2026, 11, 24, tzinfo=UTC).isoformat().replace("+", "%2B")
    assert [one["id"] for one in asks.get(f"/records?since={since}").json["records"]] == [more.id]
    assert asks.get("/records?since=yesterday").status_code == 422
    assert asks.get("/records?since=2026-11-24T00:00:00").status_code == 422, "a moment without its zone is none"


def test_papers_are_listed_and_handed_over(system: Make, filed: list[Case], place: Place) -> None:
    place.act(filed[0], "office", "accept", NOW)
    asks = system("firm")
    papers = asks.get(f"/cases/{filed[0].number}/papers").json["papers"]
    assert [one["title"] for one in papers] == ["Notice of acceptance", "Receipt"]
    answer = asks.get(f"/cases/{filed[0].number}/papers/{papers[0]['id']}.pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert system("office").get(f"/cases/{filed[1].number}/papers/{papers[0]['id']}.pdf").status_code == 404


def test_the_last_day_of_a_limit_comes_with_its_proof(system: Make) -> None:
    asks = system("firm")
    found = asks.get("/calendar/due?start=2026-11-24&n=7").json
    assert (found["due"], found["provisional"]) == ("2026-12-03", False)
    assert [day["ordinal"] for day in found["days"] if day["ordinal"]] == [1, 2, 3, 4, 5, 6, 7]
    assert asks.get("/calendar/due?n=7").json["errors"].keys() == {"start"}
    assert asks.get("/calendar/due?start=2026-02-30&n=7").json["errors"].keys() == {"start"}


def test_figures_of_a_month_are_the_bureaus_own_beside_the_whole(
    system: Make, filed: list[Case], place: Place, client: FlaskClient
) -> None:
    place.act(filed[0], "enterprise", "withdraw", NOW, words="不再异议。")
    office = system("office").get("/figures/2026-11").json
    assert {one["party"]: one["closed"] for one in office["bodies"]} == {"whole": 1, "office": 1}
    assert [one["party"] for one in system("bureau").get("/figures/2026-11").json["bodies"]] == ["whole"]
    assert system("firm").get("/figures/2026-11").status_code == 403
    for month in ("2026-13", "2027-01", "2026-1", "now"):
        assert system("office").get(f"/figures/{month}").status_code == 404
