"""The test client of the applications that tests make."""

from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from extensions import db


class Browser(FlaskClient):
    """Each request has a context of its own, as when served: else one would see another's signed-in person.

    What the test has prepared is committed first, so that the request finds it and no lock; then it is read again.
    """

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()
            db.session.expire_all()
        with self.application.app_context():
            return super().open(*arguments, **named)
