"""`flask audit verify` as a script sees it: stdout and the exit code."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

import registry.credit_records
import registry.people  # noqa: F401 -- tables that a case refers to
from commands.audit import audit_commands, keys_commands
from registry.people import DEMO_PASSWORD as PASSWORD
from registry.sign_in import set_password
from tests.builders import make_place
from tests.cases.engine.test_linking import complaint, objection_from
from tests.cases.ledger.ledgers import CONTENT, SHA, owner, write_ledger


@pytest.fixture(autouse=True)
def _stored(app: Flask) -> None:
    app.extensions["store"].keep("证据.pdf", CONTENT, "application/pdf")


def test_a_stored_file_whose_bytes_changed_is_a_fault(app: Flask, session: Session) -> None:
    write_ledger(session, cases=1, events=1)
    app.extensions["store"].path(SHA).write_bytes(b"%PDF-1.4 something else")
    result = app.test_cli_runner().invoke(audit_commands, ["verify"])
    changed = f"2026-YY-000001 event 1: The file {SHA} is missing from the store, or its bytes have changed.\n"
    assert (result.exit_code, result.output) == (1, changed)


def test_a_whole_ledger_prints_what_was_counted_and_ends_with_0(app: Flask, session: Session) -> None:
    write_ledger(session, cases=2, events=3)
    result = app.test_cli_runner().invoke(audit_commands, ["verify"])
    assert (result.exit_code, result.output) == (
        0,
        "ok: 6 events, 2 chains, 0 checkpoints\nregister: 2 entries, 0 seals\n",
    )


def test_each_fault_is_one_line_with_case_event_and_what_and_the_end_is_1(app: Flask, session: Session) -> None:
    write_ledger(session, cases=2, events=3)
    with owner(session) as connection:
        connection.execute(text("UPDATE event SET actor = 'user:99' WHERE seq = 2 AND case_id ="
                                " (SELECT id FROM case_ WHERE number = '2026-YY-000001')"))  # fmt: skip
        connection.execute(text("UPDATE case_ SET state = 'closed' WHERE number = '2026-YY-000002'"))
    result = app.test_cli_runner().invoke(audit_commands, ["verify"])
    first, second = result.output.splitlines()
    assert result.exit_code == 1
    assert first.startswith("2026-YY-000001 event 2: Its content does not give its hash: kept ")
    assert second == "2026-YY-000002 case row: The case row says state closed; its events lead to with_bureau."


def test_verifying_changes_nothing_and_locks_nobody_out(app: Flask, session: Session) -> None:
    write_ledger(session, cases=1, events=1)
    session.execute(text("UPDATE case_ SET check_code = check_code"))  # holds the write lock on SQLite
    assert app.test_cli_runner().invoke(audit_commands, ["verify"]).exit_code == 0


def test_an_export_is_the_file_alone_on_stdout_or_in_a_file(app: Flask, session: Session, tmp_path: Path) -> None:
    numbers = write_ledger(session, cases=2, events=3)
    app.extensions["witness"].key()
    result = app.test_cli_runner().invoke(audit_commands, ["export", numbers[1]])
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["case"] == numbers[1]
    path = tmp_path / "case.json"
    result = app.test_cli_runner().invoke(audit_commands, ["export", numbers[1], "--output", str(path)])
    assert (result.exit_code, result.output) == (0, "")
    assert len(json.loads(path.read_text("utf-8"))["events"]) == 3


def test_an_export_without_texts_and_with_links(app: Flask, session: Session) -> None:
    number = write_ledger(session, cases=1, events=2)[0]
    result = app.test_cli_runner().invoke(audit_commands, ["export", number, "--without-texts", "--with-links"])
    assert [event["texts"] for event in json.loads(result.stdout)["events"]] == [{}, {}]


def test_an_export_that_withholds_an_event_or_has_no_seal_says_so_on_stderr(app: Flask, session: Session) -> None:
    place = make_place(session)
    objection = objection_from(place, complaint(place))
    result = app.test_cli_runner().invoke(audit_commands, ["export", objection.number])
    assert json.loads(result.stdout)["seal"] is None
    assert result.stderr.splitlines() == [
        "An event is withheld because it names another case; whoever receives this can tell that there is one.",
        "The key of the checkpoints is not on this host, so the file is not sealed.",
    ]
    app.extensions["witness"].key()
    result = app.test_cli_runner().invoke(audit_commands, ["export", objection.number, "--with-links"])
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_case_that_is_not_there_is_said_so_and_the_end_is_2(app: Flask, session: Session) -> None:
    result = app.test_cli_runner().invoke(audit_commands, ["export", "2026-YY-000009"])
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "There is no case 2026-YY-000009.\n")


def test_two_people_say_that_a_backup_was_restored_and_one_alone_cannot(app: Flask, session: Session) -> None:
    place = make_place(session)
    for name in ("chief", "auditor"):
        set_password(place.people[name], PASSWORD)
    session.commit()
    asked = ["restored", "--reason", "disk broken", "--by", "chief", "--second"]
    alone = app.test_cli_runner().invoke(audit_commands, [*asked, "chief"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert alone.exit_code == 2
    assert alone.stderr.splitlines()[-1] == "One person alone cannot say it: a second one must confirm."
    wrong = app.test_cli_runner().invoke(audit_commands, [*asked, "auditor"], input=f"{PASSWORD}\nwrong\n")
    assert wrong.exit_code == 2
    said = app.test_cli_runner().invoke(audit_commands, [*asked, "auditor"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert (said.exit_code, said.output.splitlines()[-1]) == (0, "checkpoint 1")
    verdict = app.test_cli_runner().invoke(audit_commands, ["verify"])
    assert verdict.exit_code == 0
    assert "a backup was restored by chief, auditor (disk broken)" in verdict.stderr


def test_a_key_that_is_none_cannot_come_in_and_one_that_is_does(app: Flask, session: Session) -> None:
    refused = app.test_cli_runner().invoke(audit_commands, ["rotate", "1f"])
    assert refused.exit_code == 2
    printed = app.test_cli_runner().invoke(keys_commands, ["new"]).output
    public = printed.strip().rpartition(":")[2]
    assert app.test_cli_runner().invoke(audit_commands, ["rotate", public]).output == "checkpoint 1\n"
