"""Limits that the place has published, as the office recorded them, and the law of the place with them in it.

A promise is never changed or removed (the database refuses it, and each quotes the seal of the one before): another
document lies over an earlier one. A text that binds is never displaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from notifications.numbers import document_cited
from workflow.calendar import Unit
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule, lay_over

GENESIS: Final = "0" * 64
"""What the first promise quotes."""


class Promise(Base):
    """A limit that was published: which rule, how long, in which document, from which filing day; who recorded it."""

    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    variant: Mapped[str] = mapped_column(String(30))
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    extension: Mapped[int | None]
    """What the document says of an extension; None where it says nothing of it."""
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80))
    dated: Mapped[date]
    first_day: Mapped[date]
    """Cases filed from this day on have it."""
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    seal: Mapped[str] = mapped_column(String(64))

    @property
    def citation(self) -> str:
        """The document as pages and papers name it."""
        return document_cited(self.title, self.number, self.dated, "zh")

    @property
    def citation_en(self) -> str:
        return document_cited(self.title_en or self.title, self.number, self.dated, "en")


SEALED: Final = (
    "rule",
    "variant",
    "n",
    "unit",
    "extension",
    "title",
    "title_en",
    "number",
    "dated",
    "first_day",
    "sha256",
    "name",
    "media_type",
    "size",
    "recorded_by_id",
    "previous",
)
"""What a seal covers beside the moment of recording."""


def seal_of(promise: Promise | Any) -> str:
    """The SHA-256, in hex, over what a promise, or its row, says and the seal of the one before it."""
    said = {name: getattr(promise, name) for name in SEALED}
    said |= {name: said[name].isoformat() for name in ("dated", "first_day")}
    at = promise.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return hashlib.sha256(json.dumps({**said, "at": at}, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def all_promises(session: Session) -> Sequence[Promise]:
    """Every promise in the order in which they were recorded."""
    return session.scalars(select(Promise).order_by(Promise.id)).all()


def promises_of(session: Session, rule: Rule) -> Sequence[Promise]:
    """Those of one rule, the latest first."""
    of = select(Promise).where(Promise.rule == rule.name, Promise.variant == rule.variant)
    return session.scalars(of.order_by(Promise.id.desc())).all()


_LAST_SEAL: Final = select(Promise.seal).order_by(Promise.id.desc()).limit(1)


def last_seal(session: Session) -> str:
    """The seal of the latest promise; empty where there is none."""
    return session.scalar(_LAST_SEAL) or ""


def law_in_force(session: Session, law: Jurisdiction) -> Jurisdiction:
    """The law of the place with every promise that is recorded now, whichever process recorded it."""
    last, shipped = last_seal(session), law.shipped or law
    if last == law.promised:
        return law
    known = _known.get((id(shipped), last))
    if known is None or known.shipped is not shipped:
        known = with_promises(shipped, all_promises(session)) if last else shipped
        _known.clear()
        _known[id(shipped), last] = known
    return known


def with_promises(law: Jurisdiction, promises: Iterable[Promise]) -> Jurisdiction:
    """The law with these laid over its proposals, one after the other; a statute stays where it holds."""
    promises = tuple(promises)
    if not promises:
        return law
    order = {name: place for place, name in enumerate(dict.fromkeys(rule.name for rule in law.rules))}
    rules = law.rules
    for promise in promises:
        rules = _laid_over(rules, promise)
    in_order = tuple(sorted(rules, key=lambda rule: order[rule.name]))
    return replace(law, rules=in_order, promised=promises[-1].seal, shipped=law.shipped or law)


def _laid_over(rules: tuple[Rule, ...], promise: Promise) -> tuple[Rule, ...]:
    own = tuple(_promised(rule, promise) for rule in rules if _gives_way(rule, promise))
    return lay_over(rules, own)


def _gives_way(rule: Rule, promise: Promise) -> bool:
    same = (rule.name, rule.variant) == (promise.rule, promise.variant)
    lasts = rule.valid_until is None or rule.valid_until >= promise.first_day
    return same and lasts and rule.basis != "statute"


def _promised(rule: Rule, promise: Promise) -> Rule:
    """The version of the rule that the promise puts in its place, for the days of it that are left."""
    extended: dict[str, object] = {}
    if rule.extension and promise.extension:
        extended = {"extension": promise.extension, "extension_basis": None, "extension_certainty": None}
    elif rule.extension:
        certainty = rule.extension_certainty or rule.certainty
        extended = {"extension_basis": rule.of_extension, "extension_certainty": certainty}
    binding = rule.binding
    if binding:
        binding = binding.model_copy(update={"n": binding.n or rule.n})
    return rule.model_copy(
        update={
            "n": promise.n,
            "unit": Unit(promise.unit),
            "basis": "promise",
            "citation": promise.citation,
            "citation_en": promise.citation_en,
            "certainty": "read",
            "note": "",
            "binding": binding,
            "valid_from": max(rule.valid_from, promise.first_day),
            **extended,
        }
    )


_known: dict[tuple[int, str], Jurisdiction] = {}
"""The law laid together last: by the law as shipped, and the seal, which stands for every promise before it."""
