"""Records as an enterprise, a bureau and the office see them; class and handler; a sheet taken in."""

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.engine.handlers import waiting_change
from cases.engine.record_news import end_displays
from cases.model.tables import Case, Event
from config import ROOT
from extensions import transaction
from registry.credit_records import (
    CreditRecord,
    RecordChange,
    changes_of,
    delist,
    end_display,
    keep_statement,
    state_severity,
    stop_sharing,
)
from registry.replay import replay
from registry.sheets.importing import import_sheet
from tests.builders import LAW, START, VALUES, WORLD, Place, day
from tests.cases.courses import GRANTED, answered, to_bureau
from tests.conftest import NOW
from tests.registry.sheets import csv_of, listed, sheet_of
from tests.web.signing import sign_in
from workflow.refusal import Forbidden

pytestmark = pytest.mark.both_databases

SHEET = ROOT / "jurisdictions" / "cn-nm-demo" / "records" / "penalties.xlsx"


def test_an_enterprise_sees_its_own_records_with_one_thing_to_do(client: FlaskClient, place: Place) -> None:
    page = sign_in(client, place, "enterprise").get("/records").text
    assert f'data-record="{place.record.id}"' in page
    assert f'data-record="{place.other_record.id}"' not in page
    assert f'href="/records/{place.record.id}/objection"' in page
    assert place.record.document_number in page
    assert page.count('class="button main"') == 1


def test_a_record_under_objection_leads_to_its_case(client: FlaskClient, place: Place) -> None:
    case = place.file()
    page = sign_in(client, place, "enterprise").get("/records").text
    assert f'href="/cases/{case.number}"' in page
    assert f'href="/records/{place.record.id}/objection"' not in page
    for other in ("correction", "repair"):
        assert f'href="/records/{place.record.id}/{other}"' in page


def test_a_card_names_the_bureau_that_has_the_case_whoever_supplied_the_record(
    client: FlaskClient, place: Place
) -> None:
    case = place.file()
    place.act(case, "office", "accept", START)
    place.act(case, "office", "refer", START, question="请核对。")
    place.act(case, "reviewer", "return", START, reasons="不是本局报送的。")
    place.act(case, "chief", "assign", START, bureau=place.other_bureau.id, reasons="由该局核查。")
    page = sign_in(client, place, "enterprise").get("/records").text
    assert f"轮到{place.other_bureau.short_name}" in page


def test_first_days_of_every_class_are_shown_until_the_bureau_states_one(
    client: FlaskClient, place: Place, session: Session
) -> None:
    filer = sign_in(client, place, "enterprise")
    filer.set_cookie("language", "en")
    page = filer.get("/records").text
    for shown in ("If the class is general", "If the class is serious", "2026-06-19", "Credit China"):
        assert shown in page
    sign_in(client, place, "reviewer").post(f"/records/{place.record.id}/class", data={"severity": "general"})
    page = sign_in(client, place, "enterprise").get("/records").text
    assert "If the class is" not in page
    assert "Longest display of this class" in page
    assert "2027-03-18" in page


def test_what_ended_by_itself_stands_below_with_its_ground(client: FlaskClient, place: Place, session: Session) -> None:
    with transaction() as writing:
        record = writing.get_one(CreditRecord, place.record.id)
        end_display(writing, record, None, NOW.date(), NOW, "clock")
    page = sign_in(client, place, "enterprise").get("/records").text
    assert f"/records/{place.record.id}/objection?ground=expired" in page
    chosen = client.get(f"/records/{place.record.id}/objection?ground=expired").text
    assert re.search(r'<input checked[^>]* value="expired"|value="expired" checked', chosen)


def test_of_what_is_displayed_no_case_is_counted_about_what_is_not(client: FlaskClient, place: Place) -> None:
    place.file()
    filer = sign_in(client, place, "enterprise")
    assert re.search("正在公示的失信信息 1 条。.*其中 1 条有案件在办", filer.get("/records").text)
    with transaction() as writing:
        end_display(writing, writing.get_one(CreditRecord, place.record.id), None, NOW.date(), NOW, "clock")
    page = filer.get("/records").text
    assert "正在公示的失信信息 0 条。" in page
    assert "条有案件在办" not in page


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [("enterprise", 200, 404), ("enterprise2", 404, 200), ("reviewer", 200, 404), ("approver2", 404, 200),
     ("office", 200, 200), ("chief", 200, 200), ("auditor", 200, 200)],
)  # fmt: skip
def test_a_record_is_read_through_the_scope(client: FlaskClient, place: Place, name: str, own: int, other: int) -> None:
    reader = sign_in(client, place, name)
    assert reader.get(f"/records/{place.record.id}").status_code == own
    assert reader.get(f"/records/{place.other_record.id}").status_code == other
    assert reader.get("/records/99999").status_code == 404
    listed = reader.get("/records").text
    assert (f'data-record="{place.record.id}"' in listed) is (own == 200)
    assert (f'data-record="{place.other_record.id}"' in listed) is (other == 200)


