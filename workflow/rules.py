"""A jurisdiction's folder, read and validated: the law as data becomes a `Jurisdiction`.

It knows how the files are laid out and how one place extends another, and no place by name.
Reading takes some milliseconds; whoever calls keeps the answer.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from workflow.calendar import BadCalendar, Calendar, read_calendar
from workflow.jurisdiction import (
    Article,
    BureauEntry,
    CommitmentBar,
    Display,
    Domain,
    Fee,
    Ground,
    Jurisdiction,
    NotEndedEarly,
    PlaceEntry,
    PublicKind,
    PublicList,
    Remedy,
    RepairWindow,
    ShowingPlace,
    Suggested,
)
from workflow.limits import FileEntry, Rule, from_day, lay_over

Row = TypeVar("Row", bound=FileEntry)
Named = TypeVar("Named", Remedy, Suggested)


class BadJurisdiction(ValueError):
    """A file of a jurisdiction that cannot be used; the sentence names file and key."""


def load_jurisdiction(folder: Path, code: str) -> Jurisdiction:
    """The place of that code in the folder of jurisdictions, laid over what it extends.

    Raises `BadJurisdiction` for a place that is not there, a key that is missing, unknown or unfit, rules of one
    name and variant that hold at the same time, and a basis that the rule's certainty does not bear.
    """
    chain = _chain(folder, code)
    place = _place(chain)
    return Jurisdiction(
        code=code,
        place=place,
        rules=from_day(_rules(chain), place.begins),
        calendar=_calendar(chain),
        bureaus=_bureaus(chain),
        remedies=_named(chain, "remedies.toml", "remedy", Remedy),
        displays=_rows(chain, "display.toml", "display", Display),
        bars=_rows(chain, "display.toml", "bar", CommitmentBar),
        not_ended_early=_rows(chain, "display.toml", "not_ended_early", NotEndedEarly),
        repair_windows=_rows(chain, "windows.toml", "window", RepairWindow),
        grounds=_rows(chain, "rights.toml", "ground", Ground),
        phrases=_named(chain, "phrases.toml", "phrase", Suggested),
        fees=_rows(chain, "rights.toml", "fee", Fee),
        articles=_rows(chain, "articles.toml", "article", Article),
        published=_rows(chain, "publication.toml", "kind", PublicKind),
        domains=_rows(chain, "lists.toml", "domain", Domain),
        lists=_lists(chain),
    )


def with_places(folder: Path, law: Jurisdiction) -> Jurisdiction:
    """The place with where else its records are shown, and the limits of telling those; raises `BadJurisdiction`."""
    chain = _chain(folder, law.code)
    rows = _rows(chain, "places.toml", "place", ShowingPlace)
    places = tuple({row.code: row for row in rows}.values())
    for place in places:
        if place.via and place.via not in {other.code for other in places}:
            raise BadJurisdiction(f"{law.code}/places.toml: place {place.code}: via: there is no place {place.via}")
    limits = from_day(_rows(chain, "places.toml", "rule", Rule), law.begins)
    return replace(law, places=places, rules=(*law.rules, *limits))


def _chain(folder: Path, code: str) -> tuple[Path, ...]:
    """The folders from the farthest place extended to the place itself."""
    chain: list[Path] = []
    wanted: str | None = code
    while wanted is not None:
        here = folder / wanted
        if not (here / "place.toml").is_file():
            said = f", which {chain[-1].name}/place.toml extends" if chain else ""
            raise BadJurisdiction(f"{wanted}/place.toml is not there{said}: name a folder of {folder}")
        if here in chain:
            raise BadJurisdiction(f"{chain[-1].name}/place.toml: extends: {wanted} extends it in turn")
        chain.append(here)
        wanted = _extends(here)
    return tuple(reversed(chain))


def _extends(here: Path) -> str | None:
    said = _read(here / "place.toml").get("extends")
    if said is not None and not (isinstance(said, str) and said.isprintable() and Path(said).name == said):
        raise BadJurisdiction(f"{_at(here / 'place.toml')}: extends: give the code of one other place")
    return said


def _place(chain: Sequence[Path]) -> PlaceEntry:
    """Key by key the nearest file that gives it holds; a table is filled in key by key too."""
    files = [here / "place.toml" for here in chain]
    merged: dict[str, Any] = {}
    for file in files:
        merged = _filled(merged, {key: value for key, value in _read(file).items() if key != "extends"})
    try:
        place = PlaceEntry.model_validate(merged)
    except ValidationError as error:
        loc = error.errors()[0]["loc"]
        saying = next((file for file in reversed(files) if _says(_read(file), loc)), files[-1])
        raise _bad(_at(saying), error) from None
    try:
        ZoneInfo(place.zone)
    except (ZoneInfoNotFoundError, ValueError):
        saying = next(file for file in reversed(files) if "zone" in _read(file))
        raise BadJurisdiction(f"{_at(saying)}: zone: there is no time zone {place.zone!r}") from None
    return place


def _filled(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _filled(under[key], value)
        for key, value in over.items()
        if isinstance(value, dict) and isinstance(under.get(key), dict)
    }
    return {**under, **over, **both}


def _says(table: Any, loc: Sequence[int | str]) -> bool:
    """Whether a file has the key; a list is wholly the file's that gives it."""
    return (
        not loc
        or isinstance(table, list)
        or (isinstance(table, dict) and loc[0] in table and _says(table[loc[0]], loc[1:]))
    )


def _rules(chain: Sequence[Path]) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = ()
    for here in chain:
        file = here / "rules.toml"
        try:
            rules = lay_over(rules, tuple(_rows_of(file, "rule", Rule)))
        except BadJurisdiction:
            raise
        except ValueError as error:
            raise BadJurisdiction(f"{_at(file)}: rule {error}") from None
    return rules


