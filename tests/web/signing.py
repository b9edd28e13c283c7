"""Being signed in, in tests of pages: the session that the sign-in page would begin."""

from flask.testing import FlaskClient

from tests.builders import Place


def sign_in(client: FlaskClient, place: Place, name: str) -> FlaskClient:
    """The client as one of the place's people."""
    return in_session(client, place.people[name].get_id())


def in_session(client: FlaskClient, whose: str, language: str = "") -> FlaskClient:
    """The client in a new session of whom `User.get_id` names so; an empty name is nobody."""
    if language:
        client.set_cookie("language", language)
    if whose:
        app = client.application
        sealed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": whose, "_fresh": True})
        client.set_cookie(app.session_interface.get_cookie_name(app), sealed)
    return client