def test_records_are_found_by_number_firm_and_code(client: FlaskClient, place: Place) -> None:
    office = sign_in(client, place, "office")
    for text in ("〔2026〕18", "恒源", "YALKAUR8"):
        page = office.get("/records", query_string={"q": text}).text
        assert f'data-record="{place.record.id}"' in page
        assert f'data-record="{place.other_record.id}"' not in page
    assert "data-record" not in office.get("/records?q=zzz").text
    assert office.get("/records?page=99").status_code == 200
    assert office.get("/records?page=x").status_code == 200


def test_what_the_rules_say_of_a_repair_stands_on_the_record_s_page(client: FlaskClient, place: Place) -> None:
    filer = sign_in(client, place, "enterprise")
    filer.set_cookie("language", "en")
    page = filer.get(f"/records/{place.record.id}").text
    for said in (
        "By law the application is made through Credit China.", 'href="https://www.creditchina.gov.cn/"',
        "State Council Office Doc. 22 (2025)", "unverified",
        "If the class is general", "2026-06-19", "has stated no class", "bars nothing",
        "No repair after false material or a broken commitment", "Inner Mongolia Social Credit Regulations, Art. 40(3)",
        "Without an application display ends by itself after",
    ):  # fmt: skip
        assert said in page, said
    sign_in(client, place, "reviewer").post(f"/records/{place.record.id}/class", data={"severity": "serious"})
    page = sign_in(client, place, "enterprise").get(f"/records/{place.record.id}").text
    assert "It is too early by the class that the bureau stated" in page
    assert "has stated no class" not in page


def test_good_news_stands_apart_without_a_class_or_a_repair(
    client: FlaskClient, place: Place, session: Session
) -> None:
    place.record.kind = "honour_list"
    place.record.values = {**place.record.values, "list_name": "纳税信用A级"}
    session.commit()
    page = sign_in(client, place, "enterprise").get("/records").text
    assert f'data-record="{place.record.id}"' in page.split("守信信息")[1]
    assert "守信红名单：纳税信用A级" in page
    assert "什么时候、到哪里申请修复" not in page
    whole = client.get(f"/records/{place.record.id}").text
    assert "不需要修复" in whole
    assert "单位尚未认定" not in whole
    reviewer = sign_in(client, place, "reviewer")
    address = f"/records/{place.record.id}/class"
    assert f'action="{address}"' not in reviewer.get(f"/records/{place.record.id}").text
    assert reviewer.post(address, data={"severity": "minor"}).status_code == 404
    assert f'data-record="{place.record.id}"' not in reviewer.get("/records?class=none").text
    assert f'data-record="{place.record.id}"' in reviewer.get("/records").text


def test_what_has_ended_of_a_record_is_said_at_its_head(client: FlaskClient, place: Place, session: Session) -> None:
    with transaction() as writing:
        record = writing.get_one(CreditRecord, place.record.id)
        record.kind = "serious_list"
        delist(writing, record, 7, day(2026, 11, 2).date(), NOW, "user:1")
        stop_sharing(writing, record, 7, day(2026, 11, 3).date(), NOW, "user:1")
    page = sign_in(client, place, "office").get(f"/records/{place.record.id}").text
    for said in ("已移出名单", "停止共享和使用", "11月2日", "11月3日"):
        assert said in page


def test_only_the_deciding_bureau_states_the_class(client: FlaskClient, place: Place, session: Session) -> None:
    address = f"/records/{place.record.id}/class"
    seen = {name: sign_in(client, place, name).post(address, data={"severity": "serious"}).status_code
            for name in ("enterprise", "office", "chief", "auditor", "reviewer2", "reviewer")}  # fmt: skip
    assert seen == {"enterprise": 404, "office": 404, "chief": 404, "auditor": 404, "reviewer2": 404, "reviewer": 302}
    assert session.get_one(CreditRecord, place.record.id).severity == "serious"
    [change] = session.scalars(select(RecordChange).where(RecordChange.what == "class_stated"))
    assert change.actor == f"user:{place.people['reviewer'].id}"
    assert sign_in(client, place, "reviewer").post(address, data={"severity": "huge"}).status_code == 422


