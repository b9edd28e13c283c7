"""Which letters a page of the inbox shows; for officials the column that says how many there are of each sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from sqlalchemy import ColumnElement, func, select, true

from cases.kinds import all_kinds
from cases.model.tables import Case
from cases.model.visibility import addresses_of, letters_new_to, letters_overtaken, letters_readable_by
from extensions import db
from notifications.letters import Letter, served_to
from web.site.access import identity, now
from workflow.definition import Party
from workflow.refusal import Message, say

LATE: Final = ("overdue", "supervise", "leading_group")
REMINDER: Final = "remind"
SORTS: Final[Mapping[str, Callable[[Any], ColumnElement[bool]]]] = {
    "": lambda letter: true(),
    "unread": lambda letter: letter.read_at.is_(None),
    "papers": lambda letter: letter.paper_id.is_not(None),
    "progress": lambda letter: letter.paper_id.is_(None) & letter.name.not_in((*LATE, REMINDER)),
    "late": lambda letter: letter.name.in_(LATE),
    "reminders": lambda letter: letter.name == REMINDER,
}
"""What of the letters a page shows, by `?show=`."""
SORT_NAMES: Final = {
    "": say("All"),
    "unread": say("Unread"),
    "papers": say("Official papers"),
    "progress": say("Progress"),
    "late": say("Overdue"),
    "reminders": say("Reminders"),
}
PAST: Final = "past"
"""What the cases have left behind."""
COUNTED: Final = 1000
"""Letters that the column counts, no further."""


@dataclass(frozen=True)
class Shown:
    """What a page is asked for, as its address says it."""

    show: str = ""
    kind: str = ""
    case: str = ""

    @staticmethod
    def asked() -> Shown:
        """What of the address there is; what there is not asks for all."""
        show, kind = request.args.get("show", ""), request.args.get("kind", "")
        show = show if show in SORTS or (show == PAST and _folds()) else ""
        kind = kind if kind in all_kinds() and _folds() else ""
        return Shown(show, kind, request.args.get("case", "").strip()[:20] if _folds() else "")

    def query(self, **instead: str) -> dict[str, Any]:
        """What an address asks, with this instead."""
        asked = {"show": self.show, "kind": self.kind, "case": self.case, **instead}
        return {name: said for name, said in asked.items() if said}

    def condition(self) -> ColumnElement[bool]:
        """Its letters. An official sees of a case that has gone on what is asked for by its number, or as past."""
        scope = letters_readable_by(identity())
        if self.show == PAST:
            scope = letters_overtaken(identity())
        elif _folds() and not self.case:
            scope = letters_new_to(identity())
        said = scope & SORTS.get(self.show, SORTS[""])(Letter)
        if self.kind:
            said &= Letter.case_number.in_(select(Case.number).where(Case.kind == self.kind))
        return said & Letter.case_number.endswith(self.case, autoescape=True) if self.case else said


@dataclass(frozen=True)
class Sort:
    """A line of the column."""

    name: Message
    count: str
    href: str
    on: bool


def column(asked: Shown, past: int) -> list[tuple[Message, list[Sort]]]:
    """The sorts of letters and the kinds of case; empty for a firm, whose letters are few."""
    if not _folds():
        return []
    newest = select(Letter.read_at, Letter.paper_id, Letter.name, Case.kind)
    newest = newest.outerjoin(Case, Case.number == Letter.case_number)
    newest = newest.where(served_to(addresses_of(identity()), now()), letters_new_to(identity()))
    of = newest.order_by(Letter.served_at.desc(), Letter.id.desc()).limit(COUNTED).subquery().c
    kinds = all_kinds()
    asking = [func.count().filter(sort(of)) for sort in SORTS.values()]
    asking += [func.count().filter(of.kind == kind) for kind in kinds]
    counted = [_number(n) for n in db.session().execute(select(*asking)).one()]
    sorts = [
        Sort(SORT_NAMES[show], n, _to(asked, show=show), asked.show == show)
        for show, n in zip(SORTS, counted[: len(SORTS)], strict=True)
    ]
    sorts.append(Sort(say("The case has gone on"), _number(past), _to(asked, show=PAST), asked.show == PAST))
    of_kinds = [
        Sort(say(kinds[kind].label), n, _to(asked, kind="" if asked.kind == kind else kind), asked.kind == kind)
        for kind, n in zip(kinds, counted[len(SORTS) :], strict=True)
    ]
    return [(say("Sort"), sorts), (say("Kind of case"), of_kinds)]


def past_letters() -> int:
    """How many letters the cases of an official have left behind, counted no further than the column counts."""
    if not _folds():
        return 0
    past = select(Letter.id).where(served_to(addresses_of(identity()), now()), letters_overtaken(identity()))
    return db.session().scalar(select(func.count()).select_from(past.limit(COUNTED).subquery())) or 0


def _folds() -> bool:
    return Party.ENTERPRISE not in identity().parties


def _number(n: int) -> str:
    return f"{n}+" if n == COUNTED else str(n)


def _to(asked: Shown, **instead: str) -> str:
    return url_for("inbox.letters", **asked.query(case="", **instead))
