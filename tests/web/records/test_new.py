"""A record entered by hand: by the office for any bureau, by a reviewer for their own."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.columns import KINDS
from registry.credit_records import CreditRecord
from tests.builders import Place
from tests.web.signing import sign_in

CELLS = {
    "name": "恒源洗煤有限公司（演示）", "uscc": "91150699YALKAUR84L", "document_number": "示环罚[2026]77号",
    "penalty_kind": "罚款", "facts": "原煤露天堆存。", "fine": "5000元", "decided_on": "2026年3月18日",
    "severity": "general", "supplied_by": "",
}  # fmt: skip


def kept(session: Session) -> CreditRecord | None:
    session.expire_all()
    number = CELLS["document_number"].replace("[", "〔").replace("]", "〕")
    return session.scalars(select(CreditRecord).where(CreditRecord.document_number == number)).one_or_none()


def test_an_officer_enters_a_record_of_any_bureau_and_nothing_typed_is_lost(
    client: FlaskClient, place: Place, session: Session
) -> None:
    office = sign_in(client, place, "office")
    assert 'href="/records/new"' in office.get("/records").text
    chosen = office.get("/records/new").text
    for kind in KINDS:
        assert f'href="/records/new?kind={kind}"' in chosen
    form = office.get("/records/new?kind=serious_list").text
    assert 'name="removed_on"' in form
    assert 'name="fine"' not in form
    address = "/records/new?kind=penalty"
    wrong = office.post(address, data={**CELLS, "fine": "若干", "uscc": "", "determined_by": ""})
    assert wrong.status_code == 422
    for key in ("fine", "uscc", "determined_by"):
        assert f'href="#{key}"' in wrong.text
    assert 'value="若干"' in wrong.text
    assert "原煤露天堆存。" in wrong.text
    assert kept(session) is None
    cells = {**CELLS, "determined_by": str(place.other_bureau.id)}
    done = office.post(address, data=cells)
    record = kept(session)
    assert record is not None
    assert (done.status_code, done.location) == (302, f"/records/{record.id}")
    assert (record.values["fine"], record.severity, record.determined_by_id) == (
        "0.50",
        "general",
        place.other_bureau.id,
    )
    assert (record.entered_by_id, record.enterprise_id) == (place.people["office"].id, place.firm.id)
    again = office.post(address, data=cells)
    assert again.status_code == 409
    assert "这条记录已经有了" in again.text
    assert office.post("/records/new?kind=nonsense").status_code == 302


def test_a_reviewer_enters_what_the_own_bureau_decided(client: FlaskClient, place: Place, session: Session) -> None:
    reviewer = sign_in(client, place, "reviewer")
    assert 'href="/records/new"' in reviewer.get("/records").text
    address = "/records/new?kind=penalty"
    assert 'name="determined_by"' not in reviewer.get(address).text
    assert reviewer.post(address, data={**CELLS, "determined_by": str(place.other_bureau.id)}).status_code == 302
    record = kept(session)
    assert record is not None
    assert (record.determined_by_id, record.entered_by_id) == (place.bureau.id, place.people["reviewer"].id)
    assert "人工录入" in reviewer.get(f"/records/{record.id}").text
    for name in ("enterprise", "approver", "chief", "auditor"):
        assert sign_in(client, place, name).get("/records/new").status_code == 404
