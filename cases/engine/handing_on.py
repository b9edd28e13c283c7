"""What a case, or a sheet against what a case decided, hands on to another case: claims, with who found them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.answers import ENDED, GROUND
from cases.kinds import all_kinds
from cases.kinds.common import SHEET_CONFLICT
from cases.letters.decision import DONE
from cases.model.disputed import claims_said, disputes, granted_values, said_of_fields
from cases.model.reading import Act, read_cases
from cases.model.tables import Case
from notifications.languages import LANGUAGES, catalog
from registry.columns import column_of
from registry.credit_records import CreditRecord, value_of
from registry.sheets.importing import AgainstDecision
from workflow.answers import SAID_BY_A_CASE
from workflow.definition import CASE, DECIDES, PROPOSES, START, Action, FieldKind
from workflow.past import DISPLAY, GRANTED, fields_of, findings_in_force, rows_of
from workflow.snapshot import RuleContext


@dataclass(frozen=True)
class HandedOn:
    """What a case or a sheet hands on: the record, what it should say by field, words, codes, and the case, if any."""

    record: CreditRecord
    claims: Mapping[str, str]
    words: str
    codes: Mapping[str, object]
    by: int | None = None
    variant: str = ""
    """What a new case begins as, where its kind does not say; such claims are to be decided there."""

    def answers(self, row: Action, words: str) -> dict[str, object]:
        """What the row that takes it in is given."""
        claims = {field.name: self.claims for field in row.asks if field.kind is FieldKind.CLAIMS}
        return {**self.codes, "words": words, **claims}


def handed_on(session: Session, act: Act) -> HandedOn | None:
    """What the act says itself of a record, else what was found in this round of the case."""
    move, said = act.move, {field.kind: act.move.codes.get(field.name) for field in act.move.action.asks}
    record_id = said.get(FieldKind.RECORD) or act.file.record_id
    record = session.get(CreditRecord, record_id) if record_id is not None else None
    if record is None:
        return None
    by = {"opened_by": act.file.number}
    if FieldKind.CLAIMS in said:
        return HandedOn(
            record, claims_said(move.action, move.words), move.words.get("words", ""), {**move.codes, **by}, act.file.id
        )
    words, past = {**act.file.words, act.seq: act.move.words}, act.past
    found = findings_in_force(move.definition, past).items()
    now = {name for name, one in found if one.event.round == move.round and one.code in GRANTED}
    values = granted_values(disputes(move.definition, past, words))
    claims = {name: ENDED if name == DISPLAY else value for name, value in values.items() if name in now}
    proposed = [event.seq for event in past for row in rows_of(move.definition, event) if row.part is PROPOSES]
    reasons = (words.get(seq, {}).get("reasons") for seq in reversed(proposed))
    return HandedOn(record, claims, next(filter(None, reasons), ""), by, act.file.id)


def held(session: Session, act: Act) -> Iterator[HandedOn]:
    """What other cases added to one that ends, and nobody has found: its own case follows, filed when it joined (D39).

    What was added before the case ended for the first time has its case.
    """
    definition, past, file = act.move.definition, act.file.snapshot.past, act.file
    ended = [event.seq for event in past if definition.state(event.target).final]
    found = findings_in_force(definition, past) if definition.finds(act.move.variant) else None
    for event in past[ended[-1] if ended else 0 :]:
        for field in fields_of(definition, event, FieldKind.CLAIMS) if event.role == CASE.name else ():
            said = file.words.get(event.seq, {})
            claims = said_of_fields(said, field.name)
            if not field.waits:
                claims = {name: value for name, value in claims.items() if found is not None and name not in found}
            if event.source == START or not claims:
                continue
            said_by = {name: event.codes[name] for name in SAID_BY_A_CASE if name in event.codes}
            codes = {**said_by, "ground": event.codes.get(GROUND), "joined_on": event.on.isoformat()}
            finder = session.scalar(select(Case.id).where(Case.number == event.codes.get("opened_by")))
            record = session.get_one(CreditRecord, file.record_id)
            variant = SHEET_CONFLICT if "batch" in event.codes else ""
            yield HandedOn(record, claims, said.get("words", ""), codes, finder, variant)


def said_of(record: CreditRecord, name: str, value: str) -> str:
    """What was found of a field, in the official language."""
    column = column_of(record.kind, name)
    if name == DISPLAY or column is None:
        return catalog(LANGUAGES[0]).gettext(DONE["display_ended"].id)
    return f"{column.heading}：{value_of(record, name) or '—'} → {value}"


def handed_on_by_sheet(
    session: Session, world: RuleContext, conflicts: Sequence[AgainstDecision], batch: str
) -> Iterator[HandedOn]:
    """What a sheet has newly said against decisions (D55), for each record and case that decided.

    Who proposed or approved there does not find on it.
    """
    of: dict[tuple[int, int], list[AgainstDecision]] = {}
    for one in conflicts:
        if one.new:
            of.setdefault((one.record_id, one.case_id), []).append(one)
    for (record_id, case_id), cells in sorted(of.items()):
        decided = read_cases(session, [case_id])[0]
        definition = all_kinds()[decided.kind]
        parts = ((event.person, row.part) for event in decided.snapshot.past for row in rows_of(definition, event))
        codes = {
            "batch": batch,
            "decided_in": decided.number,
            "row": cells[0].row,
            "fixed_on": world.jurisdiction.day_of(max(one.decided_at for one in cells)).isoformat(),
            "decided_by": sorted({person for person, part in parts if person and part in (PROPOSES, DECIDES)}),
        }
        record = session.get_one(CreditRecord, record_id)
        claims = {one.field: one.says for one in cells}
        yield HandedOn(record, claims, "", codes, variant=SHEET_CONFLICT)
