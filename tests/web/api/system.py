"""What a body's own system sends, as short as tests want it."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from web.api.document import ALWAYS
from web.api.door import Problem, endpoint_of


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
        return as_described(self.client.get(f"/api/v1{address}", headers=self.headers(person, **more)), self.client)

    def post(self, address: str, body: Any, person: str = "", **more: str) -> TestResponse:
        answer = self.client.post(f"/api/v1{address}", json=body, headers=self.headers(person, **more))
        return as_described(answer, self.client)


def as_described(answer: TestResponse, client: FlaskClient) -> TestResponse:
    """The answer, which is one that the document names, and made as it says."""
    app, asked = client.application, answer.request
    try:
        name, _values = app.url_map.bind("localhost").match(asked.path, method=asked.method)
    except HTTPException:
        return answer
    endpoint = endpoint_of(app.view_functions[name])
    if endpoint and answer.status_code == 200 and endpoint.gives:
        endpoint.gives.model_validate_json(answer.data)
    elif endpoint and answer.status_code != 200:
        assert answer.status_code in (*ALWAYS, *endpoint.problems), f"{asked.path}: {answer.status_code}"
        assert Problem.model_validate_json(answer.data).status == answer.status_code
    return answer
