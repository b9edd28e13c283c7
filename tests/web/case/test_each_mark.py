"""Each limit bears its own mark of basis: in the days to come, in a referral, in an answer."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.letters import Letter
from notifications.papers import Paper
from tests.builders import Place, day
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
    assert "until 7 December 2026 (15 days from receiving this, proposed, not yet published)" in answer.body("en")
    assert "after that day the ways that the law gives remain" in answer.body("en")
    assert "可以在2026年12月7日前（含当日；自收到之日起15日，拟定期限，尚未公布）向" in answer.body("zh")
    papers = {paper.form: paper.values for paper in session.scalars(select(Paper))}
    assert papers["referral"]["return_basis"] == "proposal"


def ways(client: FlaskClient, place: Place, number: str) -> list[str]:
    """The lines under "If you do not agree", as the firm reads them."""
    client.set_cookie("language", "en")
    page = sign_in(client, place, "enterprise").get(f"/cases/{number}").text
    card = page[page.index('id="still-open"') : page.index("</section>", page.index('id="still-open"'))]
    return [
        " ".join(unescape(re.sub(r"<[^>]*>", "", line)).replace("\xa0", " ").split()) for line in card.split("<li")[1:]
    ]


def test_a_closed_case_shows_its_firm_each_way_with_its_last_day_and_mark(client: FlaskClient, place: Place) -> None:
    case = walk(place, *WALK)
    review, reconsideration, suit = (line.partition(">")[2] for line in ways(client, place, case.number))
    assert review == "Ask for a review: open until Monday 7 December. Proposed"
    assert reconsideration.endswith(" Law Administrative Reconsideration Law, Art. 20")
    assert reconsideration.startswith("Administrative reconsideration: open until Thursday 21 January 2027")
    assert suit.endswith(" Law Administrative Litigation Law, Art. 46")


def test_once_the_time_for_a_review_is_over_what_the_law_gives_remains(client: FlaskClient, place: Place) -> None:
    case = walk(place, *WALK, filed=day(2026, 10, 12))
    review, reconsideration, _suit = ways(client, place, case.number)
    assert "Ask for a review: its time ended on Monday 2 November." in review
    assert "open until Thursday 17 December" in reconsideration


def test_a_review_that_was_taken_back_moves_no_period_of_law(client: FlaskClient, place: Place) -> None:
    case = walk(place, *WALK, "ask_review", filed=day(2026, 10, 12))
    place.act(case, "enterprise", "withdraw_review", day(2026, 10, 23))
    lines = ways(client, place, case.number)
    assert "Ask for a review" not in "".join(lines)
    assert "open until Thursday 17 December" in lines[0]
