"""The page of a case of every kind: what was filed, what is proposed and for whom, what is decided and carried out."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from cases.model.tables import Case
from registry.people import Deputy
from tests.builders import Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.walking import walk

BEGUN = day(2026, 11, 16)
PROOF = (StoredFile("a" * 64, "整改照片.pdf", "application/pdf", 10),)
Step = tuple[str, str, Mapping[str, object]]
REPAIR = {"words": "已经建好密闭煤棚。", "files": PROOF, "commitment": True}


def page(client: FlaskClient, place: Place, case: Case, who: str) -> str:
    """The page in English, without its frame."""
    client.set_cookie("language", "en")
    answer = sign_in(client, place, who).get(f"/cases/{case.number}")
    assert answer.status_code == 200, who
    return answer.text[answer.text.index("<main") : answer.text.index("</main>")]


def section(html: str, id: str) -> str:
    """One section, without its tags."""
    rest = html[html.index(f'id="{id}"') :]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", rest[rest.index(">") + 1 : rest.index("</section>")]))


def steps(place: Place, case: Case, *taken: Step) -> Case:
    for hour, (who, action, answers) in enumerate(taken, start=1):
        place.act(case, who, action, BEGUN + timedelta(hours=hour), **answers)
    return place.case(case.number)


def repair(place: Place, *more: Step) -> Case:
    case = place.open("repair", "file", REPAIR, BEGUN)
    return steps(place, case, ("office", "forward", {"received_on": BEGUN.date()}), ("reviewer", "accept", {}),
                 ("reviewer", "propose", {"decision": "grant", "reasons": "已经整改到位。"}), *more)  # fmt: skip


def test_a_repair_shows_what_was_filed_and_keeps_a_proposal_from_the_firm(client: FlaskClient, place: Place) -> None:
    case = repair(place)
    firm, approver = page(client, place, case, "enterprise"), page(client, place, case, "approver")
    for html in (firm, approver):
        assert "<h1>Credit repair of 示环罚〔2026〕18号</h1>" in html
        assert "已经建好密闭煤棚。" in html
        assert "What is written and attached is true" in html
    assert "已经整改到位" not in firm
    assert "Grant the repair" not in firm
    assert "Grant the repair" in section(approver, "decision")
    form = client.get(f"/cases/{case.number}/approve").text
    assert "Grant the repair" in form
    assert "已经整改到位。" in form


def test_what_is_decided_is_read_and_what_it_brings_is_confirmed_one_by_one(client: FlaskClient, place: Place) -> None:
    ended = {"what": "display_ended", "done_on": BEGUN.date()}
    case = repair(place, ("approver", "approve", {"opinion": "同意"}), ("office", "confirm", ended))
    firm = page(client, place, case, "enterprise")
    assert "Grant the repair" in section(firm, "decision")
    assert "同意" not in firm
    told = section(firm, "confirmed")
    assert "confirmed The display has ended Monday 16 November" in told
    assert "not yet Sharing and use have stopped" in told
    assert "off the list" not in told
    place.act(case, "office", "confirm", BEGUN + timedelta(hours=9), what="sharing_stopped", done_on=BEGUN.date())
    assert "not yet" not in section(page(client, place, case, "enterprise"), "confirmed")


OPINION = {"decision": "partly", "facts": "答复确实晚了。", "reasons": "没有按期答复。", "law": "信访工作条例第32条"}


def test_an_opinion_is_the_firms_to_read_once_it_is_approved_and_can_then_be_rated(
    client: FlaskClient, place: Place
) -> None:
    routed = ("office", "route", {"route": "petition"})
    case = steps(place, place.complain(BEGUN), ("office", "acknowledge", {}), routed, ("office", "propose", OPINION))
    firm = page(client, place, case, "enterprise")
    assert f"Complaint about {place.bureau.short_name_en}" in firm
    assert "请督促办理。" in firm
    assert "答复确实晚了" not in firm
    assert 'id="decision"' not in firm
    place.act(case, "chief", "approve", BEGUN + timedelta(hours=8), opinion="")
    firm = page(client, place, case, "enterprise")
    assert "It is partly upheld" in section(firm, "decision")
    assert "答复确实晚了。" in section(firm, "decision")
    assert 'data-action="rate"' in firm
    place.act(case, "enterprise", "rate", BEGUN + timedelta(hours=9), score="rather", words="算是有个说法。")
    firm = page(client, place, case, "enterprise")
    assert "Satisfied" in section(firm, "afterwards")
    assert "Closed on Monday 16 November" in re.sub("<[^>]+>", "", firm)


def test_what_was_sent_back_is_not_read_whatever_is_decided_later(client: FlaskClient, place: Place) -> None:
    case = repair(place, ("approver", "send_back", {"reasons": "理由太短"}),
                  ("reviewer", "propose", {"decision": "refuse", "reasons": "罚款没有缴清。"}),
                  ("approver", "approve", {"opinion": ""}))  # fmt: skip
    firm = page(client, place, case, "enterprise")
    assert "罚款没有缴清。" in section(firm, "decision")
    assert "已经整改到位" not in firm
    assert "理由太短" not in firm


def test_a_correction_after_an_objection_shows_what_stood_before_and_whose_it_is(
    client: FlaskClient, place: Place, session: Session
) -> None:
    objection = walk(place, "accept", "refer", "propose", "approve", "carry_out", filed=BEGUN, hours=1)
    case = session.scalars(select(Case).where(Case.kind == "correction")).one()
    html = page(client, place, case, "reviewer")
    assert "<del>" in html
    assert re.search(r'data-field="fine".*?¥80,000.*?<ins>.*?¥8,000', html, re.S)
    assert "What the firm says" not in html
    assert f'href="/cases/{objection.number}"' in html[html.index('id="linked"') :]
    assert f"another case, {objection.number}" in html
    back = page(client, place, objection, "office")
    assert f'href="/cases/{case.number}"' in back[back.index('id="linked"') :]


def test_what_a_bureau_found_itself_is_not_called_the_firms_claim(client: FlaskClient, place: Place) -> None:
    answers = {"claims": {"fine": "0.80"}, "words": "决定书存根。", "files": ()}
    case = place.open("correction", "open", answers, BEGUN, by="reviewer", variant="self_found")
    html = page(client, place, case, "enterprise")
    assert "What it should say" in html
    assert "What you say" not in html
    route = html[html.index('<ol class="route') :]
    assert place.bureau.short_name_en in route[: route.index("</li>")]


def test_each_way_of_a_complaint_says_by_when_it_is_decided(client: FlaskClient, place: Place) -> None:
    case = steps(place, place.complain(BEGUN), ("office", "acknowledge", {}))
    sign_in(client, place, "office")
    client.set_cookie("language", "en")
    text = client.get(f"/cases/{case.number}/route").text
    for until in ("2027-01-25", "2026-12-24", "2026-12-14"):  # 60 and 30 days from today, 20 working days from filing
        assert f'datetime="{until}"' in text, until


def test_a_deputy_is_named_with_whom_they_stand_for(client: FlaskClient, place: Place, session: Session) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 19))
    session.add(Deputy(person_id=place.people["chief"].id, deputy_id=place.people["officer2"].id,
                       from_day=date(2026, 11, 20), until_day=date(2026, 11, 30),
                       named_by_id=place.people["chief"].id, named_at=NOW))  # fmt: skip
    session.commit()
    sent = {"deadline": "verify", "words": "", "shown": str(case.length)}
    assert sign_in(client, place, "officer2").post(f"/cases/{case.number}/supervise", data=sent).status_code == 302
    told = "officer2人 (for chief人), Credit Office"
    assert told in page(client, place, case, "enterprise")
    client.set_cookie("language", "en")
    assert "officer2人 (for chief人)" in sign_in(client, place, "auditor").get(f"/audit/{case.number}").text
