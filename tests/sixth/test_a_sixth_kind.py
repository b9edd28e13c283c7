"""A sixth kind beside the four that ship, as a newcomer adds one: requests for government information.

It is about no record and leans on what kinds share: a third party, an extension, two people for a refusal. Its rules
are added to those of the banner; one paper is of its own.
"""

import csv
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import application
import cases.kinds
from cases.engine.sweep import sweep
from cases.figures.statistics import endings
from cases.ledger.verify import verify
from cases.lists import queues
from cases.model.months import Month
from cases.model.tables import Case
from commands.messages import calls, compiled, untranslated, used
from config import ROOT
from extensions import db
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.wording import WORDINGS
from tests.builders import as_shown, make_place
from tests.clients import Browser
from tests.clocks import at
from tests.conftest import NOW, make_settings
from tests.web.signing import in_session, session_for
from tests.workflow.guide import Guide
from tests.workflow.strolling import stroll
from workflow.checks import check_all
from workflow.definition import CASE, CLOCK, ROLES, START, Definition
from workflow.diagram import mermaid
from workflow.jurisdiction import Jurisdiction
from workflow.rules import load_jurisdiction
from workflow.snapshot import RuleContext

HERE = Path(__file__).parent
ASKED = {"wanted": "The list of firms repaired in 2025", "how": "electronic", "declared": "y"}
REASONS = {"reasons": "It is not ours to give.", "law": "An article", "law_checked_on": NOW.date()}


@pytest.fixture(scope="module", autouse=True)
def beside_the_others(sqlite_template: Path) -> Iterator[None]:
    """The folder of kinds is extended by this one; then all is as before."""
    before = cases.kinds.__path__
    cases.kinds.__path__ = [*before, str(HERE / "kinds")]
    _forget()
    yield
    cases.kinds.__path__ = before
    sys.modules.pop("cases.kinds.disclosure", None)
    _forget()


def _forget() -> None:
    cases.kinds.all_kinds.cache_clear()
    queues.enterprise_deadlines.cache_clear()


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Jurisdiction:
    """The invented banner, with the rules of this kind added to those that it extends."""
    folder = tmp_path_factory.mktemp("sixth") / "jurisdictions"
    shutil.copytree(ROOT / "jurisdictions", folder)
    with (folder / "cn-nm-banner" / "rules.toml").open("a", encoding="utf-8") as rules:
        rules.write("\n" + (HERE / "rules.toml").read_text("utf-8"))
    return load_jurisdiction(folder, "cn-nm-demo")


@pytest.fixture(scope="module")
def kind() -> Definition:
    return cases.kinds.all_kinds()["disclosure"]


def test_it_holds_together_beside_the_others(law: Jurisdiction) -> None:
    assert check_all(list(cases.kinds.all_kinds().values()), [law], WORDINGS) == []


def test_who_may_do_what_is_what_the_table_by_hand_says(kind: Definition) -> None:
    with (HERE / "permissions.csv").open(encoding="utf-8", newline="") as lines:
        table = {(row["state"], row["role"]): set(row["actions"].split()) for row in csv.DictReader(lines)}
    for state in (START, *(state.name for state in kind.states)):
        for role in (*ROLES.values(), CLOCK, CASE):
            may = {row.name for row in kind.actions_from(state) if role in row.by}
            assert may == table[state, role.name], f"{role} in {state}"


def test_random_walks_take_every_action_and_end(kind: Definition, law: Jurisdiction) -> None:
    guide = Guide(kind, law)
    for seed in range(400):
        stroll(guide, RuleContext(law, law.calendar), seed, 25, lambda *_: None)
    assert guide.missing(10) == {}


def test_its_diagram_is_drawn(kind: Definition) -> None:
    drawn = mermaid(kind)
    assert "filed --> not_held : Answer the request" in drawn
    assert "proposed --> repeated : Approve the refusal" in drawn


def test_each_of_its_words_has_chinese(kind: Definition) -> None:
    said = {**used(ROOT), **dict(calls((ROOT / kind.file).read_text("utf-8"), kind.file))}
    assert untranslated(compiled(HERE), untranslated(compiled(), said)) == {}


