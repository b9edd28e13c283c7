"""A fifth kind is one file, and a place is a folder: pages, deadlines, letters, diagram, permissions, random walk.

The kind is a US dispute (FCRA §611), where what nobody verifies in time is deleted: silence decides here, and that
stands in the kind. The application knows no other kind while these tests run, so none of it can lean on one.
"""

import csv
import io
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import application
import cases.kinds
from cases.engine.sweep import sweep
from cases.figures.statistics import endings
from cases.ledger.verify import verify
from cases.lists import queues
from cases.model.months import Month
from cases.model.tables import Case
from config import Clock, Settings
from extensions import db
from notifications.letters import Letter
from registry.credit_records import CreditRecord, RecordChange, beginning, promoted
from registry.organisations import Bureau, Enterprise, load_bureaus
from registry.people import add_person
from tests.builders import as_shown
from tests.clients import Browser
from tests.conftest import NOW
from tests.web.signing import in_session, session_for
from tests.workflow.guide import Guide
from tests.workflow.strolling import stroll
from workflow.calendar import due
from workflow.checks import check, check_all
from workflow.definition import CASE, CLOCK, ROLES, START, Definition
from workflow.diagram import mermaid
from workflow.jurisdiction import Jurisdiction
from workflow.rules import load_jurisdiction
from workflow.snapshot import RuleContext

HERE = Path(__file__).parent
NOON = datetime.fromisoformat("2026-11-24T12:00-05:00")


@pytest.fixture(scope="module", autouse=True)
def only_this_kind(sqlite_template: Path) -> Iterator[None]:
    """The folder of kinds is this one, and everything read from the other is forgotten; then all is as before."""
    before = cases.kinds.__path__
    cases.kinds.__path__ = [str(HERE / "kinds")]
    _forget()
    yield
    cases.kinds.__path__ = before
    sys.modules.pop("cases.kinds.dispute", None)
    _forget()


def _forget() -> None:
    cases.kinds.all_kinds.cache_clear()
    queues.enterprise_deadlines.cache_clear()


@pytest.fixture(scope="module")
def law() -> Jurisdiction:
    return load_jurisdiction(HERE / "jurisdictions", "us-demo")


@pytest.fixture(scope="module")
def kind() -> Definition:
    return cases.kinds.all_kinds()["dispute"]


def test_the_kind_is_found_and_sound_in_its_place(kind: Definition, law: Jurisdiction) -> None:
    assert list(cases.kinds.all_kinds()) == ["dispute"]
    assert check(kind, [law]) == []
    assert check_all([kind], [law]) == []


def test_who_may_do_what_is_what_the_table_by_hand_says(kind: Definition) -> None:
    with (HERE / "permissions.csv").open(encoding="utf-8", newline="") as lines:
        table = {(row["state"], row["role"]): set(row["actions"].split()) for row in csv.DictReader(lines)}
    for state in (START, *(state.name for state in kind.states)):
        for role in (*ROLES.values(), CLOCK, CASE):
            may = {row.name for row in kind.actions_from(state) if role in row.by}
            assert may == table.get((state, role.name), set()), f"{role} in {state}"


def test_random_walks_take_every_action_and_end(kind: Definition, law: Jurisdiction) -> None:
    guide = Guide(kind, law)
    for seed in range(300):
        stroll(guide, RuleContext(law, law.calendar), seed, 25, lambda *_: None)
    assert guide.missing(10) == {}


def test_its_diagram_is_drawn(kind: Definition) -> None:
    drawn = mermaid(kind)
    assert "disputed --> with_furnisher : Tell the furnisher" in drawn
    assert "⏱ Delete the item" in drawn


def test_its_days_are_counted_by_its_own_calendar(law: Jurisdiction) -> None:
    """Thanksgiving is no working day; 30 days are days."""
    filed = date(2026, 11, 24)
    notify, whole = (law.limit(f"dispute.{name}", "", filed) for name in ("notify", "whole"))
    assert due(law.calendar, filed, notify.n, notify.unit)[0] == date(2026, 12, 2)
    assert due(law.calendar, filed, whole.n, whole.unit)[0] == date(2026, 12, 24)


