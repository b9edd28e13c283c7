"""A stage for trying every address as everybody: a place where one case has been with two bureaus, put back at will."""

import hashlib
import io
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from application import create_app
from cases.engine.held_sheets import ToHold, hold
from cases.model.drafts import Draft
from cases.model.evidence import StoredFile, take_in
from cases.model.tables import Attachment, Case
from exchange.sources import SourceBatch
from extensions import Base, db
from notifications.letters import GIVEN_UP, Letter
from notifications.papers import Paper
from registry.admission import AdmissionRequest, NewAgent, NewColleague, add_colleague, apply, name_agent
from registry.credit_records import CreditRecord
from registry.identity import identity_of
from registry.in_force import NewPromise, record_promise, rule_of
from registry.organisations import Bureau
from registry.people import add_person
from registry.phrases import Phrase
from registry.sign_in import new_feed, one_time_link
from tests.builders import LAW, Place, _record, day, make_place
from tests.clients import Browser
from tests.conftest import NOW, make_settings
from tests.registry.sheets import RIGHT, csv_of
from tests.web.signing import in_session, session_for
from tests.web.undrawn import undrawn
from tests.web.walking import STEPS

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
COUNTS_TRIES = {"failed_sign_in", "open_session", "reading"}
"""A try to sign in is counted whether or not it fails, and a refusal that shows the case has been read: that is what
the tables are for."""

ACTORS = {
    "nobody": "", "filer": "enterprise", "other_filer": "enterprise2", "holder": "reviewer2", "lost": "reviewer",
    "never": "reviewer3", "head": "approver2", "lost_head": "approver", "office": "office", "chief": "chief",
    "auditor": "auditor",
}  # fmt: skip
"""Who tries: the firm concerned and another; a reviewer of the bureau that has the case, of the one that lost it and
of one that never had it; who approves at each of the first two; the office."""

Shot = sqlite3.Connection | None
"""A copy of the database in memory; of a database that cannot be put back there is none."""


