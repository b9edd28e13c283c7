"""A place and its law, read whole and frozen: its limits, its calendar and what its files say (`entries.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from workflow.calendar import Calendar
from workflow.entries import (
    Bar,
    BureauEntry,
    Display,
    Fee,
    Ground,
    Language,
    LeadingGroup,
    NotEndedEarly,
    Office,
    Place,
    Remedy,
    RepairWindow,
    Suggested,
    Text,
)
from workflow.limits import MissingRule, Rule


@dataclass(frozen=True, eq=False)
class Jurisdiction:
    """A place with everything that holds there. Cases filed before `begins` have no limits here."""

    code: str
    place: Place
    rules: tuple[Rule, ...]
    calendar: Calendar
    bureaus: tuple[BureauEntry, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    displays: tuple[Display, ...] = ()
    bars: tuple[Bar, ...] = ()
    not_ended_early: tuple[NotEndedEarly, ...] = ()
    repair_windows: tuple[RepairWindow, ...] = ()
    grounds: tuple[Ground, ...] = ()
    phrases: tuple[Suggested, ...] = ()
    fees: tuple[Fee, ...] = ()
    promised: str = ""
    """The seal of the last promise of the database that lies over `rules`; empty where none does."""
    shipped: Jurisdiction | None = None
    """The same place as its files alone say it, where promises lie over them."""

    def limit(self, name: str, variant: str, on: date) -> Rule:
        """The rule for a case filed on a day; a variant without one of its own has the variantless one.

        Raises `MissingRule`, which says what is missing where and when.
        """
        for key in ((name, variant), (name, "")):
            for rule in self._versions.get(key, ()):
                if rule.holds_on(on):
                    return rule
        which = f"{name} ({variant})" if variant else name
        raise MissingRule(f"{self.code} has no rule {which} on {on}: add it to its rules.toml")

    def in_force(self, on: date) -> tuple[Rule, ...]:
        """Every limit for cases filed on that day: kind by kind, those of one name together."""
        names = list(dict.fromkeys(rule.name for rule in self.rules))
        kinds = list(dict.fromkeys(rule.kind for rule in self.rules))
        held = (rule for rule in self.rules if rule.holds_on(on))
        return tuple(sorted(held, key=lambda rule: (kinds.index(rule.kind), names.index(rule.name), rule.variant)))

    def day_of(self, instant: datetime) -> date:
        """The day here at an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant.astimezone(self.zone).date()

    @cached_property
    def _versions(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        keys = dict.fromkeys((rule.name, rule.variant) for rule in self.rules)
        return {key: tuple(rule for rule in self.rules if (rule.name, rule.variant) == key) for key in keys}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.zone)

    @property
    def invented(self) -> bool:
        """Whether the place does not exist: its papers are specimens."""
        return self.place.invented

    @property
    def name(self) -> Text:
        return self.place.name

    @property
    def begins(self) -> date:
        return self.place.begins

    @property
    def office(self) -> Office:
        return self.place.office

    @property
    def office_opens(self) -> time:
        return self.place.office_hours.opens

    @property
    def office_closes(self) -> time:
        return self.place.office_hours.closes

    @property
    def languages(self) -> tuple[Language, ...]:
        return self.place.languages

    @property
    def leading_group(self) -> LeadingGroup:
        return self.place.leading_group

    @property
    def paper_prefix(self) -> str:
        return self.place.paper_prefix
