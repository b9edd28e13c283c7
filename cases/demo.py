"""Demo data: the sheet imported, people made, and stories played through the use cases with a moving clock.

The stories and their words are data of the demo place (`demo.toml`); everything happens through the doors that
everybody uses, so that the ledger is true. The same stories every time.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.advance import Request, advance
from cases.evidence import Store, StoredFile, take_in
from cases.kinds import all_kinds
from cases.opening import Opening, open_case
from cases.reading import read_cases
from cases.scheduler import tick
from cases.tables import Case
from cases.visibility import person_in, person_opening
from config import ROOT
from extensions import transaction
from notifications.channels import NoMail
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, load_bureaus
from registry.passwords import set_password
from registry.people import (
    DEMO_NAMES,
    DEMO_PASSWORD,
    User,
    add_person,
    people_with,
    real_accounts_present,
    standing_of,
)
from registry.sheets import import_sheet
from workflow.calendar import add_workdays
from workflow.definition import ROLES, Field, FieldKind
from workflow.findings import DISPLAY, to_find
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Impossible, say
from workflow.snapshot import Person, World

FOLDER = ROOT / "jurisdictions" / "cn-nm-demo"


@dataclass(frozen=True)
class Step:
    """One act of a story: so many working days after filing."""

    after: int
    who: str
    action: str
    answers: Mapping[str, Any]


@dataclass
class Story:
    """An objection as the demo tells it; `ago` is the number of working days since it was filed."""

    title: str
    bureau: str
    ago: int
    claims: list[str]
    ground: str
    words: str
    steps: list[Step]
    facts: str = ""
    by: str = ""
    record: CreditRecord | None = None
    number: str = ""


@dataclass
class Play:
    """The stage: the place, its people, and where each story stands."""

    session: Session
    world: World
    store: Store
    now: datetime
    stories: list[Story]
    evidence: tuple[StoredFile, ...] = ()


def play_demo(session: Session, law: Jurisdiction, store: Store, now: datetime) -> int:
    """Fill an empty database with the demo; gives the number of cases. Refuses one that holds real accounts.

    It is one transaction: a demo that is broken off leaves the database empty, and is played from the start again.
    """
    told = tomllib.loads((FOLDER / "demo.toml").read_text("utf-8"))
    play = Play(session, World(law, law.calendar), store, now, [_story(entry) for entry in told["story"]])
    with transaction():
        if real_accounts_present(session):
            raise Impossible(say("This database holds real accounts: demo data may not be played into it."))
        _set_the_stage(play, told["person"])
        _play(play)
    return len(play.stories)


def _set_the_stage(play: Play, people: list[Mapping[str, Any]]) -> None:
    session, law = play.session, play.world.jurisdiction
    load_bureaus(session, law.bureaus, law.office)
    session.flush()
    import_sheet(session, FOLDER / "records" / "penalties.xlsx", "penalty", law, _first_day(play), "import:demo")
    session.flush()
    _make_people(session, play, people)
    _cast(session, play)


def _play(play: Play) -> None:
    play.evidence = _evidence(play.store)
    for at, story, step in _programme(play):
        if story is None:
            tick(play.world, NoMail(), at)
        elif step is None:
            _file(play, story, at)
        else:
            _take(play, story, step, at)
    tick(play.world, NoMail(), play.now)


def _story(entry: Mapping[str, Any]) -> Story:
    steps = [Step(*step) for step in entry["steps"]]
    return Story(**{**entry, "steps": steps})


def _first_day(play: Play) -> datetime:
    """A week before the first story: the records must be there before anybody objects to them."""
    longest = max(story.ago for story in play.stories)
    return _at(play, add_workdays(play.world.calendar, _base(play), -longest - 5), 8, 0)


def _base(play: Play) -> date:
    """The last working day before today: every step of today's has then happened."""
    return add_workdays(play.world.calendar, play.world.jurisdiction.day_of(play.now), -1)


def _at(play: Play, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=play.world.jurisdiction.zone).astimezone(UTC)


