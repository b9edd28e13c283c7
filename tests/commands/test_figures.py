"""`flask figures month`: a line a body, then a line an end, as the page counts them."""

from flask import Flask

from tests.builders import Place
from tests.cases.figures.test_statistics import september  # noqa: F401


def test_a_month_prints_its_bodies_and_its_ends(app: Flask, september: Place) -> None:  # noqa: F811
    answer = app.test_cli_runner().invoke(args=["figures", "month", "2026-09"])
    assert answer.exit_code == 0, answer.output
    bodies, ends = (part.splitlines() for part in answer.output.split("\n\n"))
    assert bodies[0].startswith("body\tclosed\ton time\tlate")
    assert len(bodies) == 5
    ours, other = september.bureau.name, september.other_bureau.name
    assert ends[0].split("\t") == ["body", "kind", "end", "closed", "again"]
    assert sorted(line.split("\t") for line in ends[1:]) == sorted([
        [ours, "Objection", "Corrected", "0", "1"],
        [ours, "Objection", "Record kept", "2", "0"],
        [other, "Objection", "Record kept", "1", "0"],
        ["office", "Objection", "Refused", "1", "0"],
        ["office", "Objection", "Withdrawn", "1", "0"],
    ])  # fmt: skip
