"""A short round of the bench on each database; and that it finds faults that are put in on purpose."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.bench.faults.answers import fill
from tests.bench.faults.bench import set_up
from tests.bench.faults.herd import zygote
from tests.bench.faults.page import Asked, Form

QUICK = 0.12
"""Seconds between two strokes, on the average."""


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    """One process that has imported the product serves every bench of this file."""
    with zygote() as path:
        yield path


def test_a_word_that_is_looked_for_later_stands_in_what_is_sent() -> None:
    """A firm that changes its filing claims two fields, and no claim that is left out bears the word."""
    form = Form("", [Asked("claims-facts-value", "textarea"), Asked("claims-fine-value", "text"),
                     Asked("words", "textarea")])  # fmt: skip
    sent, _, bears = fill(form, "nword", date(2026, 9, 7))
    assert bears
    assert ("words", "核查 nword") in sent


def test_killed_at_any_instant_nothing_is_lost_and_nothing_is_there_twice(
    ready: Path, database_url: str, tmp_path: Path
) -> None:
    with set_up(ready, tmp_path, database_url, pause=QUICK, warm=1) as bench:
        assert bench.round(kills=12) == []
        assert bench.toll.total >= 12 + len(bench.herd.members)
        assert bench.told.counts["done"]
        assert bench.mail.taken


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("answer_before_the_commit", "is lost|answered, .* in the ledger"),
        ("mail_believed_before_it_is_taken", "the mail server never took it"),
    ],
)
def test_a_fault_put_in_on_purpose_is_found(ready: Path, tmp_path: Path, planted: str, found: str) -> None:
    with set_up(ready, tmp_path, f"sqlite:///{tmp_path / 'bench.sqlite'}", pause=QUICK, planted=planted, warm=1) as it:
        faults = next((faults for _ in range(8) if (faults := it.round(kills=8))), [])
    assert any(re.search(found, fault) for fault in faults), faults
