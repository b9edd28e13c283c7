"""Being signed in, in tests of pages: the session that the sign-in page would begin."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.builders import Place


def sign_in(client: FlaskClient, place: Place, name: str) -> FlaskClient:
    """The client as one of the place's people."""
    with client.session_transaction() as session:
        session["_user_id"] = place.people[name].get_id()
        session["_fresh"] = True
    return client
