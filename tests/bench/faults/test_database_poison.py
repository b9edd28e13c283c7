"""A case or a record that cannot be moved is set aside alone and shown; the others go on, and cost what they cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from math import ceil, log2

import pytest
from sqlalchemy import Engine, event, select, update

from cases.engine.record_news import DisplayKept, end_displays
from cases.engine.recount import load
from cases.engine.succession import succeed_bureau
from cases.engine.sweep import MOST_AT_ONCE, note_stuck, stuck_cases, sweep, to_try_again
from cases.model.tables import Case, StuckCase, TimerRow
from cases.scheduler.tasks import TASKS, last_beat, note_beat
from commands.clockwork import works
from extensions import db, transaction
from registry.credit_records import CreditRecord
from registry.organisations import MERGED, Order
from tests.bench.faults.troubled import Site, offered
from tests.builders import WORLD, Place, _record, day
from tests.conftest import NOW
from workflow.refusal import Impossible

LATE = day(2026, 11, 10)


def damage(*case_ids: int) -> None:
    """Deadlines counted in a unit that nobody knows: the case cannot even be read."""
    with transaction() as session:
        session.execute(update(TimerRow).where(TimerRow.case_id.in_(case_ids)).values(unit="fortnight"))


def many(place: Place, number: int) -> list[int]:
    """So many cases, each on a record of its own."""
    records = [_record(place.firm, place.bureau, f"示环罚〔2026〕{1000 + n}号") for n in range(number)]
    place.session.add_all(records)
    place.session.commit()
    return [place.file(LATE, record).id for record in records]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Transactions begun."""
    begun: list[str] = []

    def count(_connection: object) -> None:
        begun.append("begin")

    event.listen(Engine, "begin", count)
    try:
        yield begun
    finally:
        event.remove(Engine, "begin", count)


def test_of_many_in_a_batch_those_that_fail_are_found_in_halves_and_make_no_later_batch_fail(site: Site) -> None:
    cases = many(site.place, 12)
    bad = {cases[3], cases[4], cases[9]}
    damage(*bad)
    with counted() as first:
        done = sweep(WORLD, NOW)
    assert {written.case_id for written in done} == set(cases) - bad
    assert set(site.set_aside()) == bad
    assert len(first) <= 1 + 2 * len(bad) * ceil(log2(len(cases))) + len(bad) + 2
    with counted() as second:
        assert sweep(WORLD, NOW + timedelta(seconds=20)) == []
    assert len(second) <= 2 * len(bad) + 3
    new = site.place.file(LATE, site.place.other_record, by="enterprise2").id
    with counted() as third:
        assert {written.case_id for written in sweep(WORLD, NOW + timedelta(seconds=21))} == {new}
    assert len(third) <= 3


def test_a_case_set_aside_is_tried_again_after_waits_that_grow_to_a_quarter_of_an_hour(filed: Site) -> None:
    case = filed.walk(filed=LATE)
    tries = []
    for second in range(0, 50 * 60, 20):
        now = NOW + timedelta(seconds=second)
        if second == 0 or to_try_again(db.session(), now):
            note_stuck(case.id, RuntimeError("broken"), now)
            tries.append(second)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == [20, 20, 40, 80, 160, 320, 640, 900]


def test_ever_so_many_cases_set_aside_take_no_beat_from_the_others(filed: Site) -> None:
    cases = many(filed.place, 3)
    with transaction() as session:
        session.add_all(StuckCase(case_id=id, since=LATE, last_at=LATE, error="") for id in cases)
    assert MOST_AT_ONCE == 50
    assert to_try_again(db.session(), NOW, most=2) == cases[:2]


def test_a_record_that_fails_keeps_no_other_displayed_and_no_beat_is_noted(site: Site) -> None:
    place = site.place
    with transaction() as session:
        for record, shown in ((place.record, "not a day"), (place.other_record, "")):
            values = {**record.values, "displayed_from": shown, "display_until": "2026-01-28"}
            session.execute(update(CreditRecord).where(CreditRecord.id == record.id).values(
                values=values, display_until=day(2026, 1, 28).date()))  # fmt: skip
        note_beat(session, NOW - timedelta(minutes=9))
    bad, good = place.record.id, place.other_record.id
    site.close()
    with pytest.raises(DisplayKept, match=f"1 records are still displayed: {bad}"):
        end_displays(WORLD, NOW)
    with site.owner() as owner:
        shown = dict(owner.execute(select(CreditRecord.id, CreditRecord.displayed)).all())
    assert shown == {bad: True, good: False}
    for task in TASKS:
        works(site.app)[task]()
    assert last_beat(db.session()) == NOW - timedelta(minutes=9)