class Agency:
    """An application in that place, with a consumer, a furnisher and an agent of the agency."""

    def __init__(self, folder: Path, database: Path, law: Jurisdiction) -> None:
        self.world = RuleContext(law, law.calendar)
        settings = Settings(
            mode="test", host="127.0.0.1", port=0, data_dir=folder, database_url=f"sqlite:///{database}",
            secret_key="t" * 32, smtp_url="", jurisdiction="us-demo", clock=Clock(NOON - Clock().now()),
        )  # fmt: skip
        self.app = application.create_app(settings, WTF_CSRF_ENABLED=False)
        self.app.test_client_class = Browser
        self.sessions: dict[str, str] = {}
        with self.app.app_context():
            self.record = self._people_it(law)

    def _people_it(self, law: Jurisdiction) -> int:
        session = db.session()
        load_bureaus(session, law.bureaus, law.office)
        bank = session.scalars(select(Bureau)).one()
        consumer = Enterprise(code="91150699YALKAUR84L", name="Doe & Daughters", email="doe@demo.example")
        session.add(consumer)
        session.flush()
        values = {"name": consumer.name, "uscc": consumer.code, "document_number": "ACCT-77", "fine": "8.00",
                  "decided_on": "2026-03-18", "determined_by": bank.name, "supplied_by": bank.name}  # fmt: skip
        record = CreditRecord(kind="penalty", enterprise_id=consumer.id, determined_by_id=bank.id,
                              supplied_by_id=bank.id, known_as="ACCT-77", values=values,
                              **promoted(values))  # fmt: skip
        session.add(record)
        session.flush()
        session.add(RecordChange(record_id=record.id, at=NOW, what="imported", after=beginning(record), actor="import"))
        for name, role in (("doe", "filer"), ("clerk", "reviewer"), ("agent", "officer")):
            user = add_person(
                session, name, name.title(), (role,), demo=True, language="en",
                bureau_id=bank.id if role == "reviewer" else None,
                enterprise_id=consumer.id if role == "filer" else None,
            )  # fmt: skip
            session.flush()
            self.sessions[name] = session_for(user)
        session.commit()
        return record.id

    def browser(self, who: str) -> FlaskClient:
        return in_session(self.app.test_client(), self.sessions[who], "en")

    def case(self) -> Case:
        with self.app.app_context():
            return db.session.scalars(select(Case).order_by(Case.id.desc())).first() or pytest.fail("no case")

    def dispute(self) -> str:
        """Through the pages, as the consumer."""
        doe, address = self.browser("doe"), f"/records/{self.record}/dispute"
        typed = {"claims-fine-wrong": "y", "claims-fine-value": "0.80", "words": "I paid this.", "declared": "y"}
        page = doe.get(address, follow_redirects=True)
        assert page.status_code == 200, page.text
        for _ in range(6):
            if "data-receipt" in page.text:
                break
            form = re.search(r'<form[^>]*action="([^"]*/dispute[^"]*)"', page.text)
            assert form, page.text
            hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
            page = doe.post(form[1].replace("&amp;", "&"), data={**hidden, **typed}, follow_redirects=True)
            assert page.status_code == 200, page.text
        return self.case().number

    def act(self, who: str, action: str, **typed: object) -> None:
        number = self.case().number
        client = self.browser(who)
        assert client.get(f"/cases/{number}/{action}").status_code == 200
        with self.app.app_context():
            typed |= as_shown(db.session(), number)
        answer = client.post(f"/cases/{number}/{action}", data=typed, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.text


@pytest.fixture
def agency(
    tmp_path: Path, sqlite_template: Path, law: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Agency]:
    monkeypatch.setattr(application, "_law", lambda *_: law)
    monkeypatch.setattr(application, "shipped", lambda: ())
    database = tmp_path / "fifth.sqlite"
    shutil.copy(sqlite_template, database)
    made = Agency(tmp_path, database, law)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_from_filing_to_the_answer_through_the_pages(agency: Agency) -> None:
    number = agency.dispute()
    assert number == "2026-DS-000001"
    agency.act("agent", "tell")
    page = agency.browser("clerk").get(f"/cases/{number}").text
    assert 'data-deadline="whole"' in page
    assert 'data-due="2026-12-24"' in page
    agency.act("clerk", "report", reasons="Our books agree.", **{"findings-fine-finding": "as_claimed"})
    agency.act("agent", "answer", letter="You were right.")
    page = agency.browser("doe").get(f"/cases/{number}").text
    assert 'data-state="corrected"' in page
    with agency.app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.name == "answered")).one()
        assert "You were right." in letter.body("en")
        assert verify(db.session()).ok
        ends = [(one.end.label, one.closed) for one in endings(db.session(), Month.of(NOON.date()))]
        assert ends == [("Item corrected", 1)]


