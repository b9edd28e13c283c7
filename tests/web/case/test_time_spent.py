"""In whose hands the time of a case was: its stays, their sum, and how that agrees with the clock of the whole case."""

import re

from flask.testing import FlaskClient

from tests.builders import Place
from tests.web.signing import sign_in
from tests.web.walking import WALK, walk


def told(client: FlaskClient, number: str) -> str:
    client.set_cookie("language", "en")
    page = client.get(f"/cases/{number}/time")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text[page.text.index("<main") :]).split())


def test_the_clock_of_the_whole_case_is_told_for_the_time_that_it_counts(client: FlaskClient, place: Place) -> None:
    running = walk(place, "accept", "refer")
    page = told(sign_in(client, place, "office"), running.number)
    assert "Up to today this case has taken 6 working days" in page
    assert "shows the same 6 working days, of the 20" in page


def test_a_case_that_was_opened_again_has_a_clock_that_began_afresh(client: FlaskClient, place: Place) -> None:
    """The sum is of all its time, the clock only of the time since then: they are not said to be the same."""
    again = walk(place, *WALK, "ask_review")
    page = told(sign_in(client, place, "office"), again.number)
    assert "Since the case was opened again the clock of the whole case shows 1 working day, of the 20" in page
    assert "the same" not in page
