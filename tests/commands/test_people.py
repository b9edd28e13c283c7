"""`flask people`: what is printed, and what is refused."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from registry.identity import identity_of
from registry.organisations import Bureau, Enterprise
from registry.people import find_person
from registry.sign_in import person_of_link
from workflow.definition import APPROVER, FILER, HEAD, OFFICER


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    session.add_all(
        [
            Bureau(name="示范旗应急管理局", code="11150699DBPCNGNP11", former_names=["示范旗安监局"]),
            Bureau(name="示范旗住房和城乡建设局", code="111506993GTAH3Y34L"),
            Enterprise(name="甲（演示）", code="91150699MA0000001X"),
            Enterprise(name="乙（演示）", code="91150699MA0000002X"),
        ]
    )
    session.commit()


def people(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["people", *words])


def test_a_person_with_two_roles_is_added_and_the_link_printed(app: Flask, session: Session) -> None:
    result = people(
        app, "add", "gao", "--role", "approver", "--role", "head", "--bureau", "111506993GTAH3Y34L", "--name", "高建军"
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("/sign-in/")
    assert len(result.stdout.splitlines()) == 1
    user = person_of_link(session, result.stdout.strip().removeprefix("/sign-in/"), app.config["SETTINGS"].clock.now())
    assert user is not None
    assert user.name == "高建军"
    assert not user.demo
    assert identity_of(session, user).roles == {APPROVER, HEAD}


@pytest.mark.parametrize("text", ["示范旗应急管理局", "示范旗安监局", "11150699DBPCNGNP11"])
def test_a_bureau_is_named_by_code_name_or_former_name(app: Flask, session: Session, text: str) -> None:
    assert people(app, "add", "wu", "--role", "reviewer", "--bureau", text).exit_code == 0
    user = find_person(session, "wu")
    assert user is not None
    bureau = session.get(Bureau, identity_of(session, user).bureau_id)
    assert bureau is not None
    assert bureau.name == "示范旗应急管理局"


def test_a_filer_is_added_for_an_enterprise_and_an_officer_for_neither(app: Flask, session: Session) -> None:
    assert people(app, "add", "li", "--role", "filer", "--enterprise", "91150699ma0000002x").exit_code == 0
    assert people(app, "add", "bao", "--role", "officer").exit_code == 0
    li, bao = find_person(session, "li"), find_person(session, "bao")
    assert li is not None
    assert bao is not None
    assert identity_of(session, li).roles == {FILER}
    assert identity_of(session, bao).roles == {OFFICER}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "x1", "--role", "reviewer", "--bureau", "没有这个局"], "没有这个局"),
        (["add", "x1", "--role", "filer", "--enterprise", "91150699MA0000009X"], "91150699MA0000009X"),
        (["add", "x1", "--role", "king"], "filer, reviewer"),
        (["add", "x1", "--role", "reviewer"], "bureau"),
        (["add", "chief", "--role", "chief"], "demo account"),
        (["add", "x1"], "--role"),
        (["password", "nobody"], "nobody"),
        (["end", "nobody"], "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_on_stderr_with_exit_code_2(
    app: Flask, session: Session, words: list[str], sentence: str
) -> None:
    result = people(app, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
    assert find_person(session, "x1") is None


def test_a_name_cannot_be_added_twice(app: Flask) -> None:
    people(app, "add", "gao", "--role", "officer")
    again = people(app, "add", "GAO", "--role", "officer")
    assert again.exit_code == 2
    assert "taken" in again.stderr


def test_a_forgotten_password_gets_a_new_link(app: Flask) -> None:
    first = people(app, "add", "gao", "--role", "officer").stdout
    second = people(app, "password", "Gao").stdout
    assert first != second
    client = app.test_client()
    assert client.get(first.strip()).status_code == 404
    assert client.get(second.strip()).status_code == 200


def test_an_ended_person_is_out_and_gets_no_link(app: Flask) -> None:
    link = people(app, "add", "gao", "--role", "officer").stdout.strip()
    client = app.test_client()
    client.post(link, data={"password": "three grey horses", "again": "three grey horses"})
    assert client.get("/account").status_code == 200
    assert people(app, "end", "gao").stdout == "ended gao\n"
    assert client.get("/account").status_code == 302
    refused = people(app, "password", "gao")
    assert refused.exit_code == 2
    assert "ended" in refused.stderr
