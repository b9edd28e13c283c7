"""The document of the API: each address with its scope, and nothing that it does not name."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.api.kept_document import KEPT, outline
from tests.web.api.test_acts import OFFERED
from web.api.document import document

BY_HAND = {
    ("get", "/cases/{number}"): "cases:read",
    ("get", "/cases/{number}/deadlines"): "cases:read",
    ("get", "/cases"): "cases:read",
    ("get", "/cases/{number}/papers"): "cases:read",
    ("get", "/cases/{number}/papers/{paper_id}.pdf"): "cases:read",
    ("get", "/feed"): "feed:read",
    ("post", "/batches"): "records:supply",
    ("get", "/records"): "records:read",
    ("get", "/records/{record_id}"): "records:read",
    ("get", "/figures/{month}"): "figures:read",
    ("get", "/calendar/due"): "figures:read",
    ("get", "/cases/{number}/choices"): "cases:act",
    **{("post", f"/cases/{{number}}/acts/{name}"): "cases:act" for name in sorted(set().union(*OFFERED.values()))},
}
"""Which scope opens what, from the contract."""


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    return document(app)


def test_the_document_names_each_address_with_its_scope(described: dict[str, Any]) -> None:
    found = {
        (method, path): operation["description"].split("`")[1]
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert found == BY_HAND


def test_it_is_there_for_everybody(client: FlaskClient, described: dict[str, Any]) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json == described
    assert answer.json["openapi"] == "3.1.0"


def test_nothing_that_systems_rely_on_is_taken_away(described: dict[str, Any]) -> None:
    """What is new is written down by `python -m tests.web.api.kept_document`; what is gone breaks somebody's system."""
    kept = json.loads(KEPT.read_text("utf-8"))
    now = json.loads(outline(described))
    assert not [line for line in kept if line not in set(now)], "this was promised in /api/v1: it belongs into a v2"
    assert now == kept, "write the new outline"
