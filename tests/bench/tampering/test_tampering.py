"""A small round of the tampering bench, and that docs/security.md says what the bench says."""

from pathlib import Path
from random import Random

import pytest

from tests.bench.tampering.__main__ import DOCS, faults_of, table
from tests.bench.tampering.stage import prepare
from tests.bench.tampering.tricks import TRICKS
from tests.played import copied_demo

SEED = 20261203


def test_a_few_tricks_are_found_or_not_as_the_table_says(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path / "played"
    folder.mkdir()
    prepare(copied_demo(tmp_path_factory, folder, stands=True))
    for name in Random(SEED).sample(sorted(TRICKS), 6):
        assert faults_of(TRICKS[name], folder, SEED) == "", name


def test_the_table_in_the_docs_is_that_of_the_bench() -> None:
    assert table() in DOCS.read_text()
