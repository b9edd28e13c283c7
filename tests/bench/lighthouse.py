"""Lighthouse over every sort of page: `python -m tests.bench.lighthouse`.

`--write` makes the table of docs/lighthouse.md. It serves the played demo, signs in as the page's reader, and runs the
`lighthouse` on PATH, or of LIGHTHOUSE,
for a desktop and for a phone: `npm install lighthouse` somewhere outside the project gives one. Words after it choose
among the pages by name; `--times 3` keeps the best of three, since a busy machine makes a page look slow.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from registry.people import DEMO_PASSWORD
from tests.bench.album.demo import album_demo
from tests.bench.album.found import found_in
from tests.bench.album.scene import Scene
from tests.bench.album.scenes import SCENES
from tests.pictures import CHROMIUM, serve
from tests.sound import Read

PRESETS: Final = {"desktop": ("--preset=desktop",), "phone": ()}
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
LEAST: Final = {"performance": 95, "accessibility": 100, "best-practices": 100}
DOCUMENT: Final = ROOT / "docs" / "lighthouse.md"
KEPT: Final = Path(__file__).with_name("lighthouse.json")
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
SORTS: Final = (
    "nobody-front", "nobody-sign-in", "nobody-status", "nobody-join", "nobody-rules", "nobody-calendar",
    "nobody-due-counted", "enterprise-records", "enterprise-record", "enterprise-filing-1",
    "enterprise-cases", "enterprise-case-waiting", "enterprise-inbox", "enterprise-letter", "enterprise-paper",
    "enterprise-firm", "reviewer-desk", "reviewer-case", "reviewer-propose", "reviewer-search-found",
    "reviewer-phrases", "approver-approvals", "approver-approve", "office-intake", "office-overdue",
    "office-assessment", "office-organisation", "office-admissions", "office-cases", "chief-desk", "chief-people",
    "auditor-audit", "auditor-ledger", "auditor-readers",
)  # fmt: skip
"""A scene of the album for each sort of page."""


@dataclass(frozen=True)
class Score:
    """What Lighthouse gave a page at a preset, of a hundred, and what was not perfect."""

    page: str
    preset: str
    scores: dict[str, int]
    faults: tuple[str, ...]
    version: str

    @property
    def short(self) -> list[str]:
        return [name for name, least in LEAST.items() if self.scores[name] < least]


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    program = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
    if not program:
        sys.exit("no lighthouse is on PATH, and LIGHTHOUSE names none: npm install lighthouse, outside the project")
    short = False
    with tempfile.TemporaryDirectory() as kept:
        app = album_demo(Path(kept))
        with serve(app) as address:
            for scene in _chosen(asked.only):
                for preset in asked.presets:
                    score = _best(program, app, address, scene, preset, asked.times)
                    print(score.page, preset, *score.scores.values(), *score.faults, flush=True)  # noqa: T201
                    short = short or bool(score.short)
                    if asked.write:
                        _keep(score)
    return int(short)


def _best(program: str, app: Flask, address: str, scene: Scene, preset: str, times: int) -> Score:
    """The run that was disturbed least, of so many; no more where nothing falls short."""
    runs: list[Score] = []
    while len(runs) < times and (not runs or runs[-1].short):
        runs.append(_score(program, app, address, scene, preset))
    return max(runs, key=lambda one: one.scores["performance"])


def _score(program: str, app: Flask, address: str, scene: Scene, preset: str) -> Score:
    with app.app_context():
        path = found_in(scene.address, scene.who)
    with tempfile.TemporaryDirectory() as folder:
        headers, out = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": _cookies(app, scene.who)}), "utf-8")
        subprocess.run(
            [program, address + path, "--quiet", "--output=json", f"--output-path={out}", *PRESETS[preset],
             f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={headers}",
             "--chrome-flags=--headless=new --no-sandbox --disable-gpu"],
            check=True, env={**os.environ, "CHROME_PATH": str(CHROMIUM)}, timeout=300,
        )  # fmt: skip
        report = json.loads(out.read_text("utf-8"))
    scores = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
    return Score(scene.key, preset, scores, tuple(_faults(report)), report["lighthouseVersion"])


def _faults(report: dict[str, Any]) -> Iterator[str]:
    """The audits that cost something in accessibility and best practices."""
    for name in CATEGORIES[1:]:
        for one in report["categories"][name]["auditRefs"]:
            audit = report["audits"][one["id"]]
            if one["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{one['id']}: {audit['title']}"


def signed_in(app: Flask, who: str) -> FlaskClient:
    """Somebody who has signed in, without a browser; nobody where no name is given."""
    client = app.test_client()
    if who:
        [form] = Read(client.get("/sign-in").text).forms
        asked = {**form.hidden, "username": who, "password": DEMO_PASSWORD}
        assert client.post("/sign-in", data=asked).status_code == 302, who
    return client


def _cookies(app: Flask, who: str) -> str:
    """Of somebody who has signed in, in Chinese."""
    session = signed_in(app, who).get_cookie("session")
    return "; ".join(filter(None, ("language=zh", f"session={session.value}" if session else "")))


def _keep(one: Score) -> None:
    """Put this beside what is kept, and make the table anew."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    kept[f"{one.page} {one.preset}"] = {**one.scores, "day": time.strftime("%Y-%m-%d"), "version": one.version}
    KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", "utf-8")
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}{_table(kept)}{END}{rest.partition(END)[2]}", "utf-8")


def _table(kept: dict[str, dict[str, Any]]) -> str:
    """A row for each sort of page: performance, accessibility, best practices, for a desktop and for a phone."""
    lines = ["| page | desktop | phone | day, version |", "|---|---|---|---|"]
    for name in SORTS:
        found = {preset: kept.get(f"{name} {preset}") for preset in PRESETS}
        cells = [" / ".join(str(one[c]) for c in CATEGORIES) if one else "not measured" for one in found.values()]
        some = next(filter(None, found.values()), None)
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {some['day'] + ', ' + some['version'] if some else ''} |")
    return "\n".join(lines) + "\n"


def _chosen(words: list[str]) -> list[Scene]:
    by_key = {scene.key: scene for scene in SCENES}
    return [by_key[name] for name in SORTS if not words or any(word in name for word in words)]


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lighthouse", description=__doc__)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--presets", nargs="*", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
