"""What papers must state of facts and of who asks: a revocation's facts and views, the bureau that asks for papers."""

from sqlalchemy import select

from cases.engine.sweep import sweep
from cases.model.tables import Case
from notifications.letters import Letter
from notifications.papers import Paper
from tests.builders import PROOF, WORLD, Place, day
from tests.cases.engine.test_complaint import routed
from tests.cases.engine.test_repair import granted


def hearing(place: Place) -> Case:
    case = granted(place)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="验收意见系伪造。", files=())
    return case


def revoked(place: Place, case: Case, on: int) -> Paper:
    place.act(case, "reviewer", "propose_revoke", day(2026, 11, on), decision="revoke", reasons="承诺不实。")
    place.act(case, "approver", "approve_revoke", day(2026, 11, on))
    place.session.expire_all()
    return place.session.scalars(select(Paper).where(Paper.form == "revocation")).one()


def test_a_revocation_prints_the_recorded_facts_and_what_the_enterprise_said_to_them(place: Place) -> None:
    case = hearing(place)
    place.act(case, "enterprise", "state_views", day(2026, 10, 13), words="意见是中介给的。", files=PROOF)
    paper = revoked(place, case, 2)
    assert paper.values["facts"] == "验收意见系伪造。"
    assert paper.values["views"] == "意见是中介给的。"
    assert paper.values["reasons"] == "承诺不实。"


def test_a_revocation_without_views_says_that_none_came(place: Place) -> None:
    case = hearing(place)
    sweep(WORLD, day(2026, 11, 2))
    paper = revoked(place, case, 2)
    assert paper.values["facts"] == "验收意见系伪造。"
    assert not paper.values.get("views")


def test_a_bureau_that_asks_for_papers_is_named_in_letter_and_paper(place: Place) -> None:
    case = place.file()
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对。")
    place.act(case, "reviewer", "ask", day(2026, 9, 10), missing="决定书全文。")
    paper = place.session.scalars(select(Paper).where(Paper.form == "papers_request")).one()
    assert paper.values["asked_by"]["zh"] == place.bureau.name
    letter = place.session.scalars(select(Letter).where(Letter.name == "papers_asked")).one()
    assert place.bureau.name in letter.body("zh")


def test_the_receipt_of_a_complaint_gives_no_code_by_which_it_would_not_be_shown(place: Place) -> None:
    case = routed(place)
    letter = place.session.scalars(select(Letter).where(Letter.name == "complaint_filed")).one()
    assert case.check_code not in letter.body("zh") + letter.body("en")
