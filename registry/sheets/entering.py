"""One record typed by hand (D27): everything that is wrong with it is said at once.

Who may enter it is the caller's to say, but a bureau enters only what it decided itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from extensions import transaction
from registry.cleaning import Unfit, clean
from registry.columns import KINDS, row_faults
from registry.credit_records import CreditRecord, enter, promoted
from registry.organisations import Bureau, Enterprise, folded, names_of
from registry.sheets.importing import BUREAU_COLUMNS, RENAMED
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, say

MISSING: Final = say("Fill this in: no record can be kept without it.")
NOT_OFFERED: Final = say("Choose one of the bureaus in the list.")


@dataclass(frozen=True)
class TypedRecord:
    """What was typed, by column key; the bureaus by their ids. Nobody named as supplier: the one that decided."""

    kind: str
    cells: Mapping[str, str]
    determined_by: int | None
    supplied_by: int | None = None


def enter_record(
    entry: TypedRecord, jurisdiction: Jurisdiction, now: datetime, user_id: int, own_bureau: int | None = None
) -> int:
    """Take the record in, and its firm where it is not known yet; gives the record's id.

    `own_bureau` is that of a person of a bureau. Raises Incomplete by column key, Impossible for a record that is here
    already, Forbidden where another bureau decided.
    """
    if own_bureau is not None and entry.determined_by != own_bureau:
        raise Forbidden(
            say("A bureau enters the records of its own decisions only: the bureau that decided enters this one.")
        )
    try:
        with transaction() as session:
            record = _record(session, entry, jurisdiction.day_of(now), user_id)
            enter(session, record, now, f"user:{user_id}")
            return record.id
    except IntegrityError as error:  # somebody else entered the same record or firm in this very moment
        raise Impossible(say("Somebody has just entered the same. Send the form again.")) from error


def _record(session: Session, entry: TypedRecord, today: date, user_id: int) -> CreditRecord:
    values, faults = _cleaned(entry)
    for key, fault in row_faults(entry.kind, values, today.isoformat(), MISSING).items():
        faults.setdefault(key, fault)
    determined = _bureau(session, entry.determined_by, today)
    supplied = _bureau(session, entry.supplied_by, today) if entry.supplied_by is not None else determined
    if determined is None:
        faults["determined_by"] = NOT_OFFERED
    if supplied is None and entry.supplied_by is not None:
        faults["supplied_by"] = NOT_OFFERED
    code, name = values.get("uscc", ""), values.get("name", "")
    firm = session.scalars(select(Enterprise).where(Enterprise.code == code)).one_or_none() if code else None
    if firm and name and folded(name) not in map(folded, names_of(firm)):
        faults["name"] = say(RENAMED, code=code, owner=firm.name, name=name)
    if faults or determined is None or supplied is None:
        raise Incomplete(faults)
    for key, bureau in (("determined_by", determined), ("supplied_by", supplied)):
        values |= {key: bureau.name} | ({f"{key}_code": bureau.code} if bureau.code else {})
    if firm is None:
        firm = Enterprise(code=code, name=name, former_names=[])
        session.add(firm)
        session.flush()
    values["name"] = next(name for name in names_of(firm) if folded(name) == folded(values["name"]))
    return CreditRecord(
        kind=entry.kind,
        enterprise_id=firm.id,
        determined_by_id=determined.id,
        supplied_by_id=supplied.id,
        known_as=values["document_number"],
        values=values,
        sheet_says={},
        entered_by_id=user_id,
        **promoted(values),
    )


def _cleaned(entry: TypedRecord) -> tuple[dict[str, str], dict[str, Message]]:
    """The values by column key, in the order of the sheet, without what says nothing; and what cannot be read."""
    values: dict[str, str] = {}
    faults: dict[str, Message] = {}
    for column in KINDS[entry.kind]:
        if column.key in BUREAU_COLUMNS:
            continue
        try:
            value = clean(column, entry.cells.get(column.key, ""))
        except Unfit as unfit:
            faults[column.key] = unfit.message
        else:
            values |= {column.key: value} if value else {}
    return values, faults


def _bureau(session: Session, id: int | None, today: date) -> Bureau | None:
    """The bureau of that id, if it exists on this day and no successor has taken it over."""
    bureau = session.get(Bureau, id) if id is not None else None
    if bureau is None or bureau.successor_id is not None:
        return None
    return bureau if (bureau.valid_from or today) <= today <= (bureau.valid_until or today) else None
