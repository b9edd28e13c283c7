"""How much one request may bring: what is more is a page with a sentence, in the reader's language, and is not read."""

import io

import pytest
from flask.testing import FlaskClient

from tests.builders import Place
from tests.web.signing import sign_in


@pytest.mark.parametrize(
    "sent",
    [
        {"data": b"&".join([b"a=1"] * 2001), "content_type": "application/x-www-form-urlencoded"},
        {"data": b"&" * 250_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": b"a=" + b"x" * 2_200_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": {"number": "甲" * 100_001}},
        {"data": {f"a{n}": "1" for n in range(2001)} | {"file": (io.BytesIO(b"x"), "a.pdf")}},
        {"data": {"number": "甲" * 100_001, "file": (io.BytesIO(b"x"), "a.pdf")}},
    ],
    ids=["answers", "ampersands", "bytes", "text", "parts", "text beside a file"],
)
@pytest.mark.parametrize(("language", "said"), [("en", "texts of at most 100,000 characters"), ("zh", "10 万字")])
def test_what_nobody_types_is_refused_with_a_page(client: FlaskClient, sent, language: str, said: str) -> None:  # type: ignore[no-untyped-def]
    client.set_cookie("language", language)
    if "file" in str(sent["data"]):
        sent = {"data": {**sent["data"], "file": (io.BytesIO(b"x"), "a.pdf")}}
    answer = client.post("/status", **sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.text.count("<h1")) == (413, 1)
    assert said in answer.text
    assert "甲甲甲" not in answer.text
    assert len(answer.text) < 20_000


def test_the_largest_form_of_ours_is_read(client: FlaskClient) -> None:
    form = {f"a{n}": "1" for n in range(1990)} | {"number": "甲" * 90_000}
    assert client.post("/status", data=form).status_code == 422


def test_who_has_not_signed_in_sends_no_files(client: FlaskClient, place: Place) -> None:
    def sent(address: str) -> int:
        file = (io.BytesIO(b"x" * 3_000_000), "a.pdf")
        return client.post(address, data={"sheet": file}, content_type="multipart/form-data").status_code

    assert sent("/sign-in") == 413
    sign_in(client, place, "office")
    assert sent("/records/import") == 422


def test_who_is_no_longer_signed_in_learns_that_and_not_how_large_files_may_be(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    file = (io.BytesIO(b"x" * 3_000_000), "a.pdf")
    sent = {"data": {"sheet": file}, "content_type": "multipart/form-data"}
    answer = client.post("/records/import", **sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 413
    assert "You are no longer signed in" in answer.text
    assert "10 MB" not in answer.text
    assert 'href="/sign-in"' in answer.text
