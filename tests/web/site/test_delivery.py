"""Answers are small where that tells nobody anything, and our own files are kept for a year under what they hold."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application import create_app
from commands.upgrade import bring_up_to_date
from tests.conftest import make_settings

OWN = {"Accept-Encoding": "gzip, br", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("delivery")
    app: Flask = create_app(make_settings(folder, f"sqlite:///{folder / 'd.sqlite'}"))
    with app.app_context():
        bring_up_to_date(app)
    return app.test_client()


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_asked_for_of_ones_own_accord_is_compressed(client: FlaskClient, site: str) -> None:
    answer = client.get("/rules", headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": site})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "</html>" in gzip.decompress(answer.data).decode()
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_page_asked_for_from_elsewhere_has_a_length_that_tells_nothing(client: FlaskClient, site: str) -> None:
    answer = client.get("/rules", headers={"Accept-Encoding": "gzip"} | ({"Sec-Fetch-Site": site} if site else {}))
    assert "Content-Encoding" not in answer.headers
    assert "</html>" in answer.text


def test_who_cannot_unpack_gets_it_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/rules", headers={"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers


def test_a_file_of_ours_is_named_by_what_it_holds_and_kept_for_a_year(client: FlaskClient) -> None:
    sheet = re.search(r'href="(/static/site/redress\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    assert sheet
    answer = client.get(sheet[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    again = client.get(sheet[1], headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_a_file_of_ours_asked_for_otherwise_is_asked_for_anew(client: FlaskClient) -> None:
    for address in ("/static/site/redress.css", "/static/site/redress.css?v=0123456789ab"):
        assert "immutable" not in client.get(address).headers.get("Cache-Control", ""), address


def test_every_page_names_our_files_by_what_they_hold(client: FlaskClient) -> None:
    for address in ("/", "/rules", "/calendar", "/sign-in"):
        bare = re.findall(r'(?:href|src)="(/static/[^"?]+)"', client.get(address).text)
        assert not bare, address


def test_a_first_visit_is_small(client: FlaskClient) -> None:
    """The page with its sheet and scripts, as they travel: well under 100 kB; the page alone under 20 kB."""
    page = client.get("/", headers=OWN)
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page.data).decode())
    files = sum(len(client.get(name.replace("&amp;", "&"), headers=OWN).data) for name in set(named))
    assert len(page.data) < 20_000
    assert len(page.data) + files < 100_000