@dataclass
class Stage:
    """An application on one database file, and what stands in it: numbers and keys by name."""

    app: Flask
    file: Path | None
    names: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    kept: Shot = None

    def browser(self, who: str) -> FlaskClient:
        """A browser in which somebody has signed in; an empty name is nobody."""
        return in_session(self.app.test_client(), self.sessions[who] if who else "")

    def content(self) -> str:
        """All that the database holds, as one hash."""
        seen = hashlib.sha256()
        with self.app.app_context(), db.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                if table.name not in COUNTS_TRIES:
                    rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').all()
                    seen.update("\n".join((table.name, *sorted(map(repr, rows)))).encode())
        return seen.hexdigest()

    def undrawn(self, *names: str) -> AbstractContextManager[None]:
        return undrawn(self.app, *names)

    def keep(self) -> None:
        """Take down what stands now, to come back to."""
        self.kept = self.taken_down()

    def taken_down(self) -> Shot:
        """What stands now, in memory; only a file can be taken down and put back."""
        if not self.file:
            return None
        shot = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as connection:
            connection.backup(shot)
        return shot

    def put_back(self, shot: Shot = None) -> None:
        """As it was when it was taken down, or kept."""
        shot = shot or self.kept
        if shot and self.file:
            with closing(sqlite3.connect(self.file)) as connection:
                connection.execute("PRAGMA synchronous=OFF")
                shot.backup(connection)

    def close_session(self) -> None:
        """Hold no connection to the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def build_stage(folder: Path, database: Path | str) -> Stage:
    """An empty database of the newest version, a file to copy or an address, and an application on it without form
    tokens."""
    file = folder / "stage.sqlite" if isinstance(database, Path) else None
    if file:
        shutil.copy(database, file)
    app = create_app(make_settings(folder, f"sqlite:///{file}" if file else str(database)), WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    return Stage(app, file)


def people_it(stage: Stage, session: Session) -> Place:
    """The usual place, and two people of a third bureau."""
    place = make_place(session)
    third = session.scalars(select(Bureau).order_by(Bureau.id).offset(3)).first()
    assert third
    for name, roles in (("reviewer3", ("reviewer",)), ("approver3", ("approver", "head"))):
        place.people[name] = add_person(session, name, f"{name}人", roles, bureau_id=third.id, demo=True)
    session.flush()
    stage.sessions = {name: session_for(user) for name, user in place.people.items()}
    return place


def fill(stage: Stage) -> None:
    """One case on its way and one answered, both handed from one bureau to another; a draft, a link, a lost mail."""
    with stage.app.app_context():
        session = db.session()
        place = people_it(stage, session)
        evidence, faults = take_in(stage.app.extensions["store"], [("缴款凭证.pdf", PDF)])
        assert not faults
        records = [_record(place.firm, place.bureau, f"示环罚〔2026〕{number}号") for number in (71, 72)]
        session.add_all(records)
        session.commit()
        on_its_way = _handed_over(place, evidence, place.record)
        answered = _handed_over(place, (), records[0])
        for hour, name in enumerate(("propose", "approve", "carry_out", "answer"), start=8):
            who, action, answers = STEPS[name]
            who = {"reviewer": "reviewer2", "approver": "approver2"}.get(who, who)
            place.act(answered, who, action, _hour(hour), **answers)
        other = place.file(now=_hour(0), record=place.other_record, by="enterprise2", files=tuple(evidence))
        stage.names = {
            **_papers_and_letters(session, on_its_way.number, answered.number),
            **_files(session, on_its_way, other),
            "case": on_its_way.number, "length": str(place.case(on_its_way.number).length),
            "other_case": other.number, "record": str(place.record.id),
            "key": place.record.key,
            "free": str(records[1].id), "bureau": str(place.bureau.id), "other_bureau": str(place.other_bureau.id),
            "draft": _draft(session, place, records[1].id, evidence), "firm": str(place.firm.id),
            "complaint_draft": _complaint_draft(session, place),
            "phrase": _phrase_of_the_holder(session, place),
            "token": one_time_link(session, place.people["officer2"], NOW, by=None),
            "person": str(place.people["officer2"].id), "chief": str(place.people["chief"].id),
            "promise": _promise(session, place, evidence[0]),
            "none": "2026-YY-999999", "no_id": "999999", **_coming_in(session, place, evidence),
        }  # fmt: skip
        session.commit()
    stage.names["sheet"] = _sheet_looked_at(stage)
    stage.keep()


def _promise(session: Session, place: Place, document: StoredFile) -> str:
    """A limit that the place has published, from a day to come."""
    rule = rule_of(LAW, "objection.refer", NOW.date())
    assert rule
    new = NewPromise("公告", "示政办发〔2026〕40号", NOW.date(), 2, NOW.date() + timedelta(days=7), document)
    return str(record_promise(session, LAW, rule, new, "", place.people["chief"].id, NOW.date(), NOW).id)


def _coming_in(session: Session, place: Place, evidence: Sequence[StoredFile]) -> dict[str, str]:
    """A firm that asks to be let in; of the firm: a colleague, an agent under a letter, a calendar feed."""
    asked = apply(
        session,
        AdmissionRequest("某某煤业有限公司", "91150699RU5KH6E956", "李某"),
        "li@firm.example",
        "zh",
        NOW.date(),
        NOW,
    )
    firm, by = place.firm.id, identity_of(session, place.people["enterprise"], NOW.date())
    colleague, _ = add_colleague(session, firm, NewColleague("colleague", "同事"), by, NOW, demo=True)
    agent = NewAgent("agent", "代理人", "", NOW.date(), NOW.date(), ())
    letter, _ = name_agent(session, firm, agent, evidence[0], by, NOW.date(), NOW, demo=True)
    return {
        "application": str(asked.number), "colleague": str(colleague.id), "authority": str(letter.id),
        "held_sheet": str(hold(session, ToHold("a" * 64, "penalty", "处罚.csv", 0, 0), by, NOW).id),
        "batch": str(_batch(session)),
        "digest": evidence[0].sha256, "feed": new_feed(session, place.people["enterprise"], NOW),
    }  # fmt: skip


def _batch(session: Session) -> int:
    """A sheet that came by a folder and waits."""
    counts = {"imported": 1, "updated": 0, "unchanged": 0, "rejected": 0, "conflicts": 0, "repeated": 0}
    one = SourceBatch(source="fire", name="a.csv", sha256="b" * 64, kind="penalty", owners=[], received_at=NOW)
    one.settle("waits", counts)
    session.add(one)
    session.flush()
    return one.id


def _sheet_looked_at(stage: Stage) -> str:
    """The token of a sheet that the officer has looked at and not yet imported."""
    sheet = {"sheet": (io.BytesIO(csv_of(RIGHT, {**RIGHT, "uscc": "no code"})), "处罚.csv")}
    page = stage.browser("office").post("/records/import", data=sheet, content_type="multipart/form-data")
    found = re.search(r'name="sheet"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def _hour(number: int) -> datetime:
    return day(2026, 11, 23, 8) + timedelta(hours=number, minutes=number)


def _handed_over(place: Place, evidence: Sequence[StoredFile], record: CreditRecord) -> Case:
    """Filed, referred to the bureau that supplied the record, returned, assigned to another; then papers were added."""
    case = place.file(now=_hour(0), record=record, files=tuple(evidence))
    for hour, name in enumerate(("accept", "refer", "return"), start=1):
        who, action, answers = STEPS[name]
        place.act(case, who, action, _hour(hour), **answers)
    place.act(case, "chief", "assign", _hour(4), bureau=place.other_bureau.id, reasons="由该局核查。")
    place.act(case, "enterprise", "add", _hour(5), words="补充一份。", files=tuple(evidence))
    return place.case(case.number)


def _papers_and_letters(session: Session, number: str, answered: str) -> dict[str, str]:
    letters = {
        letter.to_party + "_" + letter.to_role + "_" + letter.name: letter.id
        for letter in session.scalars(select(Letter).where(Letter.case_number == number).order_by(Letter.id))
    }
    papers = {paper.form: paper.id for paper in session.scalars(select(Paper).where(Paper.case_number == answered))}
    at_bureau = {letter.to_id: letter.id for letter in session.scalars(
        select(Letter).where(Letter.case_number == number, Letter.to_party == "bureau"))}  # fmt: skip
    mail = session.get_one(Letter, letters["office_officer_filed_office"])
    mail.mail, mail.mail_state = "office@banner.example", GIVEN_UP
    holder = session.scalars(select(Case.bureau_id).where(Case.number == number)).one()
    assert holder is not None
    return {
        "letter_firm": str(letters["enterprise_filer_filed"]), "letter_office": str(mail.id),
        "letter_chief": str(letters["office_chief_returned"]), "letter_holder": str(at_bureau[holder]),
        "letter_lost": str(next(id for bureau, id in at_bureau.items() if bureau != holder)),
        "paper_receipt": str(papers["receipt"]), "paper_answer": str(papers["answer"]),
        "paper_referral": str(papers["referral"]),
    }  # fmt: skip


def _files(session: Session, case: Case, other: Case) -> dict[str, str]:
    first, later = session.scalars(
        select(Attachment.id).where(Attachment.case_id == case.id).order_by(Attachment.id)
    ).all()
    theirs = session.scalars(select(Attachment.id).where(Attachment.case_id == other.id)).one()
    return {"file": str(first), "later_file": str(later), "other_file": str(theirs)}


def _draft(session: Session, place: Place, record_id: int, evidence: Sequence[StoredFile]) -> str:
    key = "draft-of-the-firm-and-nobody-elses-0000000"
    session.add(Draft(
        key=key, user_id=place.people["enterprise"].id, record_id=record_id, kind="objection", action="file",
        answers={"ground": "wrong", "claims": {"fine": {"wrong": True, "value": "0.80"}}, "words": "多了一个零。"},
        files=[asdict(file) for file in evidence], saved_at=NOW,
    ))  # fmt: skip
    return key


def _phrase_of_the_holder(session: Session, place: Place) -> str:
    """A phrase that the bureau which has the case keeps for its people."""
    row = Phrase(bureau_id=place.other_bureau.id, name="一致", text="与原件一致。", changed_at=NOW,
                 changed_by_id=place.people["approver2"].id)  # fmt: skip
    session.add(row)
    session.flush()
    return str(row.id)


def _complaint_draft(session: Session, place: Place) -> str:
    key = "complaint-of-the-firm-and-nobody-elses-000"
    session.add(Draft(
        key=key, user_id=place.people["enterprise"].id, enterprise_id=place.firm.id, kind="complaint", action="file",
        answers={"complained_of": "bureau", "body": str(place.bureau.id)}, files=[], saved_at=NOW,
    ))  # fmt: skip
    return key
