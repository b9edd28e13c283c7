"""A small round of the bench of seals, and that it finds what it is for."""

import subprocess
import sys

import pytest
from flask import Flask

from cases.model.evidence import Store
from cases.papers.sealing import seal_waiting
from tests.bench.sealing import faults_of
from tests.builders import Place
from tests.cases.papers.test_sealing import SITE, files, issued, local
from tests.conftest import NOW


def test_processes_that_seal_are_killed_and_each_paper_has_one_seal() -> None:
    round_ = [sys.executable, "-m", "tests.bench.sealing", "--kills", "4", "--seed", "7"]
    ended = subprocess.run(round_, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "kills 4" in ended.stdout


@pytest.mark.parametrize("damage", ["lost", "flipped"])
def test_a_paper_without_its_seal_or_with_another_is_found(place: Place, app: Flask, damage: str) -> None:
    store: Store = app.extensions["store"]
    paper = issued(place)
    assert seal_waiting(local(), store, SITE, None, NOW) == 1
    assert faults_of(store)[0] == []
    (file,) = files(place)
    if damage == "lost":
        place.session.delete(file)
        place.session.commit()
        assert faults_of(store)[0] == [f"paper {paper.id} has 0 seals"]
    else:
        path = store.path(file.sha256)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(content)
        assert faults_of(store)[0] == [f"paper {paper.id}: its seal does not hold"]