def _programme(play: Play) -> list[tuple[datetime, Story | None, Step | None]]:
    """Everything that happens, in order: filings, steps, and the clock at midnight and at nine each day."""
    events: list[tuple[datetime, Story | None, Step | None]] = []
    for place, story in enumerate(play.stories):
        filed = add_workdays(play.world.calendar, _base(play), -story.ago)
        events.append((_at(play, filed, 9, 10 + place), story, None))
        for number, step in enumerate(story.steps, start=1):
            day = add_workdays(play.world.calendar, filed, step.after)
            events.append((_at(play, day, 10 + number % 7, 5 + place), story, step))
    events += [(at, None, None) for at in _beats(play)]
    return sorted((event for event in events if event[0] <= play.now), key=lambda event: event[0])


def _beats(play: Play) -> Iterator[datetime]:
    day = play.world.jurisdiction.day_of(_first_day(play))
    while day <= play.world.jurisdiction.day_of(play.now):
        yield _at(play, day, 0, 0)
        yield _at(play, day, play.world.jurisdiction.office_opens.hour, 0)
        day += timedelta(days=1)


def _make_people(session: Session, play: Play, entries: list[Mapping[str, Any]]) -> None:
    bureaus = {bureau.name: bureau.id for bureau in session.scalars(select(Bureau))}
    for entry in entries:
        bureau = bureaus[entry["bureau"]] if "bureau" in entry else None
        user = add_person(session, entry["username"], entry["name"], entry["roles"], bureau_id=bureau, demo=True)
        _let_in(user)
    session.flush()


def _let_in(user: User) -> None:
    """The nine accounts of the demo have its password; the others only act in stories."""
    if user.username in DEMO_NAMES:
        set_password(user, DEMO_PASSWORD)


def _cast(session: Session, play: Play) -> None:
    """A record for every story: of the firm that tells it, or of a firm that has none yet."""
    taken: set[int] = set()
    firms: dict[str, int] = {}
    today = play.world.jurisdiction.day_of(play.now)
    for story in sorted(play.stories, key=lambda story: not story.by):
        others = set(firms.values()) - {firms.get(story.by)}
        whole = {other.bureau for other in play.stories if story.by and other.by == story.by}
        story.record = _record_for(session, story, whole, taken, firms.get(story.by), others, today)
        taken.add(story.record.id)
        if story.by:
            firms.setdefault(story.by, story.record.enterprise_id)
    for story in play.stories:
        firm = story.record.enterprise_id if story.record else 0
        story.by = story.by or next((name for name, id in firms.items() if id == firm), f"firm{firm}")
        firms.setdefault(story.by, firm)
    for name, firm in firms.items():
        person = next(story.record for story in play.stories if story.record and story.record.enterprise_id == firm)
        user = add_person(session, name, person.values.get("legal_representative", name), ("filer",),
                          enterprise_id=firm, demo=True)  # fmt: skip
        _let_in(user)


def _record_for(
    session: Session, story: Story, whole: set[str], taken: set[int], firm: int | None, others: set[int], today: date
) -> CreditRecord:
    """A displayed record with a fine that the bureau supplied; for an account's firm, see `_with_most_left`."""
    names = {bureau.id: bureau.name for bureau in session.scalars(select(Bureau))}
    shown = [
        record
        for record in session.scalars(select(CreditRecord).where(CreditRecord.displayed).order_by(CreditRecord.id))
        if record.id not in taken and record.values.get("fine") and record.enterprise_id not in others
        and record.display_until and record.display_until > today + timedelta(days=30)
    ]  # fmt: skip
    found = [record for record in shown if names[record.supplied_by_id] == story.bureau]
    if firm is not None:
        return next(record for record in found if record.enterprise_id == firm)
    return _with_most_left(found, shown, names, whole) if story.by else found[0]


