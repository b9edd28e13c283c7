"""Which records everybody may read at a moment, until when, and which of their columns (D13, D14, D54).

The law is asked as records are read, by the query itself: from the first second after its last day a record is not
found, whatever has run since. Of persons who are no legal ones nothing is public.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, select

from registry.columns import ADVERSE, LEGAL_PERSONS, LISTS, MARKET_REGULATION, WARNING_ALONE
from registry.credit_records import CreditRecord
from registry.display import ONE_DAY, End, dates_of, end_acted_on, ends, reached
from registry.organisations import Bureau, Enterprise
from workflow.jurisdiction import Display, Jurisdiction, PublicKind

COLUMNS: Final = (
    "name", "uscc", "document_number", "list_name", "offence", "basis", "penalty_kind", "fine", "confiscated",
    "decided_on", "determined_by",
)  # fmt: skip
"""What is shown of a record, in the order of the national sheet; of everything else, and of what is free text, nothing:
it may name a person."""
INDIVIDUAL_BUSINESS: Final = "92"
"""How the credit code of one begins. Which of them may be published no text seen says: none is."""
ENDED_FOR: Final = timedelta(days=90)
"""For so long it is told that a record has ended, so that copies can follow."""


def published_kinds(law: Jurisdiction, on: date) -> dict[str, PublicKind]:
    """The kinds of record that are published on a day, each with its basis."""
    return {one.kind: one for one in law.published if one.holds_on(on)}


def public_until(record: CreditRecord, determined_by: Bureau, displays: Sequence[Display], on: date) -> End | None:
    """The last day on which the record is public: the one acted on, else the longest that a rule in force gives.

    None: of what speaks well of the enterprise, no end; of any other, that it is not public.
    """
    found = ends(dates_of(record, determined_by), displays, on)
    return end_acted_on(found) or (found[-1] if found else None)


def may_be_public(law: Jurisdiction, on: date) -> ColumnElement[bool]:
    """Records that are published as long as they are displayed: of a legal person and a kind with a basis, more than a
    warning. For a query that has joined Enterprise."""
    said = CreditRecord.values["subject_kind"].as_string()
    penalty = CreditRecord.values["penalty_kind"].as_string()
    return and_(
        CreditRecord.kind.in_(published_kinds(law, on)),
        Enterprise.code.not_like(f"{INDIVIDUAL_BUSINESS}%"),
        or_(said.is_(None), said.in_(LEGAL_PERSONS)),
        or_(penalty.is_(None), penalty != WARNING_ALONE),
    )


def is_public(law: Jurisdiction, on: date) -> ColumnElement[bool]:
    """Records that everybody may read on that day; for a query that has joined Enterprise."""
    removed = CreditRecord.values["removed_on"].as_string()
    return and_(
        may_be_public(law, on),
        CreditRecord.displayed,
        CreditRecord.shared,
        or_(CreditRecord.kind.not_in(LISTS), CreditRecord.listed),
        or_(removed.is_(None), removed > on.isoformat()),
        in_time(law.displays, on),
    )


def in_time(displays: Sequence[Display], on: date) -> ColumnElement[bool]:
    """That the last day, as `public_until` has it, is not over."""
    rules = [rule for rule in displays if rule.holds_on(on) and rule.at_most is not None]
    by_class = [(_stated(rule), _begins_late_enough(rule, on)) for rule in rules if rule.severity]
    some_end = or_(CreditRecord.display_until.is_not(None), *(stated for stated, _ in by_class))
    longest = or_(false(), *(and_(_concerns(rule), _begins_late_enough(rule, on)) for rule in rules))
    return and_(
        or_(CreditRecord.display_until.is_(None), CreditRecord.display_until >= on),
        *(or_(~stated, in_it) for stated, in_it in by_class),
        or_(CreditRecord.kind.not_in(ADVERSE), some_end, longest),
    )


def _concerns(rule: Display) -> ColumnElement[bool]:
    """Records that a rule is about, by kind, branch and class; of a class not stated, any rule may be."""
    kinds = CreditRecord.kind.in_(ADVERSE.intersection(rule.records) if rule.records else ADVERSE)
    branch = select(Bureau.id).where(Bureau.name.contains(MARKET_REGULATION))
    of_branch = [] if rule.field == "general" else [CreditRecord.determined_by_id.in_(branch)]
    of_class = [CreditRecord.severity.in_(("", rule.severity))] if rule.severity else []
    return and_(kinds, *of_branch, *of_class)


def _stated(rule: Display) -> ColumnElement[bool]:
    return and_(_concerns(rule), CreditRecord.severity == rule.severity)


def _begins_late_enough(rule: Display, on: date) -> ColumnElement[bool]:
    """That a time which begins with this record's day still runs."""
    assert rule.at_most is not None
    first = reached(on, -rule.at_most, rule.unit) - 4 * ONE_DAY  # months are not equally long
    while reached(first, rule.at_most, rule.unit) < on:
        first += ONE_DAY
    decided = CreditRecord.decided_on >= first
    if rule.counted_from == "decided_on":
        return decided
    shown = CreditRecord.values["displayed_from"].as_string()
    return or_(and_(shown.is_not(None), shown >= first.isoformat()), and_(shown.is_(None), decided))
