"""Each opening row of each kind, filed through its pages by whom it belongs to; what is refused; what is kept."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.tables import Case, EventText
from extensions import db
from registry.credit_records import CreditRecord
from tests.builders import _record
from tests.web.counter import (
    ABOUT,
    CLAIM,
    COMPLAINT,
    PUT_RIGHT,
    ROLE,
    ROWS,
    SEND,
    TODAY,
    WORDS,
    Counter,
    Pages,
    number_on,
    words_of,
)
from tests.web.stage import build_stage, people_it
from workflow.definition import CASE, START

RECORDS = 60


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Counter:
    stage = build_stage(tmp_path_factory.mktemp("counter"), sqlite_template)
    with stage.app.app_context():
        session = db.session()
        place = people_it(stage, session)
        made = [_record(place.firm, place.bureau, f"示环罚〔2026〕{number}号") for number in range(100, 100 + RECORDS)]
        session.add_all(made)
        session.commit()
        return Counter(stage, place.firm.id, place.bureau.id, iter([one.id for one in made]))


@pytest.mark.parametrize("name", ROWS)
def test_each_way_in_leads_through_its_pages_to_one_case(counter: Counter, name: str) -> None:
    who, kind, way, pages, day = ROWS[name]
    before = counter.count(Case)
    answer = counter.fill(who, counter.begin(who, kind, way), *pages)
    assert answer.status_code == 302, words_of(answer)
    kept = counter(who).get(answer.location)
    case, body = counter.case(number_on(kept)), counter.first(number_on(kept))
    assert counter.count(Case) == before + 1
    assert (case.kind, body["role"]) == (kind, ROLE[who])
    assert case.filed_on == (date.fromisoformat(day) if day else TODAY)
    assert f"{case.check_code[:5]} {case.check_code[5:]}" in kept.text
    assert "最迟" in kept.text, "what comes next has a day"


def test_every_opening_row_of_each_of_these_kinds_is_among_them() -> None:
    named = {kind for _who, kind, *_rest in ROWS.values()}
    rows = {(definition.kind, row.name, role.name) for definition in all_kinds().values() if definition.kind in named
            for row in definition.actions if START in row.source for role in row.by if role != CASE}  # fmt: skip
    filed = set()
    for who, kind, way, _pages, _day in ROWS.values():
        names = {row.name for row in all_kinds()[kind].actions if START in row.source and ROLE[who] in map(str, row.by)}
        filed.add((kind, way.partition(":")[0] or names.pop(), ROLE[who]))
    assert filed == rows
    several = {variant for row in all_kinds()["correction"].actions_named("open") for variant in row.variants}
    assert several == {way.partition(":")[2] for _who, _kind, way, _pages, _day in ROWS.values() if ":" in way}


MISSING: dict[str, tuple[str, str, Pages, tuple[str, ...]]] = {
    "no ground": ("enterprise", "objection", ({},), ("ground-0",)),
    "no field": ("enterprise", "correction", ({},), ("claims-",)),
    "no proof": ("enterprise", "correction", (CLAIM, WORDS), ("files",)),
    "no commitment": ("enterprise", "repair", ({**WORDS, "files": "proof"},), ("commitment",)),
    "nothing": ("enterprise", "repair", ({},), ("words", "files", "commitment")),
    "about nobody": ("enterprise", "complaint", ({},), ("complained_of-0",)),
    "about no bureau": ("enterprise", "complaint", ({"complained_of": "bureau"},), ("body",)),
    "about a bureau that is none": ("enterprise", "complaint", ({**ABOUT, "body": "99999"},), ("body",)),
    "about whom nobody offered": ("enterprise", "complaint", ({"complained_of": "mayor"},), ("complained_of-0",)),
    "no facts": ("enterprise", "complaint", (ABOUT, {"sought": "请督促办理。"}), ("facts",)),
    "how it came": ("office", "repair", ({},), ("came_by-0", "handed_in_on")),
    "when Credit China received it": ("office", "repair", (
        {"came_by": "credit_china", "handed_in_on": "2026-11-24"},), ("applied_on",)),
    "when it was handed in": ("office", "objection", ({},), ("handed_in_on",)),
    "when the bureau received it": ("reviewer", "repair", ({},), ("received_on",)),
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_page_without_its_answers_says_which_and_leads_to_them(counter: Counter, name: str) -> None:
    who, kind, pages, fields = MISSING[name]
    answer = counter.fill(who, counter.begin(who, kind), *pages)
    assert answer.status_code == 422, answer.location
    assert 'role="alert"' in answer.text
    assert answer.text.count('href="#') == len(fields) + 1  # and the link to the content
    for field in fields:
        assert f'href="#{field}' in answer.text


@pytest.mark.parametrize(
    ("day", "fits"),
    [("2026-11-24", True), ("2026-11-25", False), ("2024-09-01", True), ("2024-08-31", False), ("gestern", False),
     ("", False)],
)  # fmt: skip
def test_a_day_of_receipt_lies_between_the_first_day_of_the_place_and_today(
    counter: Counter, day: str, fits: bool
) -> None:
    answer = counter.fill("office", counter.begin("office", "objection"), {"handed_in_on": day})
    assert answer.status_code == (302 if fits else 422)
    if not fits:
        assert 'href="#handed_in_on"' in answer.text
        assert f'value="{day}"' in answer.text, "what was typed is kept"


def test_what_is_no_day_is_kept_until_it_is_mended(counter: Counter) -> None:
    begin = counter.begin("office", "objection")
    counter.fill("office", begin, {"handed_in_on": "gestern"})
    assert 'value="gestern"' in counter("office").get(begin).text


def test_a_form_left_for_later_is_taken_up_where_it_was_left(counter: Counter) -> None:
    begin = counter.begin("reviewer", "correction", "open:decision_changed")
    later = {"changed_on": "2026-11-20", "document": "", "then": "later"}
    answer = counter.fill("reviewer", begin, later)
    assert answer.location == begin.partition("/correction")[0]
    again = counter("reviewer").get(begin)
    assert "/correction/evidence?draft=" in again.text
    assert 'value="2026-11-20"' in again.text
    other = counter("reviewer").get(begin.replace("decision_changed", "self_found"))
    assert other.status_code == 200, "another row is another form"


def test_sent_twice_it_is_one_case(counter: Counter) -> None:
    who, kind, way, pages, _day = ROWS["complaint on paper"]
    before = counter.count(Case)
    check = counter.fill(who, counter.begin(who, kind, way), *pages[:-1])
    first, second = (counter.send(who, check, SEND) if not sent else counter(who).post(check.location, data=SEND)
                     for sent in (False, True))  # fmt: skip
    assert first.location == second.location
    assert counter.count(Case) == before + 1


def test_a_second_case_on_the_record_is_refused_to_everybody(counter: Counter) -> None:
    begin = counter.begin("enterprise", "repair")
    done = counter.fill("enterprise", begin, PUT_RIGHT, SEND)
    number = number_on(counter("enterprise").get(done.location))
    for who, readable in (("enterprise", True), ("office", True), ("reviewer", False)):
        for answer in (counter(who).get(begin), counter(who).post(begin, data={"received_on": "2026-11-20"})):
            assert answer.status_code == 409
            assert number in answer.text
            assert (f'href="/cases/{number}"' in answer.text) is readable


def test_what_another_answer_leaves_out_is_not_sent(counter: Counter) -> None:
    begin = counter.begin("enterprise", "complaint")
    pages = ({"complained_of": "office", "body": str(counter.bureau), "officer": "李某"}, COMPLAINT)
    check = counter.fill("enterprise", begin, *pages)
    shown = counter("enterprise").get(check.location).text
    assert "李某" not in shown
    done = counter.send("enterprise", check, SEND)
    number = number_on(counter("enterprise").get(done.location))
    assert "body" not in counter.first(number)["codes"]
    with counter.stage.app.app_context():
        texts = set(db.session.scalars(select(EventText.name).join(Case, Case.id == EventText.case_id).where(
            Case.number == number)))  # fmt: skip
    assert texts == {"facts", "sought"}


def test_about_somebody_else_nothing_is_filed_and_a_page_says_where_to_go(counter: Counter) -> None:
    """D40; on paper it is registered all the same, to be led in writing."""
    before, pages = counter.count(Case), ({"complained_of": "other", "whom": "某征信机构"}, COMPLAINT)
    sent = counter.fill("enterprise", counter.begin("enterprise", "complaint"), {"complained_of": "other"})
    assert "/file/complaint/elsewhere?draft=" in sent.location
    shown = counter("enterprise").get(sent.location)
    assert "data-elsewhere" in shown.text
    for step in ("evidence", "check"):
        answer = counter("enterprise").post(sent.location.replace("elsewhere", step), data={**COMPLAINT, **SEND})
        assert answer.status_code in (302, 422)
    assert counter.count(Case) == before
    paper = {"came_by": "paper", "handed_in_on": "2026-11-24"}
    assert counter.fill("office", counter.begin("office", "complaint"), paper, *pages, SEND).status_code == 302
    assert counter.count(Case) == before + 1


def test_who_enters_a_complaint_about_an_officer_gets_its_number_and_reads_it_no_more(counter: Counter) -> None:
    pages = ({"came_by": "paper", "handed_in_on": "2026-11-24"}, {"complained_of": "officer"}, COMPLAINT)
    check = counter.fill("office", counter.begin("office", "complaint"), *pages)
    done = counter.send("office", check, SEND)
    page = counter("office").get(done.location)
    case = counter.case(number_on(page))
    assert "/file/complaint/sent?draft=" in done.location
    assert f"{case.check_code[:5]} {case.check_code[5:]}" in page.text
    assert COMPLAINT["facts"] not in page.text
    assert f"/cases/{case.number}" not in page.text
    for address, status in ((f"/cases/{case.number}", 403), (f"/cases/{case.number}/receipt", 404)):
        said = counter("office").get(address)
        assert said.status_code == status, "that they entered it they may know"
        assert COMPLAINT["facts"] not in said.text
        assert counter("chief").get(address).status_code == 200
    assert counter("office").post(check.location, data=SEND).location == done.location
    assert counter("chief").get(done.location).status_code == 404, "the draft is its owner's"


def test_a_complaint_begins_with_who_reads_it_and_a_repair_with_what_the_rules_say(counter: Counter) -> None:
    said = counter("enterprise").get(counter.begin("enterprise", "complaint")).text
    for words in ("被投诉的单位", "12345", "查询码", "复议"):
        assert words in said
    rules = counter("enterprise").get(counter.begin("enterprise", "repair")).text
    for words in ("信用中国", "第40条第3款", 'data-advice="class_unknown"', 'data-class="serious"'):
        assert words in rules
    assert 'name="words"' not in rules


def test_before_the_first_day_one_is_advised_and_may_apply_all_the_same(counter: Counter) -> None:
    begin = counter.begin("enterprise", "repair")
    with counter.stage.app.app_context():
        record = db.session.get_one(CreditRecord, int(begin.split("/")[2]))
        record.decided_on, record.severity = TODAY - timedelta(days=5), "serious"
        db.session.commit()
    assert 'data-advice="too_early"' in counter("enterprise").get(begin).text
    assert counter.fill("enterprise", begin, PUT_RIGHT, SEND).location.endswith("/receipt")


def test_for_whom_an_officer_files_is_found_by_code_or_name(counter: Counter) -> None:
    office = counter("office")
    by_name = office.get("/file/complaint?firm=恒源")
    assert f'href="/file/complaint?enterprise={counter.firm}"' in by_name.text
    by_code = office.get("/file/complaint?firm=91150699YALKAUR84L")
    assert by_code.location == f"/file/complaint?enterprise={counter.firm}"
    assert 'role="alert"' in office.get("/file/complaint?firm=没有这家").text
    assert office.get("/file/complaint?enterprise=99999").status_code == 404


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("enterprise2", "/records/{record}/objection"), ("reviewer2", "/records/{record}/objection"),
        ("reviewer2", "/records/{record}/repair"), ("approver", "/records/{record}/correction"),
        ("chief", "/records/{record}/objection"), ("auditor", "/records/{record}/repair"),
        ("office", "/records/{record}/correction?way=open:self_found"), ("reviewer", "/file/complaint"),
        ("enterprise", "/records/{record}/repair?way=enter"), ("enterprise", "/records/{record}/complaint"),
        ("enterprise", "/file/objection"), ("enterprise", "/records/{record}/nothing"),
    ],
)  # fmt: skip
def test_nobody_opens_what_is_not_theirs(counter: Counter, who: str, address: str) -> None:
    address = address.format(record=next(counter.records))
    assert counter(who).get(address).status_code == 404
    assert counter(who).post(address).status_code == 404


def test_a_reviewer_with_several_ways_is_asked_which(counter: Counter) -> None:
    begin = counter.begin("reviewer", "correction")
    page = counter("reviewer").get(begin).text
    for way in ("file", "open:decision_changed", "open:self_found"):
        assert f'href="{begin}?way={way}"' in page.replace("%3A", ":")


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_a_receipt_says_what_each_limit_rests_on(counter: Counter, spoken: str) -> None:
    client = counter("enterprise")
    client.set_cookie("language", spoken)
    done = counter.fill("enterprise", counter.begin("enterprise", "repair"), PUT_RIGHT, SEND)
    page = client.get(done.location).text
    assert "mark unread" in page, "second-hand"
    assert "mark proposal" in page
    assert page.count("<dt>") >= 5
