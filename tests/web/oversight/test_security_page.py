"""The security log: what it keeps of who came in, was kept out, and changed who may do what; and who reads it."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.security_log import SecurityLog
from tests.builders import Place
from tests.conftest import NOW
from tests.web.signing import sign_in
from web.account.security_lines import in_words_of


@pytest.fixture(autouse=True)
def of_its_own(app: Flask, tmp_path: Path) -> None:
    """A log that no other test has written to."""
    app.extensions["security_log"] = SecurityLog(tmp_path / "log")


def kept(app: Flask) -> list[dict[str, object]]:
    """Every line, the oldest first."""
    return [dict(line) for line in app.extensions["security_log"].lines(NOW.date())][::-1]


def test_sign_ins_good_and_bad_and_sign_outs_are_kept_without_what_was_typed(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    who = place.people["office"].id
    client.post("/sign-in", data={"username": "office", "password": "my wrong secret"})
    client.post("/sign-in", data={"username": "my password by mistake", "password": "x"})
    sign_in(client, place, "office").post("/sign-out")
    lines = kept(app)
    assert [(line["what"], line["ok"], line["whose"]) for line in lines] == [
        ("password", False, who), ("password", False, None), ("sign_out", True, who),
    ]  # fmt: skip
    assert len({line["request"] for line in lines}) == 3
    assert "secret" not in json.dumps(lines)
    assert "mistake" not in json.dumps(lines)


def test_a_refusal_names_the_page_and_the_answer_names_the_line(app: Flask, client: FlaskClient, place: Place) -> None:
    answer = sign_in(client, place, "reviewer").get("/people")
    [line] = kept(app)
    assert (line["what"], line["status"], line["page"]) == ("refused", 404, "people.index")
    assert answer.headers["X-Request-Id"] == line["request"]


def test_what_is_taken_along_is_kept(app: Flask, client: FlaskClient, place: Place) -> None:
    assert sign_in(client, place, "chief").get("/assessment.xlsx").status_code == 200
    assert [line["what"] for line in kept(app)] == ["export"]


def test_proposals_confirmations_and_ends_of_accounts_are_kept(app: Flask, client: FlaskClient, place: Place) -> None:
    whose, chief, office = (place.people[name].id for name in ("reviewer", "chief", "office"))
    sign_in(client, place, "chief").post(f"/people/{whose}/link")
    second = sign_in(app.test_client(), place, "office")
    [waiting] = re.findall(r'data-proposal="(\d+)"', second.get("/people/proposals").text)
    second.post(f"/people/proposals/{waiting}/confirm")
    client.post(f"/people/{whose}/end")
    assert [(line["what"], line["by"], line["whose"]) for line in kept(app)] == [
        ("proposed", chief, whose), ("confirmed", office, whose), ("link_made", office, whose),
        ("account_ended", chief, whose),
    ]  # fmt: skip


def test_the_head_of_the_office_and_the_auditor_read_it(app: Flask, client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "reviewer").get("/people")
    for who in ("chief", "auditor"):
        page = sign_in(app.test_client(), place, who).get("/security")
        assert place.people["reviewer"].name in page.text
        assert "/people" in page.text
    chief = sign_in(client, place, "chief")
    assert place.people["reviewer"].name not in chief.get("/security?person=office").text
    assert chief.get("/security?person=nobody-here").status_code == 200
    assert place.people["reviewer"].name in chief.get("/security?failed=1&person=reviewer").text


def test_each_person_sees_what_was_tried_with_their_name(app: Flask, client: FlaskClient, place: Place) -> None:
    client.post("/sign-in", data={"username": "office", "password": "wrong"}, environ_base={"REMOTE_ADDR": "6.6.6.6"})
    assert "6.6.6.6" in sign_in(client, place, "office").get("/account/sessions").text
    assert "6.6.6.6" not in sign_in(app.test_client(), place, "chief").get("/account/sessions").text


def test_a_sign_in_says_with_what_and_a_second_step_which(app: Flask, place: Place) -> None:
    at, who = NOW.isoformat(), place.people["office"].id
    rows = [{"at": at, "what": what, "how": "passkey", "by": who, "whose": who} for what in ("sign_in", "factor_ended")]
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert [line.detail for line in in_words_of(rows)] == ["with password and passkey", "Passkey"]


def test_an_act_does_not_fail_for_the_log(
    client: FlaskClient, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.write", lambda *_: (_ for _ in ()).throw(OSError("full")))
    assert sign_in(client, place, "office").post("/sign-out").status_code == 302


def test_lines_are_read_from_the_end_of_the_newest_file(tmp_path: Path) -> None:
    log = SecurityLog(tmp_path)
    for n in range(3000):
        log.write(NOW, "sign_in", n=n, pad="信" * 20)
    path = tmp_path / "security" / f"{NOW.date().isoformat()}.jsonl"
    with path.open("a") as file:
        file.write("no line of ours\n")
    assert [line["n"] for line in log.lines(NOW.date())] == list(range(2999, -1, -1))
    assert path.stat().st_mode & 0o777 == 0o600
