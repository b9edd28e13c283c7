"""A bureau's own system, and the examples of docs/api.md, against the real server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cases.model.feed import number_new
from cases.model.tables import Case
from config import ROOT
from tests.builders import Place
from tests.conftest import NOW
from tests.pictures import serve
from tests.web.api.conftest import Make

CLIENT = ROOT / "examples" / "bureau_client" / "client.py"
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serve(app) as address:
        yield address


@pytest.fixture
def case(place: Place) -> Case:
    """An objection that lies with the first bureau."""
    made = place.file(NOW)
    place.act(made, "office", "accept", NOW)
    place.act(made, "office", "refer", NOW, question="请核查。")
    number_new(NOW)
    return made


def environment(secret: str, **more: str) -> dict[str, str]:
    return {**os.environ, "REDRESS_TOKEN": secret, "PYTHONIOENCODING": "utf-8", **more}


def test_a_bureaus_system_takes_a_case_proposes_and_follows(
    site: str, system: Make, case: Case, place: Place, tmp_path: Path
) -> None:
    secret = system("bureau").secret
    books = {
        place.record.document_number: {"values": {"fine": "0.80", "decided_on": "2026-03-18"}, "reasons": "已核对。"}
    }
    (tmp_path / "books.json").write_text(json.dumps(books), "utf-8")

    def run() -> tuple[str, dict[str, str]]:
        files = ("--books", str(tmp_path / "books.json"), "--state", str(tmp_path / "state.json"))
        command = [sys.executable, str(CLIENT), site, "--person", "reviewer", *files]
        said = subprocess.run(command, env=environment(secret), check=True, capture_output=True, text=True).stdout
        return said.strip(), json.loads((tmp_path / "state.json").read_text("utf-8"))["cases"]

    assert run() == (f"{case.number}: proposed", {case.number: "proposed"})
    proposed = place.case(case.number)
    assert (proposed.state, proposed.length) == ("proposed", 4)
    number_new(NOW)
    assert run() == ("nothing new", {case.number: "proposed"})
    place.act(case, "approver", "approve", NOW, opinion="")
    number_new(NOW)
    assert run() == ("nothing new", {case.number: "carrying_out"})


def test_the_examples_of_the_page_run(site: str, system: Make, case: Case, place: Place) -> None:
    blocks = PYTHON.findall((ROOT / "docs" / "api.md").read_text("utf-8"))
    assert len(blocks) == 4
    named = {"REDRESS_URL": site, "NUMBER": case.number, "PERSON": "reviewer"}
    command = [sys.executable, "-c", "\n".join(blocks)]
    done = subprocess.run(
        command, env=environment(system("bureau").secret, **named), check=True, capture_output=True, text=True
    )
    assert f"{case.number} 单位核查中 2026-12-03" in done.stdout
    assert place.case(case.number).length == 4
