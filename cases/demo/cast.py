"""The stage of the demo: sheets imported, people made, and for every story a record and the firm that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.demo.stories import FOLDER, DemoScript, Story
from registry.credit_records import CreditRecord, value_of
from registry.organisations import Bureau, Enterprise, load_bureaus
from registry.people import DEMO_NAMES, DEMO_PASSWORD, User, add_person
from registry.sheets.importing import import_sheet
from registry.sign_in import set_password
from workflow.jurisdiction import Jurisdiction

SHEETS: Final = (
    ("penalties.xlsx", "penalty"),
    ("penalties_of_two_firms.csv", "penalty"),
    ("serious_list.csv", "serious_list"),
    ("abnormal_list.csv", "abnormal_list"),
    ("honour_list.csv", "honour_list"),
)
"""The sheets of the demo, and the kind of record in each."""

STILL_SHOWN: Final = timedelta(days=30)


@dataclass
class Cast:
    """Who and what a story is about: the record, the firm and its person; once it is filed, the case."""

    story: Story
    record: CreditRecord
    filer: User
    case_id: int = 0


class ShelvedRecord(NamedTuple):
    """A record that a story may be about; `shown`: it is displayed, and will be for some time."""

    record: CreditRecord
    bureau: str
    enterprise: str
    shown: bool


def set_the_stage(session: Session, law: Jurisdiction, told: DemoScript, begins: datetime, today: date) -> list[Cast]:
    """Bodies, records and people before the first story; gives the stories with their records."""
    load_bureaus(session, law.bureaus, law.office)
    session.flush()
    for name, kind in SHEETS:
        import_sheet(session, FOLDER / "records" / name, kind, law, begins, f"import:{name}")
    session.flush()
    _make_people(session, told.people)
    found = _found(told, _shelf(session, today))
    filers = _make_filers(session, told, found)
    return [Cast(story, record, filers[record.enterprise_id]) for story, record in found]


def _make_people(session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    bureaus = {bureau.name: bureau.id for bureau in session.scalars(select(Bureau))}
    for entry in entries:
        bureau = bureaus[entry["bureau"]] if "bureau" in entry else None
        add_person(session, entry["username"], entry["name"], entry["roles"], bureau_id=bureau, demo=True)


def _make_filers(session: Session, told: DemoScript, found: Sequence[tuple[Story, CreditRecord]]) -> dict[int, User]:
    """A person for the firm of every story; the accounts that visitors use get the password, hashed once."""
    accounts = {code: username for username, code in told.firms.items()}
    filers = {}
    for id, record in {record.enterprise_id: record for _story, record in found}.items():
        username, name = accounts.get(record.values["uscc"], f"firm{id}"), value_of(record, "legal_representative")
        filers[id] = add_person(session, username, name, ("filer",), enterprise_id=id, demo=True, manages=True)
    first, *others = session.scalars(select(User).where(User.username.in_(DEMO_NAMES)).order_by(User.id)).all()
    set_password(first, DEMO_PASSWORD)
    for user in others:
        user.password_hash = first.password_hash
    session.flush()
    return filers


def _shelf(session: Session, today: date) -> list[ShelvedRecord]:
    """Every record that there is."""
    query = (
        select(CreditRecord, Bureau.name, Enterprise.code)
        .join(Bureau, Bureau.id == CreditRecord.supplied_by_id)
        .join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
        .order_by(CreditRecord.id)
    )
    later = today + STILL_SHOWN
    return [
        ShelvedRecord(record, bureau, code, record.displayed and (record.display_until or date.max) > later)
        for record, bureau, code in session.execute(query)
    ]


def _found(told: DemoScript, shelf: Sequence[ShelvedRecord]) -> list[tuple[Story, CreditRecord]]:
    """A record of its own for every story; those of the accounts' firms choose first, the order stays that told."""
    free, used, found = list(shelf), set[str](), dict[int, CreditRecord]()
    for place, story in sorted(enumerate(told.stories), key=lambda entry: not entry[1].by):
        fit = [one for one in free if _fits(story, one, told.firms)]
        best = min(fit, key=lambda one: _better(story, one, used), default=None)
        if best is None:
            raise RuntimeError(f"the demo has no record left for the story {story.title!r}")
        free.remove(best)
        used.add(best.enterprise)
        found[place] = best.record
    return [(story, found[place]) for place, story in enumerate(told.stories)]


def _fits(story: Story, one: ShelvedRecord, codes: Mapping[str, str]) -> bool:
    """Whether a story can be about this record at all."""
    firm = one.enterprise == codes[story.by] if story.by else one.enterprise not in codes.values()
    claimed = [name for name in ("fine", "decided_on") if name in story.answers.get("claims", {})]
    kept = all(value_of(one.record, name) for name in ("legal_representative", *claimed))
    return firm and kept and one.record.kind == story.record and one.bureau == story.bureau


def _better(story: Story, one: ShelvedRecord, used: set[str]) -> tuple[bool, bool, bool, int, int]:
    """One that is shown, of the offence that it is about, of a firm that tells no story yet; an old one for a repair,
    and where that comes too early, a new one."""
    decided = one.record.decided_on.toordinal()
    age = -decided if story.severity else decided if story.kind == "repair" else 0
    offence = bool(story.offence) and value_of(one.record, "offence") != story.offence
    return not one.shown, offence, one.enterprise in used and not story.by, age, one.record.id