def test_handlers_are_accounts_of_the_bureau_chosen_on_the_record(
    client: FlaskClient, place: Place, session: Session
) -> None:
    address = f"/records/{place.record.id}/handler"
    reviewer, stranger = place.people["reviewer"].id, place.people["reviewer2"].id
    office = sign_in(client, place, "office")
    assert office.post(address, data={"handlers": stranger}).status_code == 422
    assert office.post(address, data={"handlers": reviewer}).status_code == 302
    session.expire_all()
    assert session.get_one(CreditRecord, place.record.id).handlers == [reviewer]
    assert "reviewer人" in office.get(f"/records/{place.record.id}").text
    assert sign_in(client, place, "reviewer").post(address, data={}).status_code == 403
    case = to_bureau(place)
    with pytest.raises(Forbidden, match="handler"):
        place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=GRANTED, reasons="已核对。")


def test_with_an_open_case_two_of_the_bureau_change_the_handlers_and_neither_is_named(
    client: FlaskClient, place: Place, session: Session
) -> None:
    place.record.handler, third = "王 强", place.add("third", "reviewer", name="王强").id
    fourth = place.add("fourth", "approver", name="李敏").id
    session.commit()
    to_bureau(place)
    address = f"/records/{place.record.id}/handler"

    def sent(who: str, to: str = "", **data: object) -> int:
        return sign_in(client, place, who).post(address + to, data=data).status_code

    assert sent("office", handlers=place.people["approver"].id) == 403
    assert sent("third", handlers=place.people["approver"].id) == 403, "named before the change"
    assert sent("reviewer", handlers=place.people["reviewer"].id) == 403, "named after it"
    assert sent("reviewer", handlers=place.people["approver"].id) == 302
    record = session.get_one(CreditRecord, place.record.id, populate_existing=True)
    assert record.handlers is None
    act = waiting_change(session, record.id)
    assert act
    page = sign_in(client, place, "fourth").get(f"/records/{record.id}").text
    assert f'data-pending="{act.id}"' in page
    assert sent("approver", "/decide", act=act.id, decision="confirm") == 403, "named after it"
    assert sent("approver2", "/decide", act=act.id, decision="confirm") == 404
    assert sent("fourth", "/decide", act=act.id, decision="confirm") == 302
    session.expire_all()
    assert (record.handlers, record.named_handlers) == ([place.people["approver"].id], "")
    assert sent("fourth", "/decide", act=act.id, decision="confirm") == 409
    assert replay(changes_of(session, record)).handlers == (place.people["approver"].id,)
    assert third != fourth


def test_no_sheet_takes_a_bar_away(place: Place, session: Session) -> None:
    """D41: what a sheet says next of the handlers stands beside what it said, and beside what was chosen."""
    says = {**VALUES, **place.record.values, "decided_on": date(2026, 3, 18), "display_until": date(2029, 3, 18)}
    for handler in ("李敏", "王强", ""):
        import_sheet(session, csv_of({**says, "handler": handler}), "penalty", LAW, START, "import:9月.csv")
    session.commit()
    session.expire_all()
    assert place.record.named_handlers == "李敏\n王强"
    place.record.handlers, place.record.handler_doubt = [place.people["reviewer"].id], ""
    session.commit()
    import_sheet(session, csv_of({**says, "handler": "赵刚"}), "penalty", LAW, START, "import:9月.csv")
    session.commit()
    session.expire_all()
    assert (place.record.handlers, place.record.named_handlers) == ([place.people["reviewer"].id], "赵刚")


