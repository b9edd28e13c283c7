"""What has to be known before a form is begun: who reads it, or what the rules say of the record. It never blocks."""

from __future__ import annotations

from dataclasses import dataclass

from registry.eligibility import Advice, Eligibility, advice, eligibility
from web.case.display_facts import DisplayFacts, display_facts
from web.filing.ahead import Coming, coming
from web.filing.check import opened_by
from web.filing.request import Scene
from web.site.bodies import bureau_name
from web.site.context import law, today, world
from web.site.language import language
from workflow.answers import asked_of
from workflow.definition import Definition, Field
from workflow.jurisdiction import RepairWindow


@dataclass(frozen=True)
class Rules:
    """What the rules say of a repair of the record: where it is applied for by law, from which day, what comes after.

    `asked` are the fields of the form, to be got ready.
    """

    found: Eligibility
    notes: tuple[Advice, ...]
    windows: tuple[tuple[str, RepairWindow], ...]
    display: DisplayFacts
    coming: tuple[Coming, ...]
    asked: tuple[Field, ...]


@dataclass(frozen=True)
class Before:
    """The page before the form."""

    template: str
    rules: Rules | None = None


def before_of(scene: Scene) -> Before | None:
    """What is to be said first; nothing of most kinds."""
    if scene.definition.closed_to:
        return Before("filing/before_closed.html")
    if scene.row and scene.mine and ends_sharing(scene.definition):
        return Before("filing/before_repair.html", _rules(scene))
    return None


def ends_sharing(definition: Definition) -> bool:
    """Whether such a case can end sharing and use: that is what the law calls repair, and has rules for."""
    return any(effect.name == "stop_sharing" for action in definition.actions for effect in action.does)


def _rules(scene: Scene) -> Rules:
    row = scene.row
    assert row
    found = eligibility(row.record, row.determined_by, law(), today())
    named = {"bureau": bureau_name(row.determined_by)}
    return Rules(
        found=found,
        notes=advice(found, today()),
        windows=tuple((window.where[language()].format_map(named), window) for window in found.windows),
        display=display_facts(row, law().displays, today()),
        coming=coming(opened_by(scene), world()),
        asked=asked_of(scene.way.action, scene.way.role),
    )
