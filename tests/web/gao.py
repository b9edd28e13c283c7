"""Gao, who heads a bureau and signs in with a password as people do."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.organisations import Bureau
from registry.people import User, add_person
from registry.sign_in import set_password

GOOD = "three grey horses"


def add_gao(session: Session) -> User:
    """Gao, and somebody else."""
    bureau = Bureau(name="示范旗住房和城乡建设局")
    session.add(bureau)
    session.flush()
    set_password(add_person(session, "noise", "别人", ["officer"]), "another good one")
    user = add_person(session, "gao", "高建军", ["approver", "head"], bureau_id=bureau.id, email="gao@example.cn")
    set_password(user, GOOD)
    session.commit()
    return user


def sign_in(client: FlaskClient, password: str = GOOD, username: str = "gao", **more: str) -> TestResponse:
    return client.post("/sign-in", data={"username": username, "password": password, **more})


def signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200
