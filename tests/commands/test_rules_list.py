"""`flask rules list`: every limit of a day, with what it rests on."""

from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import pytest
from flask import Flask

from commands.rules import HEADINGS, aligned, rules_commands
from config import ROOT, Clock, Settings
from extensions import db
from workflow.rules import load_jurisdiction

NOW = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
"""1 April there, 31 March in UTC."""


@pytest.fixture(params=["cn-nm-demo", "cn-nm-etuoke"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application with nothing but its settings, its law and the command."""
    application = Flask("rules")
    application.config["SETTINGS"] = Settings(
        mode="test", host="127.0.0.1", port=0, data_dir=tmp_path, database_url="sqlite://", secret_key="t" * 32,
        smtp_url="", jurisdiction=request.param, clock=Clock(NOW - Clock().now()),
    )  # fmt: skip
    application.extensions["law"] = load_jurisdiction(ROOT / "jurisdictions", request.param)
    application.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(application)
    application.cli.add_command(rules_commands)
    return application


def rows(app: Flask, *arguments: str) -> list[dict[str, str]]:
    result = app.test_cli_runner().invoke(args=["rules", "list", *arguments])
    assert result.exit_code == 0, result.output
    head, *lines = (line.split("\t") for line in result.stdout.splitlines())
    assert tuple(head) == HEADINGS
    return [dict(zip(head, line, strict=True)) for line in lines]


def cells(found: list[dict[str, str]], kind: str, stage: str, **where: str) -> list[list[str]]:
    return [
        [row[key] for key in ("number", "unit", "counted from", "basis", "citation", "certainty", "extension")]
        for row in found
        if row["kind"] == kind and row["stage"] == stage and where.items() <= row.items()
    ]


def test_a_line_tells_number_unit_start_basis_citation_and_certainty(bare: Flask) -> None:
    found = rows(bare, "--on", "2026-11-24")
    assert cells(found, "objection", "verify") == [
        ["7", "workday", "from the referral to that bureau", "proposal", "-", "none", "+10"]
    ]
    assert cells(found, "complaint", "decide", variant="petition") == [
        ["60", "day", "from acceptance", "statute", "信访工作条例第34条", "read", "up to +30"]
    ]


def test_a_limit_that_is_law_only_for_some_cases_has_two_lines(bare: Flask) -> None:
    whole = [row for row in rows(bare, "--on", "2026-11-24") if (row["kind"], row["stage"]) == ("repair", "whole")]
    assert [(row["basis"], row["for"], row["extension basis"]) for row in whole] == [
        ("proposal", "-", "proposal"),
        ("statute", "forwarded from Credit China", "proposal"),
    ]


def test_each_limit_of_the_day_stands_there_by_kind(bare: Flask) -> None:
    found = rows(bare, "--on", "2026-11-24")
    names = [(row["kind"], row["stage"]) for row in found]
    assert len(found) == 39 + 2
    assert list(dict.fromkeys(row["kind"] for row in found)) == ["objection", "correction", "repair", "complaint"]
    assert [name for name, _ in groupby(names)] == list(dict.fromkeys(names))
    assert names[:3] == [("objection", "accept"), ("objection", "supplement"), ("objection", "refer")]


def test_the_day_decides_which_version_is_listed(bare: Flask) -> None:
    before, after = (cells(rows(bare, "--on", day), "repair", "accept") for day in ("2026-03-31", "2026-04-01"))
    assert [line[3:6] for line in before] == [["proposal", "-", "recalled"]]
    assert [line[3:6] for line in after] == [
        ["statute", "国办发〔2025〕22号；信用修复管理办法（发改委令第36号）", "second_hand"]
    ]


def test_without_a_day_it_is_today_there(bare: Flask) -> None:
    assert rows(bare) == rows(bare, "--on", "2026-04-01")


def test_a_day_that_is_none_is_refused_on_stderr(bare: Flask) -> None:
    result = bare.test_cli_runner().invoke(args=["rules", "list", "--on", "2026-02-30"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2026-02-30" in result.stderr


def test_a_chinese_character_takes_two_places_in_a_column() -> None:
    assert list(aligned([("法", "a"), ("abc", "b")])) == ["法   a", "abc  b"]


def test_a_line_tells_its_days_of_force_and_the_rule_set_that_events_name(bare: Flask) -> None:
    law = bare.extensions["law"]
    day = date(2026, 11, 24)
    found = rows(bare, "--on", "2026-11-24")
    assert {row["rule set"] for row in found} == {law.rule_set(day).id}
    ends = {"-", *(str(rule.valid_until) for rule in law.rules)}
    assert all(row["valid from"] <= "2026-11-24" and row["valid until"] in ends for row in found)