def _with_most_left(
    found: list[CreditRecord], shown: list[CreditRecord], names: Mapping[int, str], whole: set[str]
) -> CreditRecord:
    """Of the firm with a record for every story of its account, and then the most here and anywhere to file on."""
    here = Counter(record.enterprise_id for record in found)
    anywhere = Counter(record.enterprise_id for record in shown)
    firms = {record.enterprise_id: set[str]() for record in shown}
    for record in shown:
        firms[record.enterprise_id].add(names[record.supplied_by_id])

    def worth(record: CreditRecord) -> tuple[bool, int, int, int]:
        firm = record.enterprise_id
        return whole <= firms[firm], here[firm], anywhere[firm], -record.id

    return max(found, key=worth)


def _evidence(store: Store) -> tuple[StoredFile, ...]:
    """The specimen that the stories attach."""
    kept, faults = take_in(store, [(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("evidence/*"))])
    if faults:
        raise RuntimeError(f"the demo's evidence is unfit: {faults[0]}")
    return tuple(kept)


def _file(play: Play, story: Story, at: datetime) -> None:
    record = story.record
    assert record is not None
    answers = {"claims": _claims(story, record), "ground": story.ground, "words": story.words, "files": play.evidence}
    opening = Opening("objection", "file", record.id, answers)
    story.number = open_case(play.world, opening, _person(play, story, story.by), at).number


def _claims(story: Story, record: CreditRecord) -> dict[str, str]:
    """What the firm says should stand there: a tenth of the fine, an earlier day, other facts."""
    fine = Decimal(record.values["fine"]) / 10
    said = {
        "fine": f"{fine:.2f}" if fine >= Decimal("0.01") else "0.01",
        "decided_on": (record.decided_on - timedelta(days=5)).isoformat(),
        "facts": story.facts,
        DISPLAY: "ended",
    }
    return {name: said[name] for name in story.claims}


def _take(play: Play, story: Story, step: Step, at: datetime) -> None:
    case = _case(play, story)
    answers = _answers(play, step, case)
    person = _person(play, story, step.who)
    advance(play.world, Request(case.id, step.action, answers), person, at)


def _case(play: Play, story: Story) -> Case:
    play.session.expire_all()
    return play.session.scalars(select(Case).where(Case.number == story.number)).one()


def _answers(play: Play, step: Step, case: Case) -> dict[str, object]:
    """The step's answers; findings are given in one word, or `mixed`: the first granted, the others kept."""
    answers: dict[str, object] = dict(step.answers)
    row = all_kinds()[case.kind].action(step.action, case.state, case.variant)
    for asked in row.asks if row else ():
        if asked.kind is FieldKind.FINDINGS:
            answers[asked.name] = _findings(play, case, asked, step)
        elif asked.kind is FieldKind.FILES:
            answers[asked.name] = play.evidence
        elif asked.kind is FieldKind.BUREAU and asked.name in answers:
            name = str(answers[asked.name])
            answers[asked.name] = play.session.scalars(select(Bureau.id).where(Bureau.name == name)).one()
    return answers


def _findings(play: Play, case: Case, asked: Field, step: Step) -> dict[str, dict[str, str]]:
    past = read_cases(play.session, [case.id])[0].snapshot.past
    names = to_find(all_kinds()[case.kind], asked, past)
    word = str(step.answers["findings"])
    codes = [("as_claimed" if place == 0 else "kept") if word == "mixed" else word for place in range(len(names))]
    reason = str(step.answers["reasons"])
    return {name: {"finding": code, "reason": reason} for name, code in zip(names, codes, strict=True)}


def _person(play: Play, story: Story, who: str) -> Person:
    """Who takes a step: the firm that filed, the office, or somebody with that role at the bureau that has the case."""
    session, case = play.session, _case(play, story) if story.number else None
    record = story.record
    assert record is not None
    bureau = case.bureau_id if case else None
    if who in ("filer", story.by):
        user = session.scalars(select(User).where(User.username == story.by)).one()
    elif who in ("reviewer", "approver", "head"):
        user = people_with(session, [ROLES[who]], bureau_id=bureau)[0]
    else:
        user = session.scalars(select(User).where(User.username == who)).one()
    standing = standing_of(session, user)
    return person_in(standing, case) if case else person_opening(standing, record, record.enterprise_id)
