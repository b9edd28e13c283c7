"""What a body's own system sends, as short as tests want it."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class System:
    """Asks with a token; `person` is whom it acts for."""

    client: FlaskClient
    secret: str
    token_id: int = 0

    def headers(self, person: str = "", language: str = "en", **more: str) -> dict[str, str]:
        named = {"Redress-Person": person} if person else {}
        more = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": language, **named, **more}

    def get(self, address: str, person: str = "", **more: str) -> TestResponse:
        return self.client.get(f"/api/v1{address}", headers=self.headers(person, **more))

    def post(self, address: str, body: Any, person: str = "", **more: str) -> TestResponse:
        return self.client.post(f"/api/v1{address}", json=body, headers=self.headers(person, **more))
