"""The pages of a case whose kind has changed: no old name on them, nothing lost of what stood there."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from flask.testing import FlaskClient

from cases.engine.mapping import MappingOrder, map_cases
from cases.model.tables import Case
from tests.builders import WORLD, Place, as_shown
from tests.conftest import NOW
from tests.kinds_changed import changed, kind_is
from tests.web.signing import sign_in
from tests.web.walking import walk
from workflow.definition import Definition

pytestmark = pytest.mark.sqlite
"""That a mapped case is the same on both databases, the tests of cases hold."""

READERS = ("enterprise", "reviewer", "approver", "office", "chief", "auditor")
WHY = "信用办〔2026〕7号"


@cache
def objection(*names: tuple[str, str]) -> Definition:
    return changed("objection", dict(names))


@pytest.fixture
def case(place: Place) -> Iterator[Case]:
    """Proposed, sent back and proposed again; then `with_bureau` and `proposed` are called otherwise, and it is taken
    over."""
    case = walk(place, "accept", "refer", "propose", "send_back", "propose_again")
    names = (("with_bureau", "verifying"), ("proposed", "to_approve"))
    with kind_is(objection(*names)):
        map_cases(WORLD, MappingOrder("objection", names), WHY, NOW)
        yield place.case(case.number)


def page(client: FlaskClient, place: Place, who: str, path: str, language: str = "en") -> str:
    client.set_cookie("language", language)
    answer = sign_in(client, place, who).get(path)
    assert answer.status_code == 200, path
    return answer.text


def said(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_reader_reads_it_and_nobody_an_old_name(client: FlaskClient, place: Place, case: Case) -> None:
    for language, who in product(("zh", "en"), READERS):
        html = page(client, place, who, f"/cases/{case.number}", language)
        assert 'data-state="to_approve"' in html
        assert not re.search("with_bureau|verifying", said(html))
        entry = (
            "程序已调整，本案按新程序继续办理" if language == "zh" else "The procedure has changed; the case goes on"
        )
        assert entry in html
        assert ("本站运维人员" if language == "zh" else "whoever runs this site") in html
        assert (WHY in html) == (who != "enterprise"), "the reason is for officials"


def test_what_was_proposed_before_waits_for_its_decision_after(client: FlaskClient, place: Place, case: Case) -> None:
    html = page(client, place, "approver", f"/cases/{case.number}/approve")
    assert "金额录错" in html
    case_page = page(client, place, "approver", f"/cases/{case.number}")
    assert 'data-action="approve"' in case_page
    answer = client.post(f"/cases/{case.number}/approve", data=as_shown(place.session, case.number))
    assert answer.status_code == 302
    assert place.case(case.number).state == "carrying_out"
    assert "部分" not in said(page(client, place, "enterprise", f"/cases/{case.number}"))


@pytest.mark.parametrize("who", READERS)
def test_it_stands_in_the_lists_of_those_who_have_it(client: FlaskClient, place: Place, case: Case, who: str) -> None:
    for path in ("/cases", "/desk", "/overdue", "/inbox", "/records"):
        client.set_cookie("language", "en")
        answer = sign_in(client, place, who).get(path, follow_redirects=True)
        assert answer.status_code in (200, 403, 404), path
        assert not re.search("with_bureau|verifying", said(answer.text))
    if who == "approver":
        assert case.number in page(client, place, who, "/desk")


def test_the_auditor_reads_a_chain_that_matches(client: FlaskClient, place: Place, case: Case) -> None:
    html = page(client, place, "auditor", f"/audit/{case.number}")
    assert html.count("matches") >= case.length
    assert "whoever runs this site" in html
    assert "The procedure has changed" in html


def test_a_case_that_ended_where_its_kind_has_no_end_any_more_can_still_be_read(
    client: FlaskClient, place: Place
) -> None:
    """The site starts with it, since nobody has to do anything there; until it is mapped it is called by its code."""
    case = walk(place, "refuse")
    with kind_is(objection(("refused", "declined"))):
        for who in ("enterprise", "office", "auditor"):
            assert 'data-state="refused"' in page(client, place, who, f"/cases/{case.number}")
            assert page(client, place, who, "/cases")
        assert page(client, place, "enterprise", "/records")


def test_a_deadline_that_is_gone_is_called_by_its_code_in_the_time_line(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=NOW.replace(month=10))
    with kind_is(objection(("verify", "checking"))):
        map_cases(WORLD, MappingOrder("objection", (("verify", "checking"),)), WHY, NOW)
        html = page(client, place, "office", f"/cases/{case.number}")
        assert 'data-deadline="checking"' in html
        assert page(client, place, "office", f"/cases/{case.number}/deadlines/checking")
        for who in READERS:
            assert page(client, place, who, f"/cases/{case.number}")


def test_an_event_whose_action_is_gone_still_stands_in_the_time_line(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "note")
    with kind_is(objection(("refer", "pass_on"))):
        for who in READERS:
            html = page(client, place, who, f"/cases/{case.number}")
            assert re.search(r"refer\b", said(html)), "called by its code, not left out"
