"""What a case is about, for its letters and papers: what was asked, particulars of the record, before and after.

Facts only; the post office chooses the words. What the act itself says stands before any of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.decision_values import claim_words, field_words, in_both, of_part, stood, unit_words, value_words
from cases.model.reading import Act
from cases.model.shown_until import shown_until
from cases.model.tables import Attachment, Case
from cases.model.words import Words, disputes
from notifications.languages import Words as InBoth
from registry.columns import column_of
from registry.credit_records import CreditRecord, value_of
from registry.organisations import Bureau
from workflow.definition import DECIDES
from workflow.refusal import say
from workflow.snapshot import RuleContext

PARTICULARS = ("document_number", "list_name", "decided_on", "offence", "penalty_kind", "fine", "display_until")
"""What of a record an application names."""


def matter_values(session: Session, world: RuleContext, act: Act, words: Words) -> dict[str, object]:
    """What any letter of the case may name of its matter; what does not apply is missing."""
    said = words.get(1, {})
    record = session.get(CreditRecord, act.file.record_id) if act.file.record_id is not None else None
    return {
        **_opening(act, said),
        "variant": act.move.variant,
        "opened_by_bureau": act.past[0].bureau is not None,
        "from_case": _opened_by(session, act),
        "request": said.get("sought", ""),
        "materials": _materials(session, act),
        "free": _free(world, act),
        "granted_on": _first_decided_on(act),
        "shown_until": _shown_until(session, world, act, record),
        **_complained_of(session, act),
        **(_of_record(session, act, record, words) if record else {}),
    }


def _opening(act: Act, said: Mapping[str, str]) -> dict[str, object]:
    """What the opening named beside its own words: a day, a document, facts."""
    codes = {name: code for name, code in act.past[0].codes.items() if isinstance(code, str)}
    return {**codes, **{name: text for name, text in said.items() if name != "words" and "." not in name}}


def _of_record(session: Session, act: Act, record: CreditRecord, words: Words) -> dict[str, object]:
    named = disputes(act.move.definition, act.past, words)
    before = stood(session, record, act.file.id, [one.field for one in named])
    rows = [
        {
            "field": field_words(record.kind, one.field),
            "unit": unit_words(record.kind, one.field),
            "before": value_words(record.kind, one.field, before[one.field]),
            "claim": claim_words(record.kind, one.field, one.claim),
            "after": claim_words(record.kind, one.field, one.claim),
        }
        for one in named
    ]
    return {"claims": rows, "changes": rows, "particulars": list(_particulars(record))}


def _particulars(record: CreditRecord) -> Iterator[Mapping[str, object]]:
    for key in PARTICULARS:
        column, value = column_of(record.kind, key), value_of(record, key)
        if column and value:
            words = value_words(record.kind, key, value)
            yield {"label": say(column.label), "unit": unit_words(record.kind, key), "value": words}


def _opened_by(session: Session, act: Act) -> str:
    """The case that opened this one or added to it; never one that is kept from somebody (D16)."""
    number = str(act.move.codes.get("opened_by") or "")
    kind = session.scalars(select(Case.kind).where(Case.number == number)).first() if number else None
    return number if kind and not all_kinds()[kind].closed_to else ""


def _materials(session: Session, act: Act) -> list[str]:
    """The names of the files that the enterprise handed in with the opening."""
    kept = select(Attachment.name).where(Attachment.case_id == act.file.id).order_by(Attachment.id)
    return list(session.scalars(kept))


def _free(world: RuleContext, act: Act) -> InBoth | str:
    """The text by which the procedure costs nothing, where one says so."""
    fees = (fee for fee in world.jurisdiction.fees if fee.free and fee.kind == act.file.kind)
    return next((InBoth(fee.citation, fee.citation_en) for fee in fees), "")


def _first_decided_on(act: Act) -> date | None:
    return next((event.on for event, _row in of_part(act, DECIDES)), None)


def _shown_until(session: Session, world: RuleContext, act: Act, record: CreditRecord | None) -> date | None:
    again = any(effect.name == "show_again" for effect in act.move.effects)
    return shown_until(session, world, record, act.move.on) if again and record and record.displayed else None


def _complained_of(session: Session, act: Act) -> dict[str, object]:
    bureau = session.get(Bureau, act.move.complained_bureau) if act.move.complained_bureau else None
    return {"complained_of": in_both(bureau)} if bureau else {}
