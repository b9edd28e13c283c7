"""`flask endpoints` and `flask tokens`: made, listed, exchanged, stopped, let go on, ended; and what is refused."""

import re
from collections.abc import Mapping

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Unsafe, settings_from
from exchange.webhooks import Line, WebhookMessage
from registry.endpoints import Hosts, WebhookEndpoint, secrets_in_force
from registry.tokens import ApiToken
from tests.builders import Place
from tests.conftest import NOW

ADDRESS = "https://system.example/redress"


@pytest.fixture
def app(app: Flask, place: Place) -> Flask:
    line: Line = app.extensions["line"]
    app.extensions["line"] = line._replace(hosts=Hosts(("system.example",)))
    return app


def ran(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def endpoint(session: Session) -> WebhookEndpoint:
    session.expire_all()
    return session.scalars(select(WebhookEndpoint)).one()


def test_an_endpoint_from_its_first_secret_to_its_end(app: Flask, place: Place, session: Session) -> None:
    added = ran(app, "endpoints", "add", "执法系统", ADDRESS, "--bureau", place.bureau.code)
    assert re.fullmatch(r"whsec_[\w+/=]{44}\n", added.stdout), added.stderr
    made, vault = endpoint(session), app.extensions["line"].vault
    assert (made.bureau_id, made.address) == (place.bureau.id, ADDRESS)
    id = str(made.id)

    def state() -> str:
        return ran(app, "endpoints", "list").stdout.strip().split("\t")[-1]

    assert ran(app, "endpoints", "list").stdout == f"{id}\t执法系统\t{ADDRESS}\ton\n"
    second = ran(app, "endpoints", "rotate", id).stdout
    assert secrets_in_force(endpoint(session), vault, NOW) == (second.strip(), added.stdout.strip())
    assert ran(app, "endpoints", "test", id).stdout == f"a test goes to {id}\n"
    assert session.scalars(select(WebhookMessage.type)).all() == ["ping"]
    assert ran(app, "endpoints", "suspend", id).stdout == f"suspended {id}\n"
    assert state() == "suspended (by_hand)"
    refused = ran(app, "endpoints", "test", id)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "let it go on first" in refused.stderr
    assert ran(app, "endpoints", "resume", id).stdout == f"resumed {id}\n"
    assert state() == "on"
    assert ran(app, "endpoints", "end", id).stdout == f"ended {id}\n"
    assert (state(), endpoint(session).secret) == ("ended", "")
    for act in ("rotate", "suspend", "resume"):
        assert "This endpoint has ended: make another." in ran(app, "endpoints", act, id).stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "执法系统", "https://elsewhere.example/"), "add it to WEBHOOK_HOSTS"),
        (("add", "执法系统", "http://system.example/"), "Enter an address as in https://"),
        (("add", "x", ADDRESS), "2 to 80 characters"),
        (("add", "执法系统", ADDRESS, "--bureau", "nowhere"), "nowhere"),
        (("rotate", "999"), "There is no endpoint 999: see `flask endpoints list`."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    app: Flask, session: Session, words: tuple[str, ...], sentence: str
) -> None:
    answer = ran(app, "endpoints", *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert sentence in answer.stderr
    assert session.scalars(select(WebhookEndpoint)).all() == []


def test_a_token_is_printed_once_listed_and_revoked(app: Flask, place: Place, session: Session) -> None:
    words = ("tokens", "add", "执法系统", "--scope", "cases:read", "--bureau", place.bureau.code, "--days", "30")
    secret = ran(app, *words, "--network", "10.20.0.0/16").stdout.strip()
    [token] = session.scalars(select(ApiToken)).all()
    assert secret.startswith(token.begins)
    listed = ran(app, "tokens", "list").stdout
    assert listed == f"{token.id}\t执法系统\tcases:read\tuntil {token.until:%Y-%m-%d}\n"
    assert ran(app, "tokens", "revoke", str(token.id)).stdout == f"revoked {token.id}\n"
    assert ran(app, "tokens", "list").stdout.endswith("\trevoked\n")
    assert "There is no token 999" in ran(app, "tokens", "revoke", "999").stderr
    assert "Enter networks as in" in ran(app, *words, "--network", "10.20.3.8/24").stderr


ENVIRONMENT: Mapping[str, str] = {"MODE": "test", "SECRET_KEY": "k" * 40}


@pytest.mark.parametrize("hosts", ["https://system.example", "system.example:8443", "10.20.3.8/24", "a b", "*.example"])
def test_hosts_that_cannot_be_read_keep_it_from_starting_in_a_sentence(hosts: str) -> None:
    with pytest.raises(Unsafe, match=r"^WEBHOOK_HOSTS has '.+': write hosts, and networks as in 10\.20\.0\.0/16"):
        settings_from({**ENVIRONMENT, "WEBHOOK_HOSTS": f"other.example, {hosts}"})


def test_hosts_and_networks_are_read() -> None:
    read = settings_from({**ENVIRONMENT, "WEBHOOK_HOSTS": " system.example, 10.20.0.0/16,"})
    assert read.webhook_hosts == ("system.example", "10.20.0.0/16")
