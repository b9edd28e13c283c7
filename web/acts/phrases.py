"""Phrases and citations that an official may put into the long texts of an act's form, filled in from the case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from babel.dates import format_date
from wtforms import FormField, TextAreaField

from notifications.languages import LANGUAGES, LOCALES, put
from registry.columns import Column, Type
from registry.phrases import BLANKS, filled, phrases_of
from web.acts.request import ChosenAct
from web.case.events import exhibits
from web.case.reading import Reading
from web.site.action_form import ActForm
from web.site.language import language
from workflow.definition import DESKS, Party
from workflow.refusal import Message, say

FINDING: Final = "finding"


@dataclass(frozen=True)
class Offer:
    """Something to put in: its key, how it is called, the words. `whose` is `own`, `shared`, `place` or `evidence`."""

    key: str
    name: str
    words: str
    whose: str


Meant = tuple[Offer, str, str]
"""A phrase, for which text it is meant, and what the disputed field must hold; nothing: whatever it holds."""


@dataclass(frozen=True)
class Offers:
    """What may be put into each long text of a form, by the field's name there."""

    phrases: Mapping[str, Sequence[Offer]]
    citations: Sequence[Offer]

    def of(self, name: str) -> Sequence[Offer]:
        return self.phrases.get(name, ())

    def cited(self, name: str) -> Sequence[Offer]:
        return self.citations if name in self.phrases else ()


NONE: Final = Offers({}, ())


def offers_of(scene: ChosenAct, form: ActForm) -> Offers:
    """What the reader may put in; an enterprise writes in its own words alone."""
    reading = scene.reading
    if reading.mine or Party.ENTERPRISE is scene.open.role.party or scene.open.role.party not in DESKS:
        return NONE
    known, meant = _known(reading), list(_phrases(reading))
    found = {}
    for name, fits, disputed in _texts(form):
        column = next((column for column in form.offered.columns if column.key == disputed), None)
        of_field = known | _of_field(form, column)
        found[name] = [
            replace(one, words=filled(one.words, of_field))
            for one in _fitting(meant, fits, f"{scene.name}.{fits}", column.type.value if column else "")
        ]
    citations = [
        Offer(
            f"file:{one.number}",
            one.mark,
            _official(say("(see evidence {mark}, {title})", mark=one.mark, title=one.title)),
            "evidence",
        )
        for one in exhibits(reading)
    ]
    return Offers(found, citations)


def put_in(scene: ChosenAct, form: ActForm, typed: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], str]:
    """What was typed with what was asked put in at the end of its field, and the id of that field; both as they were
    where nothing that is offered was asked."""
    asked = form.put.data or ""
    name, _space, key = asked.partition(" ")
    offers = offers_of(scene, form) if asked else NONE
    offer = next((one for one in (*offers.of(name), *offers.cited(name)) if one.key == key), None)
    if offer is None:
        return dict(typed), ""
    before = "".join(typed.get(name, []))
    used = " ".join([*typed.get("used", []), key]) if key.isdecimal() else "".join(typed.get("used", []))
    return {**typed, name: [before + offer.words], "used": [used]}, name


def _phrases(reading: Reading) -> Iterator[Meant]:
    """Every phrase with what it is meant for: one's own, those of the desk, those that come with the place."""
    rows = phrases_of(reading.session, reading.identity)
    for row in sorted(rows, key=lambda row: row.user_id is None):
        yield Offer(str(row.id), row.name, row.text, "own" if row.user_id else "shared"), row.fits, ""
    for one in reading.world.jurisdiction.phrases:
        if not one.kinds or reading.file.kind in one.kinds:
            yield Offer(f"place:{one.name}", one.label[language()], one.text, "place"), one.fits, one.holds


def _fitting(meant: Sequence[Meant], fits: str, of_the_act: str, held: str) -> Iterator[Offer]:
    """Those meant for this field of this act alone, then those for the field in any act and for any text; of the
    disputed field, those that speak of what it holds: no amount is the date of a notice."""
    right = [(one, purpose) for one, purpose, holds in meant if holds in ("", held)]
    yield from (one for one, purpose in right if purpose == of_the_act)
    yield from (one for one, purpose in right if purpose in ("", fits))


def _texts(form: Iterable[Any], finding: str = "") -> Iterator[tuple[str, str, str]]:
    """The long texts of a form: the name of each, what a phrase must fit, and the disputed field it is about."""
    for one in form:
        if isinstance(one, FormField):
            yield from _texts(one.form, one.short_name)
        elif isinstance(one, TextAreaField):
            about_one = one.short_name == "reason"
            yield one.name, FINDING if about_one else one.short_name, finding if about_one else ""


def _known(reading: Reading) -> dict[str, str]:
    """What the case fills in; where it knows nothing, what has to be written there by hand."""
    record, told = reading.record, {"firm": reading.file.enterprise_name}
    if record:
        told |= {"document_number": record.document_number, "decided_on": _day(record.decided_on)}
    return {name: _official(say("[{what}]", what=what)) for name, what in BLANKS.items()} | told


def _of_field(form: ActForm, column: Column | None) -> dict[str, str]:
    """What the record says in a field and what is claimed, as a sentence would say it."""
    if column is None:
        return {}
    values = {"record": form.offered.record.get(column.key, ""), "claim": form.offered.claims.get(column.key, "")}
    return {key: _said(value, column.type) for key, value in values.items() if value}


def _said(value: str, kind: Type) -> str:
    if kind is Type.AMOUNT:
        return _official(say("{amount} ten thousand yuan", amount=value))
    if kind is Type.DATE and len(value) == len("2026-01-01"):
        return _day(date.fromisoformat(value))
    return _official(say("“{value}”", value=value))


def _day(day: date) -> str:
    return str(format_date(day, "long", locale=LOCALES["zh"]))


def _official(words: Message) -> str:
    """In the language of papers, whatever the page speaks: what is put in is sent."""
    return put(words, LANGUAGES[0], date.min)
