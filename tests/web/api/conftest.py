"""A body's own system, as tests of the API ask with it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.model.tables import Case
from registry.tokens import SCOPES, NewToken, add_token, issue
from tests.builders import Place
from tests.conftest import NOW
from tests.web.api.system import System

Make = Callable[..., System]


@pytest.fixture
def system(client: FlaskClient, session: Session, place: Place) -> Make:
    """Make a system of a body: `office`, `bureau`, `other_bureau`, `firm` or `other_firm`, with all scopes or some."""

    def make(whose: str, *scopes: str, days: int = 30, networks: tuple[str, ...] = ()) -> System:
        body = None if whose == "office" else getattr(place, whose).id
        of = {"enterprise_id" if "firm" in whose else "bureau_id": body}
        asked = scopes or tuple(one for one in SCOPES if whose == "office" or one != "records:supply")
        token = add_token(session, NewToken(f"{whose}的系统", asked, days, networks=networks, **of), NOW, demo=False)
        made = System(client, issue(session, token), token.id)
        session.commit()
        return made

    return make


@pytest.fixture
def case(place: Place) -> Case:
    """An objection that lies with the first bureau."""
    made = place.file(NOW)
    place.act(made, "office", "accept", NOW)
    place.act(made, "office", "refer", NOW, question="请核查。")
    return place.case(made.number)
