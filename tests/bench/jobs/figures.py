"""The figures of the jobs, kept as data, and the table made of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from config import ROOT
from tests.bench.jobs.person import Person
from tests.bench.jobs.words import JOBS

KEPT = Path(__file__).with_name("figures.toml")
DOCUMENT = ROOT / "docs" / "jobs.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


@dataclass(frozen=True)
class Figure:
    """What a job cost; `cannot`: why it could not be done at all."""

    clicks: int = 0
    keys: int = 0
    typed: int = 0
    pages: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    cannot: str = ""

    @classmethod
    def of(cls, person: Person) -> Figure:
        return cls(person.clicks, person.keys, person.typed, person.pages, round(person.seconds, 1),
                   round(person.waited, 1))  # fmt: skip

    @property
    def presses(self) -> int:
        return self.clicks + self.keys


def read() -> dict[str, dict[str, Figure]]:
    """The figures kept, by `before` and `now`, and by job."""
    kept = tomllib.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return {when: {name: Figure(**one) for name, one in kept.get(when, {}).items()} for when in ("before", "now")}


def keep(when: str, figures: Mapping[str, Figure]) -> None:
    """Write figures in place of those of the same jobs, and the table of the document anew."""
    kept = read()
    kept[when] = {**kept[when], **figures}
    KEPT.write_text("".join(_section(name, kept[name]) for name in ("before", "now")), "utf-8")
    if DOCUMENT.exists():
        before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCUMENT.write_text(f"{before}{BEGIN}{table()}{END}{after}", "utf-8")


def table() -> str:
    """Before, now and the ratio, a row a job."""
    kept = read()
    lines = [
        "| job | before: clicks + keys, pages; seconds of hand + waited | now | hand, now to before | with waiting |",
        "|---|---|---|---|---|",
    ]
    for name, words in JOBS.items():
        then, now = kept["before"].get(name), kept["now"].get(name)
        lines.append(
            f"| {words} | {_cell(then)} | {_cell(now)} | {_ratio(then, now, _hand)} | {_ratio(then, now, _all)} |"
        )
    return "\n".join(lines) + "\n"


def _cell(one: Figure | None) -> str:
    if one is None:
        return "not measured"
    if one.cannot:
        return one.cannot
    return f"{one.clicks} + {one.keys}, {one.pages}; {_hand(one):.0f} + {one.waited:.0f}"


def _hand(one: Figure) -> float:
    return one.seconds - one.waited


def _all(one: Figure) -> float:
    return one.seconds


def _ratio(then: Figure | None, now: Figure | None, of: Callable[[Figure], float]) -> str:
    if not then or not now or now.cannot:
        return ""
    return "new" if then.cannot else f"{of(now) / of(then):.2f}"


def _section(when: str, figures: Mapping[str, Figure]) -> str:
    def value(one: object) -> str:
        return f'"{one}"' if isinstance(one, str) else str(one)

    return "".join(
        f"[{when}.{name}]\n" + "".join(f"{key} = {value(said)}\n" for key, said in asdict(figures[name]).items()) + "\n"
        for name in JOBS if name in figures
    )  # fmt: skip