class Desk:
    """An application of the banner with one request, and a clock that is put forward by hand."""

    def __init__(self, folder: Path, database: Path, law: Jurisdiction) -> None:
        self.world, self.now = RuleContext(law, law.calendar), NOW
        self.app = application.create_app(make_settings(folder, f"sqlite:///{database}"), WTF_CSRF_ENABLED=False)
        self.app.test_client_class = Browser
        with self.app.app_context():
            people = make_place(db.session()).people
            self.sessions = {name: session_for(user) for name, user in people.items()}

    def browser(self, who: str) -> Browser:
        client = in_session(self.app.test_client(), self.sessions[who], "en")
        assert isinstance(client, Browser)
        return client

    def case(self) -> Case:
        with self.app.app_context():
            return db.session.scalars(select(Case)).one()

    def file(self) -> str:
        """Through the pages, as the enterprise."""
        firm = self.browser("enterprise")
        page = firm.get("/file/disclosure", follow_redirects=True)
        assert page.status_code == 200, page.text
        for _ in range(6):
            if "data-receipt" in page.text:
                return self.case().number
            form = re.search(r'<form[^>]*action="([^"]*/disclosure[^"]*)"', page.text)
            assert form, page.text
            hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
            page = firm.post(form[1].replace("&amp;", "&"), data={**hidden, **ASKED}, follow_redirects=True)
            assert page.status_code == 200, page.text
        return pytest.fail(page.text)

    def act(self, who: str, action: str, **typed: object) -> None:
        address = f"/cases/{self.case().number}/{action}"
        assert self.browser(who).get(address).status_code == 200
        with self.app.app_context():
            typed |= as_shown(db.session(), self.case().number)
        answer = self.browser(who).post(address, data=typed, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.text

    def wait(self, days: int) -> None:
        """The clock goes on; what is over by then is swept."""
        self.now += timedelta(days=days)
        at(self.app, self.now)
        with self.app.app_context():
            sweep(self.world, self.now)

    def letter(self, name: str) -> Letter:
        with self.app.app_context():
            return db.session.scalars(select(Letter).where(Letter.name == name)).one()

    def due(self) -> date | None:
        return self.case().due_on


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, law: Jurisdiction, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(application, "_law", lambda *_: law)
    monkeypatch.setattr(application, "shipped", lambda: ())
    database = tmp_path / "sixth.sqlite"
    shutil.copy(sqlite_template, database)
    made = Desk(tmp_path, database, law)
    yield made
    _end(made.app)


def _end(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def ended(desk: Desk, state: str) -> str:
    """The page of the case for its enterprise, which stands in that end and is counted as it; the ledger holds."""
    page = desk.browser("enterprise").get(f"/cases/{desk.case().number}").text
    assert f'data-state="{state}"' in page
    with desk.app.app_context():
        assert verify(db.session()).ok
        month = Month.of(desk.world.jurisdiction.day_of(desk.now))
        assert [(one.end.name, one.closed) for one in endings(db.session(), month)] == [(state, 1)]
    return page


def papers(desk: Desk) -> list[str]:
    with desk.app.app_context():
        return list(db.session.scalars(select(Paper.form).order_by(Paper.id)))


@pytest.mark.parametrize(
    ("answer", "said", "read"),
    [
        ("disclosed", {"information": "Twelve firms, on the sheet."}, "Twelve firms, on the sheet."),
        ("public", {"where": "www.demo.example/list"}, "www.demo.example/list"),
        ("not_held", REASONS, REASONS["reasons"]),
    ],
)
def test_an_officer_answers_alone(desk: Desk, answer: str, said: dict[str, str], read: str) -> None:
    assert re.fullmatch(r"\d{4}-XX-\d{6}", desk.file())
    desk.act("office", "answer", decision=answer, **said)
    ended(desk, answer)
    body = desk.letter("disclosure_answered").body("en")
    assert read in body
    assert ("If you do not agree" in body) is (answer == "not_held")
    assert papers(desk) == ["receipt", "reply"]


@pytest.mark.parametrize("refusal", ["partly", "secret", "third", "internal", "repeated"])
def test_a_refusal_takes_two_and_comes_with_reasons_and_remedies(desk: Desk, refusal: str) -> None:
    desk.file()
    said = {"decision": refusal, **REASONS, **({"information": "The names"} if refusal == "partly" else {})}
    desk.act("office", "propose", **said)
    assert "It is not ours to give." not in desk.browser("enterprise").get(f"/cases/{desk.case().number}").text
    desk.act("chief", "send_back", reasons="Say why.")
    desk.act("office", "propose", **{**said, "reasons": "It is not ours to give. The act says whose it is."})
    desk.act("chief", "approve")
    ended(desk, refusal)
    body = desk.letter("disclosure_answered").body("en")
    assert "It is not ours to give." in body
    assert "If you do not agree" in body
    assert ("What is disclosed: The names" in body) is (refusal == "partly")
    assert papers(desk) == ["receipt", "reply"]


def test_silence_after_a_question_is_put_before_the_office_which_may_close_the_request(desk: Desk) -> None:
    desk.file()
    desk.act("office", "clarify", missing="Of which year?")
    assert "Of which year?" in desk.letter("clarify_asked").body("en")
    desk.wait(10)
    assert desk.case().state == "filed"
    assert desk.letter("clarify_late").to_party == "office"
    desk.act("office", "close", **REASONS)
    ended(desk, "unclarified")
    assert "If you do not agree" in desk.letter("disclosure_closed").body("en")


def test_a_request_made_clear_goes_on(desk: Desk) -> None:
    desk.file()
    desk.act("office", "clarify", missing="Of which year?")
    desk.act("enterprise", "supply", words="Of 2025.")
    assert desk.case().state == "filed"


def test_the_head_extends_once_by_twenty_working_days(desk: Desk) -> None:
    desk.file()
    before = desk.due()
    desk.act("chief", "extend", reasons="Much to read.")
    after = desk.due()
    assert before is not None
    assert after is not None
    assert before + timedelta(days=28) <= after
    assert "Much to read." in desk.letter("disclosure_extended").body("en")
    number = desk.case().number
    assert desk.browser("chief").post(f"/cases/{number}/extend", data=REASONS).status_code != 302


def test_the_third_partys_time_is_not_counted_and_its_silence_decides_nothing(desk: Desk) -> None:
    desk.file()
    before = desk.due()
    desk.act("office", "ask_third", third_party="A firm", third_mail="firm@demo.example", question="May it be told?")
    assert desk.letter("third_asked").mail == "firm@demo.example"
    desk.wait(25)
    assert desk.case().state == "filed"
    after = desk.due()
    assert before is not None
    assert after is not None
    assert after > before
    desk.act("office", "propose", decision="third", **REASONS)
    desk.act("chief", "approve")
    ended(desk, "third")


def test_it_is_withdrawn(desk: Desk) -> None:
    desk.file()
    desk.act("enterprise", "withdraw")
    ended(desk, "withdrawn")
