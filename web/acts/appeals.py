"""Where the firm can go against a decision that somebody is about to make, and whether that is confirmed (D11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from registry.organisations import Bureau, Office
from web.case.reading import Reading
from web.parts.words import Words, span
from web.site.language import language
from workflow.definition import Action, Party
from workflow.guards import HasRemedy


@dataclass(frozen=True)
class Appeal:
    """A way of the law against the decision: what it is called, whom it leads to, within which time."""

    label: str
    body: str
    within: Words
    confirmed: bool


def appeals(reading: Reading, action: Action) -> Iterator[Appeal]:
    """The ways against what this act decides; none for one that needs no body to turn to."""
    needs = {guard.of for guard in action.guard if isinstance(guard, HasRemedy)}
    if not needs:
        return
    body = reading.bureau if Party.BUREAU in needs else reading.session.scalars(select(Office)).first()
    for remedy in reading.world.jurisdiction.remedies:
        if body and remedy.after == "decision" and remedy.body != "superior":
            name, confirmed = _turned_to(body, remedy.body)
            yield Appeal(remedy.label[language()], name, span(remedy.n, remedy.unit), confirmed)


def _turned_to(body: Bureau | Office, whom: str) -> tuple[str, bool]:
    english = language() == "en"
    if whom == "court":
        return (english and body.court_en) or body.court, body.court_confirmed
    return (english and body.review_body_en) or body.review_body, body.review_confirmed