def _calendar(chain: Sequence[Path]) -> Calendar:
    """Every year's file of every place in the chain, the nearest last: local days lie over the nation's."""
    files = [file for here in chain for file in sorted((here / "calendar").glob("*.toml"))]
    if not files:
        raise BadJurisdiction(f"{chain[-1].name}/calendar has no file: a place needs a year of working days")
    return reduce(Calendar.merged, (_read_calendar(file) for file in files))


def _read_calendar(file: Path) -> Calendar:
    try:
        return read_calendar(file.read_text("utf-8"))
    except BadCalendar as error:
        raise BadJurisdiction(f"{file.parent.parent.name}/calendar/{file.name}: {error}") from None


def _lists(chain: Sequence[Path]) -> tuple[PublicList, ...]:
    """The lists that are published; a code stands in addresses, beside the kinds of record."""
    lists = _rows(chain, "lists.toml", "list", PublicList)
    domains = {domain.code for domain in _rows(chain, "lists.toml", "domain", Domain)}
    known = {kind.kind for kind in _rows(chain, "publication.toml", "kind", PublicKind)}
    for one in lists:
        file = f"{chain[-1].name}/lists.toml: list {one.code}"
        if one.domain not in domains:
            raise BadJurisdiction(f"{file}: domain: there is no domain {one.domain}")
        if one.code in known:
            raise BadJurisdiction(f"{file}: code: another list or a kind of record bears it")
        known.add(one.code)
    return lists


def _bureaus(chain: Sequence[Path]) -> tuple[BureauEntry, ...]:
    bureaus = _rows(chain, "bureaus.toml", "bureau", BureauEntry)
    known: set[str] = set()
    for bureau in bureaus:
        file = f"{chain[-1].name}/bureaus.toml: bureau {bureau.name}"
        for key in filter(None, (bureau.name, bureau.code)):
            if key in known:
                raise BadJurisdiction(f"{file}: {key} stands for two bureaus")
            known.add(key)
    for bureau in bureaus:
        if bureau.successor and bureau.successor not in known:
            file = f"{chain[-1].name}/bureaus.toml: bureau {bureau.name}"
            raise BadJurisdiction(f"{file}: successor: there is no bureau {bureau.successor}")
    return bureaus


def _named(chain: Sequence[Path], name: str, key: str, model: type[Named]) -> tuple[Named, ...]:
    """As `_rows`, but a nearer place's row stands instead of a farther one of the same name."""
    return tuple({row.name: row for row in _rows(chain, name, key, model)}.values())


def _rows(chain: Sequence[Path], name: str, key: str, model: type[Row]) -> tuple[Row, ...]:
    return tuple(row for here in chain for row in _rows_of(here / name, key, model))


def _rows_of(file: Path, key: str, model: type[Row]) -> Iterator[Row]:
    """The rows of one array of tables; a file that is not there has none."""
    if not file.is_file():
        return
    tables = _read(file)
    if unknown := sorted(set(tables) - KEYS[file.name]):
        raise BadJurisdiction(f"{_at(file)}: {unknown[0]}: there is no such table; {file.name} has {_known(file)}")
    rows = tables.get(key, [])
    if not isinstance(rows, list):
        raise BadJurisdiction(f"{_at(file)}: {key}: write [[{key}]], a table a row")
    for number, row in enumerate(rows, start=1):
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            line = _line(file, key, number, error.errors()[0]["loc"])
            raise _bad(f"{_at(file)}:{line}", error, f"{key} {number} {_who(row)}".rstrip()) from None


KEYS: Mapping[str, frozenset[str]] = {
    "rules.toml": frozenset({"rule"}),
    "bureaus.toml": frozenset({"bureau"}),
    "remedies.toml": frozenset({"remedy"}),
    "display.toml": frozenset({"display", "bar", "not_ended_early"}),
    "windows.toml": frozenset({"window"}),
    "rights.toml": frozenset({"ground", "fee"}),
    "phrases.toml": frozenset({"phrase"}),
    "articles.toml": frozenset({"article"}),
    "publication.toml": frozenset({"kind"}),
    "lists.toml": frozenset({"domain", "list"}),
    "places.toml": frozenset({"place", "rule"}),
}


def _known(file: Path) -> str:
    return ", ".join(f"[[{key}]]" for key in sorted(KEYS[file.name]))


def _who(row: Any) -> str:
    """How a row is called, for the sentence about it."""
    if not isinstance(row, dict):
        return ""
    return " ".join(str(row[key]) for key in ("name", "variant", "kind") if row.get(key))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadJurisdiction(f"{_at(file)}: this is not TOML: {error}") from None


def _bad(at: str, error: ValidationError, row: str = "") -> BadJurisdiction:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = ": ".join(part for part in (at, row, key) if part)
    return BadJurisdiction(f"{where}: {first['msg'].removeprefix('Value error, ')}")


def _line(file: Path, key: str, number: int, loc: Sequence[int | str]) -> int:
    """The line of a key in the row of that number; of a key that is missing, the line where the row begins."""
    lines = file.read_text("utf-8").splitlines()
    begins = [n for n, line in enumerate(lines) if line.split("#")[0].strip() == f"[[{key}]]"]
    if number > len(begins):
        return 1  # written as an inline table
    start = begins[number - 1]
    end = begins[number] if number < len(begins) else len(lines)
    said = (n for n in range(start, end) if loc and lines[n].partition("=")[0].strip() == str(loc[0]))
    return next(said, start) + 1


def _at(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
