"""What the demo tells: people, firms, deputies, agents, applicants and stories, read from the folder of the demo place.

Data only. How a story is written is said at the top of `demo.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final

from config import ROOT
from workflow.calendar import Calendar, add_workdays

FOLDER: Final = ROOT / "jurisdictions" / "cn-nm-demo"
DAY: Final = "day:"


@dataclass(frozen=True)
class StoryStep:
    """One act of a story: so many working days after filing; the kind, where it is on a case that this one opened."""

    after: int
    who: str
    action: str
    answers: Mapping[str, Any]
    linked: str = ""


@dataclass(frozen=True)
class Story:
    """A case as the demo tells it; `ago` is the number of working days since it was opened."""

    title: str
    bureau: str
    ago: int
    steps: tuple[StoryStep, ...] = ()
    kind: str = "objection"
    action: str = "file"
    variant: str = ""
    who: str = "filer"
    by: str = ""
    record: str = "penalty"
    offence: str = ""
    severity: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StandsIn:
    """Who stands in for whom, named by whom, from which working day until which: 0 is the last one before today."""

    person: str
    deputy: str
    by: str
    from_day: int
    until_day: int


@dataclass(frozen=True)
class Agent:
    """Who acts for the firm of an account, from which working day until which, in which kinds of case."""

    username: str
    name: str
    firm: str
    from_day: int
    until_day: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Applicant:
    """Who has applied for an account of a firm, on which working day, and waits for the office."""

    firm: str
    code: str
    person: str
    mail: str
    from_day: int


@dataclass(frozen=True)
class Elsewhere:
    """What people and machines say of the other places: how a keeper is told, what is seen there, why one refuses."""

    tells: str
    agrees: str
    differs: str
    refuses: str


@dataclass(frozen=True)
class DemoScript:
    """Everything that the demo tells."""

    people: tuple[Mapping[str, Any], ...]
    firms: Mapping[str, str]
    """The accounts with a password, each with its firm's code."""
    deputies: tuple[StandsIn, ...]
    agents: tuple[Agent, ...]
    applicants: tuple[Applicant, ...]
    outside: Elsewhere
    stories: tuple[Story, ...]

    @property
    def longest(self) -> int:
        """The working days since the first story began."""
        return max(story.ago for story in self.stories)


def read_stories() -> DemoScript:
    """What stands in the demo place's `demo.toml`."""
    told = tomllib.loads((FOLDER / "demo.toml").read_text("utf-8"))
    return DemoScript(
        people=tuple(told["person"]),
        firms={entry["username"]: entry["code"] for entry in told["firm"]},
        deputies=tuple(StandsIn(**entry) for entry in told["deputy"]),
        agents=tuple(Agent(**{**entry, "kinds": tuple(entry["kinds"])}) for entry in told["agent"]),
        applicants=tuple(Applicant(**entry) for entry in told["applicant"]),
        outside=Elsewhere(**told["outside"]),
        stories=tuple(_story(entry) for entry in told["story"]),
    )


def day_said(said: object, calendar: Calendar, day: date) -> object:
    """The day meant by `day:-2`: so many working days from the day of the act. Anything else as it stands."""
    if not isinstance(said, str) or not said.startswith(DAY):
        return said
    away = int(said.removeprefix(DAY))
    return add_workdays(calendar, day, away) if away else day


def _story(entry: Mapping[str, Any]) -> Story:
    """A story of one entry: what names nothing of the story itself answers the opening form."""
    own = {one.name for one in fields(Story)} - {"answers", "steps"}
    steps = tuple(_step(*step) for step in entry.get("steps", ()))
    answers = {name: said for name, said in entry.items() if name not in own and name != "steps"}
    return Story(**{name: entry[name] for name in own & entry.keys()}, steps=steps, answers=answers)


def _step(after: int, who: str, action: str, answers: Mapping[str, Any] | None = None) -> StoryStep:
    linked, _, name = action.rpartition(".")
    return StoryStep(after, who, name, answers or {}, linked)
