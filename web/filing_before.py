"""What has to be known before a form is begun: who reads it, or what the rules say of the record. It never blocks."""

from __future__ import annotations

from dataclasses import dataclass

from web.display_facts import DisplayFacts, display_facts
from web.filing_scene import Scene
from web.world import law, today
from workflow.definition import Definition
from workflow.jurisdiction import Fee


@dataclass(frozen=True)
class Before:
    """The page before the form; `display` and `fee` are what the rules say of the record and of what it costs."""

    template: str
    display: DisplayFacts | None = None
    fee: Fee | None = None


def before_of(scene: Scene) -> Before | None:
    """What is to be said first; nothing of most kinds."""
    if scene.definition.closed_to:
        return Before("filing/before_closed.html")
    if scene.row and scene.mine and ends_sharing(scene.definition):
        fee = next((fee for fee in law().fees if fee.kind == scene.definition.kind), None)
        return Before("filing/before_advice.html", display_facts(scene.row, law().displays, today()), fee)
    return None


def ends_sharing(definition: Definition) -> bool:
    """Whether such a case can end sharing and use, which the law calls repair: dates and places of law are known."""
    return any(effect.name == "stop_sharing" for action in definition.actions for effect in action.does)
