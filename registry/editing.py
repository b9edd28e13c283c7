"""What the head of the office writes about a body: its names, its mail, where its decisions can be taken further.

Every change is kept with what stood there before. That a bureau is merged or split is another matter: here it stays
the same bureau. Nothing here knows a request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.organisations import BODY_FIELDS, OFFICE_FIELDS, Bureau, Office, directory, folded, rename
from workflow.refusal import Incomplete, Message, say

OF_BUREAU = ("name", *BODY_FIELDS)
OF_OFFICE = ("name", *OFFICE_FIELDS)
REMEDIES = ("review", "court")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

Value = str | date | bool | None


class OrganisationChange(Base):
    """One changed value of a body: which body (`bureau:3`, `office`), who (`user:7`), from what to what."""

    __tablename__ = "organisation_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


def describe(
    session: Session, body: Bureau | Office, values: Mapping[str, Value], *, today: date, now: datetime, actor: str
) -> list[OrganisationChange]:
    """Write these values of a body; gives what was changed, nothing where nothing was. Raises `Incomplete`.

    A bureau's old name stays known, so that sheets that bear it are understood.
    """
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    faults = _faults(session, body, values, today)
    if faults:
        raise Incomplete(faults)
    changed = [name for name in fields_of(body) if name in values and values[name] != getattr(body, name)]
    changes = [
        OrganisationChange(
            body=key_of(body),
            at=now,
            actor=actor,
            field=name,
            before=_text(getattr(body, name)),
            after=_text(values[name]),
        )
        for name in changed
    ]
    for name in changed:
        _set(body, name, values[name])
    session.add_all(changes)
    session.flush()
    return changes


def changes_of(session: Session, body: Bureau | Office) -> list[OrganisationChange]:
    """What was changed of a body, the newest first."""
    found = select(OrganisationChange).where(OrganisationChange.body == key_of(body))
    return list(session.scalars(found.order_by(OrganisationChange.id.desc())))


def fields_of(body: Bureau | Office) -> tuple[str, ...]:
    """What is written of a bureau, or of the office."""
    return OF_OFFICE if isinstance(body, Office) else OF_BUREAU


def key_of(body: Bureau | Office) -> str:
    return "office" if isinstance(body, Office) else f"bureau:{body.id}"


def _set(body: Bureau | Office, name: str, value: Value) -> None:
    if name == "name" and isinstance(body, Bureau):
        rename(body, str(value))
    else:
        setattr(body, name, value)


def _faults(session: Session, body: Bureau | Office, values: Mapping[str, Value], today: date) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    after = {name: values.get(name, getattr(body, name)) for name in fields_of(body)}
    if not after["name"]:
        faults["name"] = say("Write the name.")
    elif isinstance(body, Bureau) and _is_taken(session, body, str(after["name"])):
        faults["name"] = say("Another bureau bears or bore this name. Write one that tells them apart.")
    if after["email"] and not MAIL.fullmatch(str(after["email"])):
        faults["email"] = say("Write a mail address, for example office@example.cn, or leave it empty.")
    for remedy in REMEDIES:
        faults |= _remedy_faults(remedy, after, today)
    return faults


def _remedy_faults(remedy: str, after: Mapping[str, Value], today: date) -> dict[str, Message]:
    name = "review_body" if remedy == "review" else "court"
    source, on, confirmed = (after[f"{remedy}_{part}"] for part in ("source", "on", "confirmed"))
    faults: dict[str, Message] = {}
    if isinstance(on, date) and on > today:
        faults[f"{remedy}_on"] = say("This day is still to come. Write the day of the source.")
    if confirmed and not after[name]:
        faults[name] = say("Write the body before you confirm it.")
    elif confirmed and not source:
        faults[f"{remedy}_source"] = say("Say where this is written before you confirm it.")
    elif confirmed and not on:
        faults[f"{remedy}_on"] = say("Write the day of the source before you confirm it.")
    return faults


def _is_taken(session: Session, body: Bureau, name: str) -> bool:
    return any(id != body.id for id in directory(session).by_name.get(folded(name), ()))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value or "")
