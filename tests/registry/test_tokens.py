"""Tokens of bodies: what may be asked for, what is kept of the secret, and that nobody changes one unnoticed."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.ledger.verify_beside import register_faults
from registry.people import User
from registry.sign_in import check_password
from registry.tokens import NewToken, add_token, issue, revoke, token_of
from tests.builders import Place
from tests.conftest import NOW
from workflow.refusal import Impossible, Incomplete

pytestmark = pytest.mark.both_databases
READS = ("cases:read",)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewToken("系", READS), "name"),
        (NewToken("系统", ()), "scopes"),
        (NewToken("系统", ("cases:decide",)), "scopes"),
        (NewToken("系统", ("records:supply",), bureau_id=1), "scopes"),
        (NewToken("系统", READS, days=366), "days"),
        (NewToken("系统", READS, days=0), "days"),
        (NewToken("系统", READS, networks=("everywhere",)), "networks"),
    ],
)
def test_what_cannot_be_asked_for_is_named(place: Place, session: Session, new: NewToken, field: str) -> None:
    with pytest.raises(Incomplete) as refused:
        add_token(session, new, NOW, demo=True)
    assert list(refused.value.fields) == [field]


def test_a_token_opens_from_its_issue_to_its_last_moment(place: Place, session: Session) -> None:
    token = add_token(session, NewToken("系统", READS, days=1), NOW, demo=True)
    secret = issue(session, token)
    assert token_of(session, secret, NOW) is token
    assert token_of(session, secret, NOW + timedelta(days=1)) is None
    assert token_of(session, token.token_hash or "", NOW) is None, "what the database holds opens nothing"
    with pytest.raises(Impossible, match="shown once"):
        issue(session, token)
    revoke(session, token, NOW, by=None)
    assert token_of(session, secret, NOW) is None


def test_its_service_person_can_not_sign_in(place: Place, session: Session) -> None:
    token = add_token(session, NewToken("系统", READS), NOW, demo=True)
    person = session.get_one(User, token.person_id)
    assert check_password(session, person.username, "") is None
    assert person.password_hash == ""


@pytest.mark.parametrize(
    "change", ["scopes = '[\"cases:act\"]'", "bureau_id = 1", "until = '2030-01-01'", "token_hash = 'x'"]
)
def test_a_token_that_is_changed_past_the_platform_is_found(place: Place, session: Session, change: str) -> None:
    token = add_token(session, NewToken("系统", READS), NOW, demo=True)
    issue(session, token)
    session.commit()
    assert list(register_faults(session.connection(), None)) == []
    session.execute(text(f"UPDATE api_token SET {change} WHERE id = {token.id}"))
    assert [str(one.what) for one in register_faults(session.connection(), None)] == [
        f"api_token {token.id} does not say what was entered of it last."
    ]
