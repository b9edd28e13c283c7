"""`flask exchange`: what is owed is listed, sent, answered, told and looked at by hand."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from exchange.queue import queue
from registry.credit_records import correct
from tests.builders import START, Place, later
from tests.clocks import stopped_at
from tests.exchange.test_deliveries import OUTSIDE, WITH, folder


@pytest.fixture
def app(app: Flask, place: Place, tmp_path: Path) -> Flask:
    """The place where others are told, four weeks after a change."""
    queue(place.session, OUTSIDE, correct(place.session, place.record, {"fine": "0.80"}, None, START, "user:1"), START)
    place.session.commit()
    app.extensions |= {"law": WITH, "ways": folder(tmp_path)}
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], clock=stopped_at(later(START, days=28)))
    return app


def ran(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["exchange", *words])


def test_what_is_owed_is_listed_sent_and_looked_at(app: Flask, place: Place) -> None:
    listed = ran(app, "list")
    assert listed.exit_code == 1  # late
    rows = [line.split("\t") for line in listed.stdout.splitlines()[1:]]
    assert {(row[1], row[4], row[6]) for row in rows} == {
        ("bureau", "by_hand", "office"), ("city", "queued", "office"), ("mirror", "by_hand", "office"),
    }  # fmt: skip
    assert ran(app, "send", "city").stdout == "sent 1\n"
    assert ran(app, "receipts", "city").stdout == "receipts 0\n"
    bureau = next(row[0] for row in rows if row[1] == "bureau")
    assert ran(app, "told", bureau, "--how", "函告", "--by", "office").stdout == "told\n"
    refused = ran(app, "looked", bureau, "--agrees", "--by", "office")
    assert (refused.exit_code, "reference" in refused.stderr) == (2, True)
    assert ran(app, "looked", bureau, "--agrees", "--proof", "截图", "--by", "enterprise").exit_code == 2
    assert ran(app, "looked", bureau, "--agrees", "--proof", "截图", "--by", "office").stdout == "confirmed\n"


def test_a_place_that_is_not_there_or_has_no_machine_is_said(app: Flask) -> None:
    assert "There is no place nowhere" in ran(app, "send", "nowhere").stderr
    assert "told by hand" in ran(app, "send", "bureau").stderr
    assert "There is no delivery 999" in ran(app, "told", "999", "--how", "x", "--by", "office").stderr
