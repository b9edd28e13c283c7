"""The digest: once a person and working day, in the morning, what waits for them in their language; else no mail."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine.advance import Command, advance
from cases.model.tables import Case
from cases.scheduler import digest
from cases.scheduler.digest import Digest, write_digests
from cases.scheduler.tasks import Means, run
from config import ROOT
from extensions import db
from notifications.channels import NoMail, channel_for
from notifications.letters import DIGEST, Letter
from registry.identity import Identity
from registry.people import User
from registry.tokens import NewToken, add_token
from tests.builders import LAW, START, WORLD, Place, day, later
from tests.cases.courses import KEPT, to_bureau
from tests.notifications.mail_servers import MailServer, running
from tests.web.signing import sign_in
from workflow.calendar import add_workdays
from workflow.snapshot import RuleContext

pytestmark = pytest.mark.both_databases

SITE = "https://redress.example"
MORNING = day(2026, 9, 8, 9)
"""A Tuesday."""


def morning(of: date) -> datetime:
    return datetime.combine(of, time(9), tzinfo=LAW.zone)


def wants(place: Place, name: str, notices: str = "digest", language: str = "en") -> None:
    person = place.people[name]
    person.email, person.notices, person.language = f"{name}@person.example", notices, language
    place.session.commit()


def digests(place: Place, at: datetime, site: str = SITE) -> dict[str, Letter]:
    """What is written at a moment, by whose it is."""
    place.session.commit()
    known = place.session.scalars(select(func.max(Letter.id))).one() or 0
    write_digests(WORLD, site, at)
    place.session.expire_all()
    new = select(Letter).where(Letter.name == DIGEST, Letter.id > known)
    return {place.session.get_one(User, one.to_id).username: one for one in place.session.scalars(new)}


def case_of_bureau(place: Place) -> Case:
    case = to_bureau(place)
    return place.case(case.number)


def test_it_names_each_case_under_how_urgent_it_is_with_a_link_that_opens(place: Place, client: FlaskClient) -> None:
    case = case_of_bureau(place)
    wants(place, "reviewer")
    due = case.due_on
    assert due
    calendar = WORLD.calendar
    for at, heading, subject in (
        (day(2026, 9, 10, 9), "Newly come to you", "new 1"),
        (morning(add_workdays(calendar, due, -1)), "Due within 3 working days", "due within 3 working days 1"),
        (morning(due), "Due today", "due today 1"),
        (morning(add_workdays(calendar, due, 1)), "Late", "late 1"),
    ):  # fmt: skip
        letter = digests(place, at)["reviewer"]
        assert subject in letter.subject("en"), heading
        assert f"{heading}:\nObjection {case.number}, {place.firm.name}: verify the record" in letter.body("en")
        assert letter.body("en").count(case.number) == 2, "named once, and in its link"
    links = re.findall(rf"{SITE}(/\S+)", letter.body("en"))
    assert links == [f"/cases/{case.number}", "/inbox", "/account"]
    reader = sign_in(client, place, "reviewer")
    assert [reader.get(link).status_code for link in links] == [200, 200, 200]
    chinese = letter.body("zh")
    assert re.search(r"已超期：\n异议 \S+，.+：", chinese), chinese
    assert not re.search("[A-Za-z]{3,}", re.sub(rf"{SITE}\S*|{case.number}", "", chinese))


def test_without_the_sites_address_there_are_numbers_and_no_links(place: Place) -> None:
    case_of_bureau(place)
    wants(place, "reviewer")
    assert "/" not in digests(place, day(2026, 9, 10, 9), site="")["reviewer"].body("en")


def test_an_approver_reads_what_waits_for_approval_and_a_firm_what_it_has_to_send(place: Place) -> None:
    case = case_of_bureau(place)
    other = place.file(day(2026, 9, 9), place.other_record, "enterprise2")
    place.act(other, "office", "ask_papers", day(2026, 9, 9), missing="决定书")
    other = place.case(other.number)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    for name in ("approver", "reviewer", "enterprise2"):
        wants(place, name)
    assert other.due_on
    written = digests(place, day(2026, 9, 11, 9))
    assert "to approve 1" in written["approver"].subject("en")
    assert f"Waiting for your approval:\nObjection {case.number}" in written["approver"].body("en")
    assert "new" not in written["approver"].subject("en"), "what waits for approval is not named as new besides"
    assert case.number not in (written["reviewer"].body("en") if "reviewer" in written else "")
    firm = digests(place, morning(other.due_on))["enterprise2"]
    assert f"Due today:\nObjection {other.number}" in firm.body("en")
    assert "send the papers that are missing" in firm.body("en")


def test_of_a_complaint_it_names_nobody_and_who_may_not_read_it_hears_nothing(place: Place) -> None:
    complaint = place.complain(complained_of="officer", body=None)
    for name in ("office", "officer2", "chief", "reviewer", "approver"):
        wants(place, name)
    written = digests(place, MORNING)
    assert {name for name, letter in written.items() if complaint.number in letter.body("zh")} == {"chief"}
    told = written["chief"]
    assert place.firm.name not in told.body("zh") + told.body("en") + told.subject("zh")
    assert f"Complaint {complaint.number}: acknowledge the complaint" in told.body("en")


def test_it_comes_once_a_working_day_in_office_hours_and_not_where_nothing_waits(place: Place) -> None:
    case_of_bureau(place)
    for name in ("reviewer", "reviewer2"):
        wants(place, name)
    opens = datetime.combine(date(2026, 9, 10), LAW.office_opens, tzinfo=LAW.zone)
    assert not digests(place, opens - timedelta(minutes=1)), "before the office opens"
    assert set(digests(place, opens)) == {"reviewer"}, "nothing waits for the other"
    assert not digests(place, opens + timedelta(hours=2)), "written already"
    assert not digests(place, day(2026, 9, 12, 9)), "a Saturday"
    assert not digests(place, day(2026, 9, 11, 20)), "in the evening"
    assert set(digests(place, day(2026, 9, 14, 9))) == {"reviewer"}, "unread letters are worth saying"


@pytest.mark.parametrize(("name", "notices", "gets"), [
    ("reviewer", "", True), ("reviewer", "digest", True), ("reviewer", "at_once", False),
    ("reviewer", "inbox", False), ("enterprise", "", False), ("enterprise", "digest", True),
])  # fmt: skip
def test_it_comes_to_who_chose_it_and_to_staff_who_chose_nothing(
    place: Place, name: str, notices: str, gets: bool
) -> None:
    case_of_bureau(place)
    wants(place, name, notices)
    assert (name in digests(place, day(2026, 9, 10, 9))) is gets


def test_whose_account_has_ended_or_has_no_address_gets_none(place: Place) -> None:
    case_of_bureau(place)
    wants(place, "reviewer")
    place.people["reviewer"].ended_at = START
    wants(place, "office")
    place.people["office"].email = ""
    assert not digests(place, day(2026, 9, 10, 9))


def test_it_is_mailed_over_smtp_and_stands_in_no_inbox(place: Place, client: FlaskClient) -> None:
    case_of_bureau(place)
    wants(place, "reviewer")
    at = day(2026, 9, 10, 9)
    with running(MailServer()) as server:
        means = Means(place.session, WORLD, channel_for(server.url), site=SITE)
        for task in ("sharing", "digests", "mail", "digests", "mail"):
            run(task, means, at)
    [mail] = [one for one in server.taken if "Thursday 10 September:" in str(one["Subject"])]
    assert mail["To"] == "reviewer@person.example"
    assert mail["Content-Language"] == "en"
    text = mail.get_content()
    assert "one letter a working day" in text
    assert "in your inbox on the platform" not in text, "it is in none"
    assert f"{SITE}/account" in text
    assert "Thursday 10 September:" not in sign_in(client, place, "reviewer").get("/inbox").text


def test_without_a_mail_server_none_is_written(place: Place) -> None:
    case_of_bureau(place)
    wants(place, "reviewer")
    run("digests", Means(place.session, WORLD, NoMail()), day(2026, 9, 10, 9))
    assert place.session.scalars(select(Digest)).all() == []


def test_a_digest_that_cannot_be_written_holds_up_nobody_elses(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = case_of_bureau(place)
    for name in ("reviewer", "approver"):
        wants(place, name)
    assert case.due_on
    broken, write = place.people["reviewer"].id, digest.digest_of

    def sometimes(session: Session, world: RuleContext, identity: Identity, *rest: Any) -> dict[str, object] | None:
        if identity.user_id == broken:
            raise ValueError("invented")
        return write(session, world, identity, *rest)

    monkeypatch.setattr(digest, "digest_of", sometimes)
    late = morning(add_workdays(WORLD.calendar, case.due_on, 1))
    assert "reviewer" not in digests(place, late)
    assert f"the digest of person {broken} cannot be written" in caplog.text
    monkeypatch.undo()
    assert "reviewer" in digests(place, late)  # nothing of the failed one was kept


def test_two_schedulers_at_once_write_it_once(place: Place, app: Flask) -> None:
    case_of_bureau(place)
    for name in ("reviewer", "office", "chief"):
        wants(place, name)
    written: list[int] = []

    def beat() -> None:
        with app.app_context():
            written.append(write_digests(WORLD, SITE, day(2026, 9, 10, 9)))
            db.session.remove()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.session.expire_all()
    letters = place.session.scalars(select(Letter.to_id).where(Letter.name == DIGEST)).all()
    assert sum(written) == len(letters) == len(set(letters)) > 0


KILLED = """
import os, signal, sys
from datetime import datetime
from flask import Flask
import application
from cases.scheduler import digest
from extensions import db
from tests.builders import WORLD
post = digest.post
def then_die(*given):
    post(*given)
    os.kill(os.getpid(), signal.SIGKILL)
