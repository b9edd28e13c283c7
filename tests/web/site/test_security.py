"""Headers, cookies, sizes, the demo's walls, logs, error pages."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from application import create_app
from config import ROOT
from registry.people import add_person
from registry.sign_in import set_password
from tests.conftest import make_settings
from web.site.access import requires
from web.site.security import safe_next
from workflow.refusal import Forbidden, Impossible, Incomplete, say

TYPED = "张三的身份证号 152727"


def application(folder: Path, mode: str) -> Flask:
    """The application in that mode, with pages that fail in every way."""
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'x.sqlite'}", mode), WTF_CSRF_ENABLED=False)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @requires(public=True)
    def fail(how: str) -> str:
        if how == "bug":
            raise ValueError(TYPED)
        if how == "refused":
            raise Impossible(say("This has been done <once>."))
        if how == "forbidden":
            raise Forbidden(say("You proposed it."))
        if how == "incomplete":
            raise Incomplete({})
        abort(int(how))

    app.add_url_rule("/fail/<how>", "fail", fail, methods=["GET", "POST"])
    return app


@pytest.fixture
def plain(tmp_path: Path) -> FlaskClient:
    return application(tmp_path, "test").test_client()


@pytest.fixture
def demo(tmp_path: Path) -> FlaskClient:
    return application(tmp_path, "demo").test_client()


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/fail/bug", "/static/nothing.css"])
def test_every_answer_bears_the_headers(plain: FlaskClient, address: str) -> None:
    headers = plain.get(address).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_signed_in_pages_are_kept_nowhere(client: FlaskClient, session: Session) -> None:
    set_password(add_person(session, "gao", "高建军", ["officer"]), "three grey horses")
    session.commit()
    assert client.get("/sign-in").headers.get("Cache-Control") != "no-store"
    answer = client.post("/sign-in", data={"username": "gao", "password": "three grey horses"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("address", ["/sign-in", "/status"])
def test_what_was_typed_is_kept_nowhere_though_nobody_is_signed_in(plain: FlaskClient, address: str) -> None:
    assert "Cache-Control" not in plain.get(address).headers
    for sent in ({}, {"username": "a secret", "number": "a secret"}):
        assert plain.post(address, data=sent).headers["Cache-Control"] == "no-store"
    assert plain.get("/nowhere?words=secret").headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_that_is_offered_again_is_kept_nowhere(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/status", data={"number": "2026-YY-000001"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert "2026-YY-000001" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_production_speaks_over_tls_only(tmp_path: Path) -> None:
    app = application(tmp_path, "production")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert "max-age" in app.test_client().get("/nowhere").headers["Strict-Transport-Security"]


def test_too_large_a_request_is_refused_with_what_to_do(plain: FlaskClient) -> None:
    plain.application.config["MAX_CONTENT_LENGTH"] = 1000
    answer = plain.post("/sign-in", data={"file": (io.BytesIO(b"x" * 2000), "a.pdf")})
    assert answer.status_code == 413
    assert "10 MB" in answer.text


def test_ten_files_of_ten_megabytes_are_not_too_large(plain: FlaskClient) -> None:
    assert plain.application.config["MAX_CONTENT_LENGTH"] > 10 * 10 * 1024 * 1024


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"],
)
def test_the_demo_refuses_what_comes_through_a_proxy(demo: FlaskClient, header: str) -> None:
    answer = demo.get("/static/nothing.css", headers={header: "10.0.0.1"})
    assert answer.status_code == 400
    assert "127.0.0.1" in answer.text


@pytest.mark.parametrize("host", ["demo.example", "localhost.example", "10.0.0.1:8000", "localhost@evil", "[::2]:80"])
def test_the_demo_refuses_another_host(demo: FlaskClient, host: str) -> None:
    assert demo.get("/nowhere", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:8000", "127.0.0.1:8000"])
def test_the_demo_answers_at_home(demo: FlaskClient, host: str) -> None:
    assert demo.get("/nowhere", headers={"Host": host}).status_code == 404


def test_production_stands_behind_a_proxy(tmp_path: Path) -> None:
    client = application(tmp_path, "production").test_client()
    headers = {"X-Forwarded-For": "10.0.0.1", "Host": "credit.example.cn"}
    assert client.get("/nowhere", headers=headers).status_code == 404


@pytest.mark.parametrize("code", [400, 404, 405, 413, 429, 500, 503, 418])
def test_every_error_has_a_page_with_one_heading(plain: FlaskClient, code: int) -> None:
    answer = plain.get(f"/fail/{code}")
    assert answer.status_code == code
    assert answer.mimetype == "text/html"
    assert answer.text.count("<h1") == 1


def test_what_is_forbidden_looks_like_what_is_not_there(plain: FlaskClient) -> None:
    assert plain.get("/fail/403").text.replace("403", "404") == plain.get("/fail/404").text
    assert plain.get("/fail/403").status_code == 404


def test_a_wrong_method_is_refused_and_says_which_are_right(plain: FlaskClient) -> None:
    answer = plain.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(("how", "code"), [("refused", 409), ("forbidden", 403), ("incomplete", 422)])
def test_a_refusal_that_no_page_caught_shows_its_sentence(plain: FlaskClient, how: str, code: int) -> None:
    assert plain.post(f"/fail/{how}").status_code == code
    assert "&lt;once&gt;" in plain.post("/fail/refused").text


@pytest.fixture
def log(plain: FlaskClient) -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    loggers = [plain.application.logger, logging.getLogger("werkzeug"), logging.getLogger("waitress")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_bug_is_shown_as_a_number_that_the_log_knows(plain: FlaskClient, log: io.StringIO) -> None:
    answer = plain.get("/fail/bug?name=Zhang")
    assert answer.status_code == 500
    line = next(line for line in log.getvalue().splitlines() if line.startswith("incident"))
    assert line.split()[1].rstrip(":") in answer.text
    assert "ValueError" in log.getvalue()
    assert "in fail" in log.getvalue()


def test_no_words_of_a_person_are_in_the_log(plain: FlaskClient, log: io.StringIO) -> None:
    plain.get("/fail/bug?name=Zhang")
    assert "152727" not in log.getvalue()
    assert "Zhang" not in log.getvalue()


OUR_LOGGERS = sorted({
    name
    for file in ROOT.glob("*/*.py")
    for name in re.findall(r'getLogger\("(redress\.\w+)"\)', file.read_text("utf-8"))
})  # fmt: skip


@pytest.mark.parametrize("name", OUR_LOGGERS)
def test_no_words_of_a_person_are_in_what_a_part_logs_of_a_failure(
    plain: FlaskClient, log: io.StringIO, name: str
) -> None:
    try:
        try:
            raise ValueError(f"DETAIL: Failing row contains ({TYPED})")
        except ValueError as cause:
            raise RuntimeError(TYPED) from cause
    except RuntimeError as error:
        logging.getLogger(name).error("case %s cannot be moved", "2026-YY-000001", exc_info=error)
    assert "152727" not in log.getvalue()
    for kept in ("2026-YY-000001", "ValueError", "RuntimeError", "test_security.py"):
        assert kept in log.getvalue()


def test_a_logged_address_loses_its_query_and_its_token(plain: FlaskClient, log: io.StringIO) -> None:
    for name in ("werkzeug", "waitress"):
        logging.getLogger(name).warning('"%s" %s', "GET /search?q=张三 HTTP/1.1", 200)
        logging.getLogger(name).warning("GET /sign-in/SECRET-TOKEN HTTP/1.1")
    assert "张三" not in log.getvalue()
    assert "SECRET" not in log.getvalue()
    assert "GET /search" in log.getvalue()


@pytest.mark.parametrize("target", ["/", "/desk", "/desk?a=1&b=//x", "/cases/2026-YY-000001#top"])
def test_our_own_paths_are_ways_on(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target", [None, "", "desk", "//x", "///x", "/\\x", "http://x", "HTTPS:x", "/a\r\nSet-Cookie: x", "/\x7f"]
)
def test_anything_else_is_not(target: str | None) -> None:
    assert safe_next(target, "/desk") == "/desk"
