"""The ledger's pages: the verdict, one case's hashes side by side, and what was tampered with named."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.ledger.checkpoints import make_due
from cases.ledger.watch import look
from cases.model.tables import Case
from config import ROOT
from registry.identity import NewDeputy, identity_of, name_deputy
from tests.builders import LAW, WORLD, Place, day
from tests.cases.engine.test_linking import complaint, objection_from
from tests.cases.ledger.ledgers import owner
from tests.conftest import NOW
from tests.web.signing import sign_in
from web.oversight import ledger as audit

pytestmark = pytest.mark.both_databases

RECENT = day(2026, 11, 23)


@pytest.fixture
def auditor(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "auditor")


@pytest.fixture
def case(place: Place) -> Case:
    """Three entries; another case stands beside it."""
    place.file(RECENT, record=place.other_record, by="enterprise2")
    case = place.file(RECENT)
    place.act(case, "office", "accept", RECENT)
    place.act(case, "office", "refer", RECENT, question="请核查。")
    return place.case(case.number)


def tamper(session: Session, *statements: str, id: int) -> None:
    with owner(session) as connection:
        for statement in statements:
            connection.execute(sa.text(statement), {"id": id})


def states(text: str) -> dict[int, str]:
    rows = re.findall(r'<tr data-seq="(\d+)"[^>]*>(.*?)</tr>', text, re.DOTALL)
    return {int(seq): re.sub("<[^>]+>", "", row.split("<td")[-1].partition(">")[2]).strip() for seq, row in rows}


def test_an_intact_ledger_says_so_with_its_counts(auditor: FlaskClient, case: Case) -> None:
    text = auditor.get("/audit?verify=1").text
    assert "Everything matches" in text
    assert re.findall(r"<b[^>]*>(\d+)</b>", text[text.index('class="figures"') :])[:3] == ["4", "2", "0"]


def test_a_case_shows_each_entry_with_both_hashes(auditor: FlaskClient, case: Case) -> None:
    text = auditor.get(f"/audit/{case.number}").text
    assert states(text) == {3: "matches", 2: "matches", 1: "matches"}
    assert "3 entries, all of them match" in text
    assert f'title="{case.head}"' in text
    assert re.search(r'Objection filed <code class="hash" title="Action, as the chain has it">file</code>', text)
    assert f'title="{"0" * 64}"' in text


def test_a_changed_event_is_opened_and_what_follows_is_to_be_checked(
    auditor: FlaskClient, case: Case, session: Session
) -> None:
    kept = session.execute(sa.text("SELECT hash FROM event WHERE case_id = :id AND seq = 2"), {"id": case.id}).scalar()
    session.commit()
    tamper(session, "UPDATE event SET actor = 'user:999' WHERE case_id = :id AND seq = 2", id=case.id)
    text = auditor.get(f"/audit/{case.number}").text
    assert states(text) == {3: "to be checked", 2: "does not match", 1: "matches"}
    assert "Up to entry 1 it matches; from entry 2 on it is to be checked." in text
    opened = text[text.index('<tr class="fault-of">') :]
    assert str(kept) in opened
    assert "The same as kept: the content was changed, not the chain." in opened
    assert "&#34;actor&#34;: &#34;user:999&#34;" in opened
    whole = auditor.get("/audit").text
    assert "1 thing does not match" in whole
    assert f'href="/audit/{case.number}"' in whole


def test_a_removed_event_and_a_changed_row_are_named(auditor: FlaskClient, case: Case, session: Session) -> None:
    last = "(SELECT id FROM event WHERE case_id = :id AND seq = 3)"
    texts = f"DELETE FROM event_text WHERE event_id IN {last}"
    tamper(session, texts, "DELETE FROM event WHERE case_id = :id AND seq = 3", id=case.id)
    text = auditor.get(f"/audit/{case.number}").text
    assert "Entry 3:" in text
    assert "The case counts 3 events; its chain ends with 2." in text


def test_only_auditor_and_head_of_the_office_read_the_ledger(client: FlaskClient, place: Place, case: Case) -> None:
    assert sign_in(client, place, "chief").get(f"/audit/{case.number}").status_code == 200
    for name in ("office", "reviewer", "approver", "enterprise"):
        signed = sign_in(client, place, name)
        assert signed.get("/audit").status_code == 404, name
        assert signed.get(f"/audit/{case.number}").status_code == 404, name


def test_a_number_leads_to_its_case_and_one_that_is_none_is_not_found(auditor: FlaskClient, case: Case) -> None:
    assert auditor.get(f"/audit?number={case.number}").headers["Location"] == f"/audit/{case.number}"
    none = auditor.get("/audit/2026-YY-999999")
    assert none.status_code == 404
    assert 'href="/cases">Back to all cases<' in none.text, "an auditor has no desk to go back to"


def test_the_newest_checkpoint_is_shown_and_one_that_does_not_match_is_named(
    app: Flask, auditor: FlaskClient, place: Place, case: Case
) -> None:
    place.session.commit()
    made = make_due(place.session, app.extensions["witness"], RECENT)
    assert made is not None
    text = auditor.get("/audit").text
    assert "Everything matches" in text
    assert json.loads(made.statement)["root"] in text
    tamper(place.session, "UPDATE checkpoint SET cases = 1", id=0)
    text = auditor.get("/audit").text
    assert "number 1" in text
    assert "Its content does not give its hash." in text


def test_what_the_check_in_the_background_found_stands_there_before_anybody_asks(
    auditor: FlaskClient, place: Place, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 1)
    tamper(place.session, "UPDATE event SET actor = 'user:99' WHERE case_id = :id AND seq = 2", id=case.id)
    assert "Not yet checked" in auditor.get("/audit").text
    look(place.session, None, None, RECENT)
    text = auditor.get("/audit").text
    assert "The check in the background found 1 thing that does not match" in text
    assert f'href="/audit/{case.number}"' in text


def test_a_case_can_be_taken_along_with_words_and_without(auditor: FlaskClient, case: Case) -> None:
    page = auditor.get(f"/audit/{case.number}").text
    for address, name in ((f"/audit/{case.number}/export", f"{case.number}.json"),
                          (f"/audit/{case.number}/export?words=no", f"{case.number}-no-words.json")):  # fmt: skip
        assert f'href="{address}"' in page
        answer = auditor.get(address)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype == "application/json"
        assert ("请核查。" in answer.text) == ("words=no" not in address)
        assert len(json.loads(answer.text)["events"]) == 3


def test_beside_the_download_stands_what_the_file_gives_away_and_what_it_lacks(
    app: Flask, auditor: FlaskClient, place: Place
) -> None:
    withheld, unsealed = "An event is withheld because it names another case", "so the file is not sealed."
    first = complaint(place)
    objection = objection_from(place, first)
    page = auditor.get(f"/audit/{objection.number}").text
    assert withheld in page
    assert unsealed in page
    assert json.loads(auditor.get(f"/audit/{objection.number}/export").text)["seal"] is None
    assert not app.extensions["witness"].has_key
    app.extensions["witness"].key()
    page = auditor.get(f"/audit/{first.number}").text
    assert "Export with words" in page
    assert withheld not in page
    assert unsealed not in page


def test_the_program_that_checks_it_can_be_taken_along(auditor: FlaskClient, case: Case) -> None:
    answer = auditor.get("/audit/verify_export.py")
    assert answer.headers["Content-Disposition"] == "attachment; filename=verify_export.py"
    assert answer.data == (ROOT / "docs" / "verify_export.py").read_bytes()


def test_a_deputy_of_the_head_is_told_of_no_case_that_is_kept_from_officers(
    client: FlaskClient, place: Place, case: Case
) -> None:
    complaint = place.complain(RECENT, complained_of="officer", body=None)
    tamper(place.session, "UPDATE case_ SET state = 'answered' WHERE id = :id", id=complaint.id)
    chief, today = place.people["chief"], LAW.day_of(NOW)
    asked = NewDeputy(chief.id, place.people["officer2"].id, today, today + timedelta(days=5))
    name_deputy(place.session, asked, identity_of(place.session, chief, today), today, NOW)
    place.session.commit()
    client.set_cookie("language", "en")
    text = sign_in(client, place, "officer2").get("/audit").text
    assert complaint.number not in text
    assert "kept from you" in text
    assert complaint.number in sign_in(client, place, "chief").get("/audit").text


def test_what_people_did_last_leads_to_the_ledger_of_each_case(auditor: FlaskClient, place: Place, case: Case) -> None:
    """The newest on top, by name and in words; the clock's entries are left to the case."""
    complaint = place.complain(NOW)
    sweep(WORLD, NOW + timedelta(days=5))
    text = auditor.get("/audit").text
    rows = text[text.index('id="latest"') :]
    assert rows.index(f'href="/audit/{complaint.number}"') < rows.index(f'href="/audit/{case.number}"')
    assert place.people["office"].name in rows
    assert "Referred" in rows
    assert "clock</span>" not in rows
