"""Series of numbers without holes, and drafts that became one case each."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.bench.faults.stored import Row, Stored, grouped


def numbers_drawn(stored: Stored) -> Iterator[str]:
    """Holes and doubles in the numbers of cases and papers, and drafts used twice or for another."""
    yield from _cases(stored)
    yield from _papers(stored)
    yield from _drafts(stored)


def _cases(stored: Stored) -> Iterator[str]:
    drawn: dict[tuple[int, str], list[int]] = {}
    for case in stored["case_"]:
        year, letters, n = case.number.split("-")
        drawn.setdefault((int(year), letters), []).append(int(n))
    last = {(row.year, row.letters): row.last for row in stored["case_series"]}
    for year, letters in sorted(drawn.keys() | last.keys()):
        numbers = drawn.get((year, letters), [])
        yield from _series(f"the numbers {year}-{letters}", numbers, last.get((year, letters)))


def _papers(stored: Stored) -> Iterator[str]:
    drawn = {key: [row.n for row in rows] for key, rows in _by_series(stored["paper"]).items()}
    last = {key: rows[0].last for key, rows in _by_series(stored["paper_series"]).items()}
    for key in sorted(drawn.keys() | last.keys()):
        yield from _series(f"the papers {key[0]} of {key[1]}", drawn.get(key, []), last.get(key))
    numbers = stored.by_number
    for paper in stored["paper"]:
        if paper.case_number and paper.case_number not in numbers:
            yield f"{paper.case_number}: paper {paper.id} is of a case that does not exist"


def _by_series(rows: Iterable[Row]) -> dict[tuple[str, int], list[Row]]:
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        found.setdefault((row.series, row.year), []).append(row)
    return found


def _series(name: str, numbers: list[int], last: int | None) -> Iterator[str]:
    twice = sorted(n for n, times in Counter(numbers).items() if times > 1)
    if twice:
        yield f"{name}: drawn twice: {twice}"
    missing = sorted(set(range(1, max(last or 0, *numbers, 0) + 1)) - set(numbers))
    if missing:
        yield f"{name}: missing: {missing}"
    if numbers and last != max(numbers):
        yield f"{name}: the series counts {last}, the last is {max(numbers)}"


def _drafts(stored: Stored) -> Iterator[str]:
    used = [draft for draft in stored["draft"] if draft.case_id is not None]
    for case_id, drafts in grouped(used, "case_id").items():
        case = stored.cases.get(case_id)
        if len(drafts) > 1:
            yield f"{stored.name_of(case_id)}: {len(drafts)} drafts became this case"
        if case is None:
            yield f"#{case_id}: a draft became a case that does not exist"
        elif any(draft.kind != case.kind for draft in drafts):
            yield f"{case.number}: a draft of another kind became this case"
        if any(draft.answers or draft.files for draft in drafts):
            yield f"{stored.name_of(case_id)}: the draft that became this case still holds its words"
