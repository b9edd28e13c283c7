"""Bureaus found by what sheets call them, filled in from the jurisdiction's folder, followed by their successors."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from registry.organisations import (
    Bureau,
    Office,
    directory,
    find_bureau,
    load_bureaus,
    names_of,
    remedy_ready,
    rename,
    valid_code,
)  # fmt: skip
from tests.registry.sheets import FIRE, FIRE_CODE, LAW, SAFETY, SAFETY_CODE, place
from workflow.refusal import Impossible
from workflow.rules import load_jurisdiction

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("code", "right"), [(FIRE_CODE, True), (FIRE_CODE[:-1] + "5", False), (FIRE_CODE[:-1], False), ("", False)]
)
def test_a_credit_code_agrees_with_its_check_character(code: str, right: bool) -> None:
    assert (valid_code(code) is None) is right


def test_the_jurisdictions_bureaus_are_written_once(session: Session) -> None:
    place(session)
    place(session)
    assert session.scalar(select(func.count()).select_from(Bureau)) == len(LAW.bureaus) == 7
    assert session.get_one(Office, 1).name == LAW.office.name
    safety = find_bureau(session, SAFETY_CODE)
    assert (safety.name, safety.former_names) == (SAFETY, ["示范旗安全生产监督管理局", "示范旗安监局"])


def test_what_the_office_entered_is_not_overwritten(session: Session) -> None:
    place(session)
    fire = find_bureau(session, FIRE_CODE)
    fire.review_body, fire.court, fire.email = "另一复议机关", "", "fire@example.cn"
    rename(fire, "示范旗消防局")
    session.commit()
    place(session)
    session.expire_all()
    fire = find_bureau(session, name=FIRE)
    assert (fire.name, fire.review_body, fire.email) == ("示范旗消防局", "另一复议机关", "fire@example.cn")
    assert fire.court != ""
    assert names_of(fire) == ["示范旗消防局", "示范旗公安消防大队", FIRE]


def test_the_banners_own_bureaus_wait_for_codes_review_bodies_and_courts(session: Session) -> None:
    law = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-etuoke")
    load_bureaus(session, law.bureaus, law.office)
    load_bureaus(session, law.bureaus, law.office)
    bureaus = session.scalars(select(Bureau)).all()
    assert len(bureaus) == len(law.bureaus)
    assert not any(bureau.code or remedy_ready(bureau) for bureau in bureaus)
    for entry in law.bureaus:
        if entry.successor:
            assert find_bureau(session, name=entry.name).name != entry.name


def test_a_body_is_ready_when_review_body_and_court_are_entered() -> None:
    assert remedy_ready(Bureau(review_body="旗人民政府", court="旗人民法院"))
    assert not remedy_ready(Bureau(review_body="旗人民政府", court=""))
    assert not remedy_ready(Office(review_body="", court="旗人民法院"))


def test_a_bureau_is_found_by_code_name_former_name_or_both(session: Session) -> None:
    place(session)
    for code, name in ((SAFETY_CODE, ""), ("", SAFETY), ("", "示范旗安监局"), (SAFETY_CODE, "示范旗 安监局")):
        assert find_bureau(session, code, name).name == SAFETY


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("", "", "missing"),
        ("X", "", "has the code X"),
        ("", "示范旗民政局", "is or was named"),
        (FIRE_CODE, SAFETY, "belongs to"),
    ],
)
def test_a_bureau_that_cannot_be_found_for_certain_is_not_found(
    session: Session, code: str, name: str, words: str
) -> None:
    place(session)
    with pytest.raises(Impossible, match=words):
        find_bureau(session, code, name)


def test_a_name_that_two_bureaus_bore_needs_the_code(session: Session) -> None:
    place(session)
    for code in (FIRE_CODE, SAFETY_CODE):
        bureau = find_bureau(session, code)
        bureau.former_names = [*bureau.former_names, "示范旗公安局"]
    session.commit()
    with pytest.raises(Impossible, match="enter the code"):
        find_bureau(session, name="示范旗公安局")
    assert find_bureau(session, FIRE_CODE, "示范旗公安局").name == FIRE


def test_successors_are_followed_to_the_last(session: Session) -> None:
    place(session)
    bureaus = list(session.scalars(select(Bureau).order_by(Bureau.id)))
    bureaus[0].successor_id, bureaus[1].successor_id = bureaus[1].id, bureaus[2].id
    session.commit()
    assert directory(session).now(bureaus[0].id) is bureaus[2]
    assert find_bureau(session, name=bureaus[0].name) is bureaus[2]
