"""People, their roles and places; how accounts begin and end."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from registry import people
from registry.identity import identity_of
from registry.organisations import Bureau, Enterprise
from registry.people import add_person, end_person, find_person, people_with
from registry.sessions import From, begin_session, session_of
from registry.sign_in import one_time_link, person_of_link
from workflow.definition import APPROVER, HEAD, OFFICER, REVIEWER, Party
from workflow.refusal import Incomplete

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)


@pytest.fixture
def bureau(session: Session) -> Bureau:
    rows = [Bureau(name="示范旗住房和城乡建设局", code="111506993GTAH3Y34L"), Bureau(name="示范旗应急管理局")]
    session.add_all(rows)
    session.flush()
    return rows[1]


@pytest.fixture
def enterprise(session: Session) -> Enterprise:
    rows = [
        Enterprise(code="91150699MA00000001", name="甲（演示）"),
        Enterprise(code="91150699MA00000002", name="乙（演示）"),
    ]
    session.add_all(rows)
    session.flush()
    return rows[1]


def fault(session: Session, **wrong: object) -> dict[str, str]:
    asked = {"username": "gao", "name": "高建军", "roles": ["officer"]} | wrong
    with pytest.raises(Incomplete) as refused:
        add_person(session, **asked)  # type: ignore[arg-type]
    return {name: str(message) for name, message in refused.value.fields.items()}


def test_a_person_may_hold_two_roles_at_one_bureau(session: Session, bureau: Bureau) -> None:
    add_person(session, "noise", "别人", ["reviewer"], bureau_id=bureau.id)
    user = add_person(session, "gao", "高建军", ["approver", "head", "head"], bureau_id=bureau.id)
    identity = identity_of(session, user)
    assert identity.roles == {APPROVER, HEAD}
    assert identity.bureau_id == bureau.id
    assert identity.enterprise_ids == frozenset()
    assert identity.parties == {Party.BUREAU}
    assert identity.holds(HEAD, OFFICER)
    assert not identity.holds(REVIEWER)


def test_a_filer_stands_for_their_enterprise_alone(session: Session, enterprise: Enterprise) -> None:
    user = add_person(session, "li", "李", ["filer"], enterprise_id=enterprise.id, language="en")
    identity = identity_of(session, user)
    assert identity.enterprise_ids == {enterprise.id}
    assert identity.bureau_id is None
    assert identity.language == "en"


def test_a_user_name_is_one_whatever_its_case_or_width(session: Session) -> None:
    add_person(session, " Ｇao ", "高建军", ["officer"])
    assert find_person(session, "GAO") is not None
    assert "taken" in fault(session, username="ＧＡＯ")["username"]


@pytest.mark.parametrize("username", ["", "a", "x" * 65, "two words", "tab\tbed", "bell\a"])
def test_an_unfit_user_name_is_refused_with_what_to_do(session: Session, username: str) -> None:
    assert "2 to 64 characters" in fault(session, username=username)["username"]


@pytest.mark.parametrize("username", ["chief", "Office", "ＥＮＴＥＲＰＲＩＳＥ2"])
def test_no_real_account_bears_the_name_of_a_demo_account(session: Session, username: str) -> None:
    assert "demo account" in fault(session, username=username)["username"]


def test_roles_must_be_known_and_belong_to_one_desk(session: Session, bureau: Bureau) -> None:
    assert "filer, reviewer" in fault(session, roles=["king"])["role"]
    assert "at least one" in fault(session, roles=[])["role"]
    assert "one desk" in fault(session, roles=["reviewer", "officer"], bureau_id=bureau.id)["role"]
    assert "only reads" in fault(session, roles=["auditor", "chief"])["role"]


def test_nobody_is_reviewer_approver_and_head_of_one_body_unless_the_place_says_so(
    session: Session, bureau: Bureau
) -> None:
    roles = ["reviewer", "approver", "head"]
    assert "leave one role out" in fault(session, roles=roles, bureau_id=bureau.id)["role"]
    assert add_person(session, "gao", "高建军", roles, bureau_id=bureau.id, all_in_one=True)
    assert add_person(session, "bai", "白云", roles[:2], bureau_id=bureau.id)


def test_each_role_needs_its_place_and_no_other(session: Session, bureau: Bureau, enterprise: Enterprise) -> None:
    assert "bureau" in fault(session, roles=["reviewer"])
    assert "bureau" in fault(session, roles=["officer"], bureau_id=bureau.id)
    assert "enterprise" in fault(session, roles=["filer"])
    assert "enterprise" in fault(session, roles=["chief"], enterprise_id=enterprise.id)


def test_an_ended_person_stands_for_nothing_and_every_session_is_over(session: Session, bureau: Bureau) -> None:
    other = add_person(session, "other", "别人", ["officer"])
    user = add_person(session, "gao", "高建军", ["reviewer"], bureau_id=bureau.id)
    token = one_time_link(session, user, NOW, by=None)
    mine, others = begin_session(session, user, From(), NOW), begin_session(session, other, From(), NOW)
    end_person(session, user, NOW, by=None)
    assert user.ended_at == NOW
    assert not user.is_active
    assert session_of(session, mine, NOW) is None
    assert session_of(session, others, NOW)
    assert identity_of(session, user).roles == frozenset()
    assert person_of_link(session, token, NOW) is None


def test_who_holds_a_role_is_found_by_place(session: Session, bureau: Bureau, enterprise: Enterprise) -> None:
    add_person(session, "elsewhere", "别局", ["approver"], bureau_id=bureau.id - 1)
    add_person(session, "filer1", "企业", ["filer"], enterprise_id=enterprise.id)
    officer = add_person(session, "bao", "包", ["officer"])
    gao = add_person(session, "gao", "高建军", ["approver", "head"], bureau_id=bureau.id)
    gone = add_person(session, "gone", "走了", ["approver"], bureau_id=bureau.id)
    end_person(session, gone, NOW, by=None)
    assert people_with(session, [APPROVER, HEAD], bureau_id=bureau.id) == [gao]
    assert people_with(session, [OFFICER]) == [officer]
    assert people_with(session, [APPROVER]) == []


def test_demo_and_real_accounts_are_told_apart(session: Session) -> None:
    assert not people.anybody(session, demo=True)
    assert not people.anybody(session, demo=False)
    add_person(session, "chief", "主任", ["chief"], demo=True)
    assert people.anybody(session, demo=True)
    assert not people.anybody(session, demo=False)
    add_person(session, "gao", "高建军", ["officer"])
    assert people.anybody(session, demo=False)
