"""What a desk is asked for: a filter, and what narrows it. The address says it, so that it can be kept and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from sqlalchemy import ColumnElement, and_

from cases.kinds import all_kinds
from cases.lists.queues import FOR, VIEWS, condition
from cases.model.tables import Case
from cases.model.words import is_disputed
from registry.columns import KINDS
from registry.identity import Identity
from web.site.request_limits import number_in
from workflow.calendar import Calendar
from workflow.findings import DISPLAY

ME: Final = "me"
NOBODY: Final = "none"


@dataclass(frozen=True)
class Asked:
    """A filter by name, and a kind, whose work, a disputed field; empty: all of them."""

    view: str = "mine"
    kind: str = ""
    holder: str = ""
    field: str = ""

    @property
    def query(self) -> str:
        """As an address says it, without what is asked for anyhow."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return urlencode({name: value for name, value in said.items() if value and (name, value) != ("view", "mine")})

    @property
    def href(self) -> str:
        return url_for("desk.desk") + (f"?{self.query}" if self.query else "")

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.holder or self.field)

    @property
    def wide(self) -> Asked:
        """The same filter without what narrows it."""
        return Asked(self.view)

    def holds(self, identity: Identity, calendar: Calendar, today: date) -> ColumnElement[bool]:
        """What a case must be to stand in this list."""
        found = [condition(self.view, identity, calendar, today)]
        if self.kind:
            found.append(Case.kind == self.kind)
        if self.field:
            found.append(is_disputed(self.field))
        if self.holder == NOBODY:
            found.append(Case.holder_id.is_(None))
        elif self.holder:
            found.append(Case.holder_id == (identity.user_id if self.holder == ME else int(self.holder)))
        return and_(*found)


def asked_in(said: Mapping[str, str]) -> Asked:
    """What an address asks for; what it says that nothing bears is left out."""
    asked = Asked()
    for name, known in (("view", _is_view), ("kind", _is_kind), ("holder", _is_holder), ("field", _is_field)):
        value = said.get(name, "")
        asked = replace(asked, **{name: value}) if known(value) else asked
    return asked


def asked_by(query: str) -> Asked:
    """What a kept filter asks for."""
    return asked_in(dict(parse_qsl(query)))


def _is_view(value: str) -> bool:
    return value in VIEWS or (value.startswith(FOR) and number_in(value.removeprefix(FOR), 0) > 0)


def _is_kind(value: str) -> bool:
    return value in all_kinds()


def _is_holder(value: str) -> bool:
    return value in (ME, NOBODY) or number_in(value, 0) > 0


def _is_field(value: str) -> bool:
    return value == DISPLAY or any(column.key == value for columns in KINDS.values() for column in columns)