digest.post = then_die
app = Flask("scheduler")
app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[1]
db.init_app(app)
with app.app_context():
    digest.write_digests(WORLD, "", datetime.fromisoformat(sys.argv[2]))
"""
"""A scheduler that dies when the letter is written and nothing is committed."""


@pytest.mark.sqlite
def test_one_killed_in_between_leaves_it_to_the_next(place: Place, database_url: str) -> None:
    case_of_bureau(place)
    wants(place, "reviewer")
    at = day(2026, 9, 10, 9)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "MODE": "test"}
    died = subprocess.run([sys.executable, "-c", KILLED, database_url, at.isoformat()], env=environ, cwd=ROOT,
                          check=False, capture_output=True)  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert place.session.scalars(select(Digest)).all() == []
    assert set(digests(place, later(at, hours=1))) == {"reviewer"}


def test_it_says_what_a_system_has_done_in_ones_name(place: Place) -> None:
    """D63: whoever is named by a machine sees it."""
    case = case_of_bureau(place)
    wants(place, "reviewer")
    digests(place, day(2026, 9, 10, 9))
    token = add_token(
        place.session, NewToken("局里的系统", ["cases:act"], bureau_id=place.bureau.id), MORNING, demo=True
    )
    person = replace(place.person("reviewer", case), through=token.person_id)
    advance(WORLD, Command(case.id, "note", {"words": "看过。"}), person, day(2026, 9, 10, 15))
    place.act(case, "reviewer", "note", day(2026, 9, 10, 16), words="自己写的。")
    letter = digests(place, day(2026, 9, 11, 9))["reviewer"]
    assert "done in your name by a system 1" in letter.subject("en")
    assert f"Done in your name by a system:\n{case.number}: Internal note" in letter.body("en")
