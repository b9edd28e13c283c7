"""A small round of the fuzzer each day, and again the rounds that once found something."""

from collections import Counter
from pathlib import Path

import pytest

from tests.bench.fuzz.fuzzer import play
from tests.bench.fuzz.nasty import CORPUS
from tests.turns import ROUND
from tests.web.stage import Stage, build_stage
from tests.web.test_addresses import fill_for_every_address


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stage:
    made = build_stage(tmp_path_factory.mktemp("fuzz"), sqlite_template)
    fill_for_every_address(made)
    return made


@pytest.mark.parametrize("seed", [*CORPUS["seeds"], 1_000_000 + ROUND])
def test_whatever_is_sent_no_answer_is_an_error_of_ours(stage: Stage, seed: int) -> None:
    seen = Counter[str]()
    assert list(play(stage, seed, seen)) == []
    assert seen["200"]
