"""How often a page asks the database: no more than is written here, which only ever falls."""

import pytest
from flask.testing import FlaskClient

from extensions import db
from tests.builders import Place
from tests.statements import counting
from tests.web.signing import sign_in
from tests.web.walking import walk

AT_MOST = {
    "enterprise": {"/cases/{number}": 13},
    "reviewer": {"/cases/{number}": 13, "/desk": 14},
    "office": {"/desk": 10, "/cases": 9, "/records": 7},
}
"""Of a case 15 are aimed at, of a list 12."""


@pytest.mark.parametrize("who", AT_MOST)
def test_a_page_asks_no_more_than_it_did(client: FlaskClient, place: Place, who: str) -> None:
    number = walk(place, "accept", "refer").number
    sign_in(client, place, who)
    for address, most in AT_MOST[who].items():
        path = address.format(number=number)
        client.get(path)  # what is read once a process has been read
        with counting(db.engine) as seen:
            assert client.get(path).status_code == 200, path
        assert seen[0] <= most, f"{path}: {seen[0]} statements"
