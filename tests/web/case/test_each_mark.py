"""Each limit bears its own mark of basis: in the days to come, in a referral, in an answer."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.letters import Letter
from notifications.papers import Paper
from tests.builders import Place
from tests.web.signing import sign_in
from tests.web.walking import WALK, walk


@pytest.mark.parametrize("who", ["enterprise", "reviewer", "office"])
def test_every_day_to_come_bears_the_mark_of_its_own_limit(client: FlaskClient, place: Place, who: str) -> None:
    case = walk(place, "accept", "refer")
    client.set_cookie("language", "en")
    page = sign_in(client, place, who).get(f"/cases/{case.number}").text
    rail = page[page.index('<ol class="rail">') : page.index("</ol>", page.index('<ol class="rail">'))]
    days = [line for line in rail.split("<li")[1:] if "data" not in line and not line.startswith(' class="now"')]
    assert len(days) > 2
    assert all(re.search(r'class="mark \w+"', line) for line in days)
    assert "mark" not in page[page.index("</ol>", page.index('<ol class="rail">')) :][:200]


def test_a_referral_marks_the_window_to_return_it_and_an_answer_the_time_for_a_review(
    session: Session, place: Place
) -> None:
    case = walk(place, *WALK)
    referral, answer = (
        session.scalars(select(Letter).where(Letter.case_number == case.number, Letter.name.startswith(name))).first()
        for name in ("referral", "answered")
    )
    assert referral
    assert answer
    assert "return it by Friday 20 November (proposed, not yet published)" in referral.body("en")
    assert "within 15 days of receiving this (proposed, not yet published)" in answer.body("en")
    papers = {paper.form: paper.values for paper in session.scalars(select(Paper))}
    assert papers["referral"]["return_basis"] == "proposal"
