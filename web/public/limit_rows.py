"""The limits of a place as rows of a page: how long, from when, with which mark, on which basis. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from workflow.calendar import Unit
from workflow.jurisdiction import Jurisdiction, Remedy
from workflow.limits import Mark, Rule, mark_of

MARKS: tuple[Mark, ...] = ("statute", "statute_unverified", "promise", "proposal", "analogy")


@dataclass(frozen=True)
class Row:
    """One limit. `where` says for which cases it holds, `variant` for which sort; both empty: for all.

    `certainty` is "recalled" where the figure was found in no text: it then is a proposal without a citation.
    """

    kind: str
    name: str
    label: str
    n: int
    unit: Unit
    counted_from: str
    mark: Mark
    citation: str
    certainty: str
    note: str
    where: str = ""
    variant: str = ""
    extension: int | None = None
    extension_up_to: bool = False
    extension_mark: Mark | None = None
    window: bool = False
    key: str = ""
    since: date | None = None
    """The first filing day of this version."""


@dataclass(frozen=True)
class Group:
    """The rows of one kind; `handled` says whether such cases are taken here yet."""

    kind: str
    handled: bool
    rows: tuple[Row, ...]


def limits_on(place: Jurisdiction, day: date, language: str, kinds: Collection[str]) -> tuple[Group, ...]:
    """Every limit for cases filed on a day, by kind, those of the kinds that are handled first."""
    rows = [row for rule in place.in_force(day) for row in rows_of(rule, language)]
    names = sorted(dict.fromkeys(row.kind for row in rows), key=lambda kind: kind not in kinds)
    return tuple(Group(kind, kind in kinds, tuple(row for row in rows if row.kind == kind)) for kind in names)


def marked(groups: tuple[Group, ...], mark: str) -> tuple[Group, ...]:
    """Only the rows that bear a mark; groups without one are left out."""
    if mark not in MARKS:
        return groups
    kept = (Group(group.kind, group.handled, tuple(row for row in group.rows if row.mark == mark)) for group in groups)
    return tuple(group for group in kept if group.rows)


def leading(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The limits to know first: of the first kind its first step, what a text gives and what can become longer; of
    the others what a text binds to or was promised."""
    kept = (replace(group, rows=tuple(row for row in group.rows if _leads(row, group, groups[0]))) for group in groups)
    return tuple(group for group in kept if group.rows)


def _leads(row: Row, group: Group, first: Group) -> bool:
    if row.window:
        return False
    if group.kind != first.kind:
        return row.mark not in ("proposal", "analogy")
    return row == group.rows[0] or row.mark != "proposal" or row.extension is not None


def counted(groups: tuple[Group, ...]) -> dict[Mark, int]:
    """How many rows bear each mark; a mark that none bears counts 0."""
    found = Counter(row.mark for group in groups for row in group.rows)
    return {mark: found[mark] for mark in MARKS}


def remedies_of(place: Jurisdiction, after: Collection[str], language: str) -> tuple[tuple[Remedy, Row], ...]:
    """What the law opens after a decision or after silence, each with its limit."""
    return tuple((remedy, _remedy(remedy, language)) for remedy in place.remedies if remedy.after in after)


def rows_of(rule: Rule, language: str) -> tuple[Row, ...]:
    """The limit, and the same where a text binds only some cases."""
    row = _row(rule, "", language)
    return (row, _row(rule.bound(), rule.binding.where, language)) if rule.binding else (row,)


def _row(rule: Rule, where: str, language: str) -> Row:
    return Row(
        kind=rule.kind,
        name=rule.name,
        label=rule.label,
        n=rule.n,
        unit=rule.unit,
        counted_from=rule.counted_from,
        mark=mark_of(rule),
        citation=_citation(rule, language),
        certainty=rule.certainty,
        note=rule.note,
        where=where,
        variant=rule.variant,
        extension=rule.extension,
        extension_up_to=rule.extension_up_to,
        extension_mark=_extension_mark(rule),
        window=rule.window,
        key=rule.key,
        since=rule.valid_from,
    )


def _extension_mark(rule: Rule) -> Mark | None:
    """The mark of the extension, where it is not that of the limit itself."""
    of_extension = rule.of_extension
    return None if of_extension in (None, rule.basis) else of_extension


def _remedy(remedy: Remedy, language: str) -> Row:
    return Row(
        kind="remedy",
        name=remedy.name,
        label=remedy.label[language],
        n=remedy.n,
        unit=remedy.unit,
        counted_from=remedy.counted_from,
        mark="statute_unverified" if remedy.certainty == "second_hand" else "statute",
        citation=_citation(remedy, language),
        certainty=remedy.certainty,
        note=remedy.note,
    )


def _citation(cited: Rule | Remedy, language: str) -> str:
    return cited.citation_en if language == "en" else cited.citation
