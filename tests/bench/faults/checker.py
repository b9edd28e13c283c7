"""The independent checker: whether what a database holds can be the whole truth, found from its rows alone.

It imports nothing of the product. Hashes, salts, replays and series are worked out here a second time, by the format
that `docs/` and the tables describe; so a mistake of the product's own check does not hide behind itself.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.faults.acts_found import acts_found
from tests.bench.faults.cases_replayed import cases_replayed
from tests.bench.faults.chains_whole import chains_whole
from tests.bench.faults.checkpoints_stand import checkpoints_stand
from tests.bench.faults.letters_once import letters_once
from tests.bench.faults.numbers_drawn import numbers_drawn
from tests.bench.faults.records_replayed import records_replayed
from tests.bench.faults.stored import Stored, read_stored
from tests.bench.faults.timers_once import timers_once

Mailed = Iterable[str] | Path | None


def check(
    database_url: str, acknowledged: Path | None = None, mailed: Mailed = None, now: datetime | None = None, *,
    drained: bool = False, evidence: Path | None = None,
) -> list[str]:  # fmt: skip
    """Everything that is not sound, a sentence each; none means sound.

    `acknowledged` holds a JSON object a line, an act that was answered or whose answer was lost. `mailed` are the
    Message-IDs that the mail server took, as often as it took them, or a file of them. With `drained` nothing that is
    due at `now` may still wait. `evidence` is the folder of the files themselves.
    """
    stored = read_stored(database_url)
    return list(faults_of(stored, acknowledged, mailed, now, drained=drained, evidence=evidence))


def faults_of(
    stored: Stored, acknowledged: Path | None = None, mailed: Mailed = None, now: datetime | None = None, *,
    drained: bool = False, evidence: Path | None = None,
) -> Iterator[str]:  # fmt: skip
    """The same, of rows that have been read."""
    yield from chains_whole(stored, evidence)
    yield from checkpoints_stand(stored)
    yield from cases_replayed(stored)
    yield from timers_once(stored, _spelled(now) if now and drained else None)
    yield from records_replayed(stored)
    yield from letters_once(stored, _ids(mailed), _spelled(now) if now and drained else None)
    yield from numbers_drawn(stored)
    yield from acts_found(stored, acknowledged.read_text("utf-8").splitlines() if acknowledged else ())


def _ids(mailed: Mailed) -> list[str] | None:
    lines = mailed.read_text("utf-8").splitlines() if isinstance(mailed, Path) else mailed
    return None if lines is None else [line.strip() for line in lines if line.strip()]


def _spelled(now: datetime) -> str:
    return now.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