def test_relevant_information_gives_fifteen_days_more_and_then_silence_deletes(agency: Agency) -> None:
    number = agency.dispute()
    agency.act("agent", "tell")
    agency.act("doe", "inform", words="Here is the receipt.", files=(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "receipt.pdf"))
    case = agency.case()
    with agency.app.app_context():
        assert db.session.get_one(Case, case.id).due_on == date(2027, 1, 8)
        sweep(agency.world, NOON + timedelta(days=45))
        assert db.session.get_one(Case, case.id).state == "with_furnisher"
        sweep(agency.world, NOON + timedelta(days=46))
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).state == "deleted"
        assert db.session.get_one(CreditRecord, agency.record).displayed is False
        told = db.session.scalars(select(Letter.to_party).where(Letter.name == "deleted")).all()
        assert set(told) == {"enterprise", "office", "bureau"}
    assert 'data-state="deleted"' in agency.browser("doe").get(f"/cases/{number}").text


def test_a_third_party_is_asked_by_mail_and_its_silence_puts_the_case_back(agency: Agency) -> None:
    """Its time is nobody else's: the letter goes where the form says, and the office goes on without an answer."""
    number = agency.dispute()
    agency.act("agent", "tell")
    agency.act("clerk", "report", reasons="Our books agree.", **{"findings-fine-finding": "as_claimed"})
    assert 'data-state="reported"' in agency.browser("agent").get(f"/cases/{number}").text
    asked = {"third_party": "First Bank", "third_mail": "bank@demo.example", "question": "Was it paid?"}
    agency.act("agent", "ask_third", **asked)
    page = agency.browser("agent").get(f"/cases/{number}").text
    assert 'data-state="creditor_asked"' in page
    assert 'data-deadline="third"' in page
    assert "bank@demo.example" not in agency.browser("doe").get(f"/cases/{number}").text
    with agency.app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.name == "third_asked")).one()
        assert (letter.to_party, letter.mail) == ("third", "bank@demo.example")
        assert "Was it paid?" in letter.body("en")
        sweep(agency.world, NOON + timedelta(days=8))
        db.session.expire_all()
        assert db.session.scalars(select(Case)).one().state == "reported"
        told = db.session.scalars(select(Letter.to_party).where(Letter.name == "third_silent")).all()
        assert told == ["office"]
        assert verify(db.session()).ok


def test_what_a_third_party_answers_is_recorded(agency: Agency) -> None:
    number = agency.dispute()
    agency.act("agent", "tell")
    agency.act("clerk", "report", reasons="Our books agree.", **{"findings-fine-finding": "as_claimed"})
    agency.act("agent", "ask_third", third_party="First Bank", question="Was it paid?")
    agency.act("agent", "record_view", view="It was.")
    assert 'data-state="reported"' in agency.browser("agent").get(f"/cases/{number}").text