def test_a_damaged_case_takes_board_and_desk_from_nobody_and_is_named_there(filed: Site) -> None:
    good = filed.place.file(LATE, filed.place.other_record, by="enterprise2").number
    bad = filed.walk(filed=LATE)
    damage(bad.id)
    filed.close()
    for who in ("chief", "office"):
        board = filed.browser(who).get("/overdue")
        assert board.status_code == 200
        assert f'href="/cases/{bad.number}"' in board.text.partition('id="unread"')[2].partition("</div>")[0]
        desk = filed.browser(who).get(f"/desk?case={bad.number}")
        assert desk.status_code == 200
        assert bad.number in desk.text
        assert good in desk.text or who == "chief"
        line = filed.browser(who).get("/intake").text.partition(f"/intake/{bad.number}")[2]
        assert " d late" in line.partition("</a>")[0], "it is late, not on hold: the day that stands on it holds"
    page = filed.browser("enterprise").get(f"/cases/{bad.number}")
    assert page.status_code == 500
    assert "A fault of the platform keeps this page from being shown." in page.text


def test_an_act_on_a_case_that_cannot_even_be_read_is_kept_logged_with_its_number_and_the_office_sees_it(
    filed: Site, caplog: pytest.LogCaptureFixture
) -> None:
    case = filed.walk()
    damage(case.id)
    filed.close()
    answer = filed.send("office", case, "note", words="写好的 备注")
    assert answer.status_code == 500
    assert "This case cannot be moved at the moment." in answer.text
    assert 'data-recorded="no"' in answer.text
    assert offered(answer)["words"] == "写好的 备注"
    assert any("incident" in record.getMessage() and case.number in record.getMessage() for record in caplog.records)
    assert filed.set_aside() == [case.id]


def test_a_bug_in_the_middle_of_an_act_undoes_all_of_it(site: Site) -> None:
    """The last of what an act writes is refused by the database itself."""
    case = site.walk()
    with site.refusing("letter"):
        answer = site.send("enterprise", case, "add", words="补充的 话")
    assert answer.status_code == 503
    assert "This case cannot be moved at the moment." in answer.text
    assert "补充的 话" in answer.text
    assert site.events(case, "add") == []
    assert [stuck.number for stuck in stuck_cases(db.session())] == [case.number]
    site.close()
    assert site.send("enterprise", case, "add", words="补充的 话").status_code == 302


def test_of_several_sheets_sent_at_once_one_that_fails_hides_no_other(site: Site) -> None:
    bad = site.place.file(LATE, site.place.other_record, by="enterprise2")
    bad_id, sheets = bad.id, [f"{bad.number} accept"]
    case = site.walk(filed=day(2026, 11, 18))
    damage(bad_id)
    site.close()
    answer = site.browser("chief").post("/overdue/supervise", data={"sheet": [*sheets, f"{case.number} accept"]})
    assert answer.status_code == 200
    assert "This case cannot be moved at the moment." in answer.text
    assert site.set_aside() == [bad_id]
    assert site.events(case)[-1] == "supervise"


def test_a_succession_that_one_case_cannot_follow_names_it_and_records_nothing(site: Site) -> None:
    place = site.place
    case = place.file(LATE)
    for who, action, answers in (("office", "accept", {}), ("office", "refer", {"question": "请核对。"})):
        place.act(case, who, action, LATE, **answers)
    damage(case.id)
    order = Order(place.bureau.id, place.other_bureau.id, "", MERGED, "示政发〔2026〕9号", day(2026, 11, 20).date())
    with pytest.raises(Impossible) as refused:
        succeed_bureau(WORLD, order, place.person("chief"), NOW)
    assert refused.value.message.values["number"] == case.number
    place.session.expire_all()
    assert place.bureau.successor_id is None


def test_a_calendar_that_one_case_keeps_from_being_loaded_names_it(site: Site) -> None:
    cases = many(site.place, 3)
    damage(cases[1])
    number = site.place.session.get_one(Case, cases[1]).number
    notice = ('name = "cn"\nknown_from = 2027-01-01\nknown_until = 2027-12-31\nweekend = [6, 7]\n'
              'off = [2027-01-01]\nwork = []\nsource = "invented"\n')  # fmt: skip
    with pytest.raises(Impossible) as refused:
        load(WORLD, notice, NOW)
    assert refused.value.message.values["number"] == number