def test_a_statement_stands_beside_its_field_and_a_case_is_named_to_those_who_may_read_it(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = place.file()
    place.act(case, "office", "accept", START)
    with transaction() as writing:
        record = writing.get_one(CreditRecord, place.record.id)
        keep_statement(
            writing, record, case.id, dict.fromkeys(["fine"], "罚款是八千元。"), day(2026, 9, 30).date(), NOW, "clock"
        )
    page = sign_in(client, place, "enterprise").get(f"/records/{place.record.id}").text
    assert "罚款是八千元。" in page
    assert f'href="/cases/{case.number}"' in page
    page = sign_in(client, place, "reviewer").get(f"/records/{place.record.id}").text
    assert "罚款是八千元。" in page
    assert case.number not in page, "the case has not been referred to the bureau"


def test_a_sheet_is_looked_at_first_and_then_imported(client: FlaskClient, place: Place, session: Session) -> None:
    office = sign_in(client, place, "office")
    before = session.scalar(select(func.count()).select_from(CreditRecord)) or 0
    look = office.post("/records/import", data={"sheet": (io.BytesIO(SHEET.read_bytes()), "penalties.xlsx")})
    assert look.status_code == 200
    assert session.scalar(select(func.count()).select_from(CreditRecord)) == before
    token = look.text.split('name="sheet" value="')[1].split('"')[0]
    counts = look.text.split('data-counts="')[1].split('"')[0]
    assert look.text.count('data-l="内容"') == 100, "of what is new the first hundred are read before anybody agrees"
    done = office.post("/records/import/take", data={"sheet": token})
    assert f'data-counts="{counts}"' in done.text
    imported = int(counts.split()[0])
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(CreditRecord)) == before + imported
    again = office.post("/records/import/take", data={"sheet": token})
    assert 'data-counts="0 0 ' in again.text
    rejected = office.get("/records/import/rejected", query_string={"sheet": token})
    assert rejected.data[:2] == b"PK"
    assert "attachment" in rejected.headers["Content-Disposition"]
    assert sign_in(client, place, "chief").post("/records/import/take", data={"sheet": token}).status_code == 302


