"""The page of a case that everybody leaves alone: what the firm reads on the day of every rung, and still undecided."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from cases.engine.sweep import sweep
from tests import clocks
from tests.builders import START, WORLD, Place, day
from tests.web.signing import sign_in

IN_TIME = ((day(2026, 9, 7), 1), (day(2026, 9, 8), 2), (day(2026, 9, 9), 2))
LATE = (
    (day(2026, 9, 10), 3), (day(2026, 9, 14), 4), (day(2026, 9, 22), 5), (day(2026, 10, 8), 6),
    (day(2026, 10, 9), 7), (day(2026, 10, 12), 8), (day(2026, 10, 14), 9), (day(2026, 10, 23), 10),
    (day(2026, 12, 31), 10),
)  # fmt: skip
"""The day, and how many entries the case has: its filing, then one a rung (tests/cases/engine/test_left_alone.py)."""


def look(app: Flask, client: FlaskClient, place: Place, number: str, at: datetime) -> str:
    """The case's page as the firm reads it at that moment, in English."""
    clocks.at(app, at)
    client.set_cookie("language", "en")
    answer = sign_in(client, place, "enterprise").get(f"/cases/{number}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_day_by_day_the_page_says_who_is_late_and_nothing_is_decided(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    number = place.file(START).number
    for at, entries in IN_TIME + LATE:
        sweep(WORLD, at)
        html = look(app, client, place, number, at)
        stands = [f'data-{name}="{value}"' for name, value in
                  (("state", "filed"), ("desk", "office"), ("version", entries))]  # fmt: skip
        assert [line for line in stands if line not in html] == [], at
        late = (at, entries) in LATE
        assert ("is responsible now" in html) is late, at
        assert 'datetime="2026-11-10"' in html, "from when the law's remedies open"
