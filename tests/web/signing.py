"""Being signed in, in tests of pages: the session that the sign-in page would begin."""

import secrets
from datetime import UTC, datetime
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy.orm import object_session

from extensions import db
from registry.people import OpenSession, User, token_hash
from tests.builders import Place

FAR: Final = datetime(2999, 1, 1, tzinfo=UTC)


def session_for(user: User) -> str:
    """The token of a session of theirs that grows not old, however far a test moves the clock."""
    session, token = object_session(user) or db.session(), secrets.token_hex(8)
    kept = {"token_hash": token_hash(token), "user_id": user.id}
    session.add(OpenSession(begun_at=FAR, seen_at=FAR, until=FAR, proven_at=FAR, **kept))
    session.commit()
    return token


def sign_in(client: FlaskClient, place: Place, name: str) -> FlaskClient:
    """The client as one of the place's people."""
    return in_session(client, session_for(place.people[name]))


def in_session(client: FlaskClient, token: str, language: str = "") -> FlaskClient:
    """The client in the session of that token; an empty one is nobody's."""
    if language:
        client.set_cookie("language", language)
    if token:
        app = client.application
        sealed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token})
        client.set_cookie(app.session_interface.get_cookie_name(app), sealed)
    return client