def test_a_sheet_of_another_kind_is_looked_at_and_imported_as_that_kind(
    client: FlaskClient, place: Place, session: Session
) -> None:
    office = sign_in(client, place, "office")
    content = sheet_of(listed(name=place.firm.name), kind="serious_list")

    def sent(kind: str) -> TestResponse:
        return office.post("/records/import", data={"sheet": (io.BytesIO(content), "list.xlsx"), "kind": kind})

    assert sent("nonsense").status_code == 422
    assert sent("penalty").status_code == 422
    look = sent("serious_list")
    assert "严重失信主体名单：安全生产严重失信主体名单" in look.text
    done = office.post("/records/import/take", data={"sheet": look.text.split('name="sheet" value="')[1].split('"')[0]})
    assert 'data-counts="1 0 0 0"' in done.text
    record = session.scalars(select(CreditRecord).where(CreditRecord.kind == "serious_list")).one()
    page = office.get(f"/records/{record.id}").text
    assert "严重失信主体名单：安全生产严重失信主体名单" in page
    assert "列入事由" in page


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", b"PK\x03\x04nonsense"), ("b.csv", b"a,b\n1,2\n"), ("c", b"")])
def test_a_file_that_is_no_record_sheet_is_refused_with_a_sentence(
    client: FlaskClient, place: Place, name: str, content: bytes
) -> None:
    answer = sign_in(client, place, "office").post("/records/import", data={"sheet": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert 'href="#sheet"' in answer.text
    assert sign_in(client, place, "reviewer").get("/records/import").status_code == 404


def test_the_preview_says_what_each_row_would_change_and_what_stays_as_decided(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = answered(place, GRANTED)
    going = place.file(day(2026, 9, 16), claims={"offence": "噪声"})
    office = sign_in(client, place, "office")
    says = {**VALUES, **place.record.values, "display_until": date(2029, 3, 18), "penalty": "罚款人民币8000元"}
    rows = (
        {**says, "fine": "0.70", "decided_on": date(2026, 3, 18)},
        {**says, "document_number": "示环罚〔2026〕99号", "uscc": "", "decided_on": date(2026, 3, 18)},
    )
    sent = {"sheet": (io.BytesIO(csv_of(*rows)), "9月.csv"), "kind": "penalty"}
    look = office.post("/records/import", data=sent).text
    assert 'data-counts="0 1 0 1" data-conflicts="1" data-repeated="1"' in look
    assert "还没有写入任何内容" in look
    conflict = look.split("data-conflict>")[1].split("</section>")[0]
    assert all(said in conflict for said in ("0.80", "0.70", f'href="/cases/{case.number}"', "示环罚〔2026〕18号"))
    assert "<ins>罚款人民币8000元</ins>" in look
    assert going.number in look
    assert "示环罚〔2026〕99号" in look
    assert place.firm.name in look.split("示环罚〔2026〕99号")[0].rsplit("<tr>", 1)[1]
    session.expire_all()
    assert place.record.values["penalty"] == "罚款人民币80000元"
    done = office.post("/records/import/take", data={"sheet": look.split('name="sheet" value="')[1].split('"')[0]}).text
    assert "data-conflict" in done
    correction = select(Case.id).where(Case.kind == "correction", Case.record_id == place.record.id)
    added = select(Event.action).where(Event.case_id.in_(correction)).order_by(Event.seq)
    assert list(session.scalars(added))[-1] == "joined_later"


def test_the_history_names_the_rule_or_the_sheet_behind_each_change(
    client: FlaskClient, place: Place, session: Session
) -> None:
    says = {**VALUES, **place.record.values, "decided_on": date(2026, 3, 18), "display_until": date(2026, 9, 10)}
    import_sheet(session, csv_of(says), "penalty", LAW, day(2026, 9, 1), "import:9月.csv")
    session.commit()
    end_displays(WORLD, day(2026, 9, 12))
    page = sign_in(client, place, "office").get(f"/records/{place.record.id}").text
    assert "按9月1日（周二）报送表 9月.csv 所载，公示至9月10日" in re.sub(r"<[^>]+>|\s(?!9月.csv|所载)", "", page)


def test_a_display_that_a_class_has_ended_names_the_rule(place: Place, session: Session) -> None:
    record = session.get_one(CreditRecord, place.record.id)
    state_severity(session, record, "minor", START, "user:1")
    session.commit()
    end_displays(WORLD, day(2027, 9, 12))
    ended = session.scalars(select(RecordChange).where(RecordChange.what == "display_ended")).one()
    assert ended.rule in {one.name for one in LAW.displays}
    assert ended.due_on is not None
    assert ended.due_on < ended.at.date()


def test_each_display_date_names_its_rule_for_each_class(client: FlaskClient, place: Place, session: Session) -> None:
    client.set_cookie("language", "en")
    classes = {"class_minor", "class_general", "class_serious"}
    for address in ("/records", f"/records/{place.record.id}"):
        page = sign_in(client, place, "enterprise").get(address).text
        dated = re.findall(r'<li data-rule="(\w+)" data-due="([0-9-]+)"><b>Longest display if the class is', page)
        assert {rule for rule, _day in dated} == classes
        assert len({day for _rule, day in dated}) == 3
        assert "None of these days is acted on before the bureau states the class." in page
        assert "If the class is" not in re.findall(r"<summary>.*?</summary>", page, re.S)[0]
    place.record.severity = "general"
    session.commit()
    page = sign_in(client, place, "enterprise").get(f"/records/{place.record.id}").text
    assert re.findall(r'<li data-rule="(\w+)" data-due="[0-9-]+"><b>Longest display of this class', page) == [
        "class_general"
    ]
    assert "None of these days is acted on" not in page


def test_after_a_revoked_repair_the_days_of_the_ban_stand_before_the_first_days(
    client: FlaskClient, place: Place, session: Session
) -> None:
    client.set_cookie("language", "en")
    session.add(RecordChange(record_id=place.record.id, at=day(2026, 9, 11), what="shown_again", actor="user:1"))
    session.commit()
    page = sign_in(client, place, "enterprise").get(f"/records/{place.record.id}").text
    assert 'data-rule="false_commitment" data-due="2029-09-11"' in page
    assert page.index('data-due="2029-09-11"') < page.index("If the class is", page.index("From which day"))


def test_what_has_no_class_is_a_group_on_the_bureau_s_desk(client: FlaskClient, place: Place, session: Session) -> None:
    page = sign_in(client, place, "reviewer").get("/desk").text
    assert 'data-group="unstated"' in page
    assert 'href="/records?class=none"' in page
    assert 'data-group="unstated"' not in sign_in(client, place, "office").get("/desk").text
    for record in session.scalars(select(CreditRecord)):
        record.severity = "general"
    session.commit()
    assert 'data-group="unstated"' not in sign_in(client, place, "reviewer").get("/desk").text


def test_what_names_no_clear_handler_is_a_group_on_the_bureau_s_desk(
    client: FlaskClient, place: Place, session: Session
) -> None:
    group, there = 'data-group="unclear-handlers"', "/records?handlers=unclear"
    assert group not in sign_in(client, place, "reviewer").get("/desk").text
    for named in ("无此人", "reviewer人、approver人"):
        place.record.handler = named
        session.commit()
        assert f'href="{there}"' in client.get("/desk").text, named
        assert place.record.document_number in client.get(there).text
    assert group not in sign_in(client, place, "office").get("/desk").text
    assert group not in sign_in(client, place, "reviewer2").get("/desk").text
    place.record.handler = "approver人"
    session.commit()
    assert group not in sign_in(client, place, "reviewer").get("/desk").text
    place.record.handler_doubt = "李强"
    session.commit()
    assert group in client.get("/desk").text
    place.record.handlers, place.record.handler_doubt = [place.people["approver"].id], ""
    session.commit()
    assert group not in client.get("/desk").text
